package nightshift.dynamo;

import nightshift.automation.PolicyContract;
import nightshift.testing.Ports;

final class DynamoPolicyTest implements PolicyContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
