package nightshift.dynamo;

import nightshift.automation.OccurrencesContract;
import nightshift.testing.Ports;

final class DynamoOccurrencesTest implements OccurrencesContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
