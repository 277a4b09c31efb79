package nightshift.dynamo;

import nightshift.api.KeyringContract;
import nightshift.testing.Ports;

final class DynamoKeyringTest implements KeyringContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
