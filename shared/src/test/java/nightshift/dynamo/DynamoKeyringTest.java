package nightshift.dynamo;

import nightshift.keys.KeyringContract;
import nightshift.testing.Ports;

final class DynamoKeyringTest implements KeyringContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
