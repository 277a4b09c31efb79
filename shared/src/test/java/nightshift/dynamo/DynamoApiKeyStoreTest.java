package nightshift.dynamo;

import nightshift.keys.ApiKeyStoreContract;
import nightshift.testing.Ports;

final class DynamoApiKeyStoreTest implements ApiKeyStoreContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
