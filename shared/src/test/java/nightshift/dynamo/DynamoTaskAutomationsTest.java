package nightshift.dynamo;

import nightshift.automation.TaskAutomationsContract;
import nightshift.testing.Ports;

final class DynamoTaskAutomationsTest implements TaskAutomationsContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
