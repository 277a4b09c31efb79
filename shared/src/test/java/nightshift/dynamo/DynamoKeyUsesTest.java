package nightshift.dynamo;

import nightshift.idempotency.KeyUses;
import nightshift.idempotency.KeyUsesContract;

final class DynamoKeyUsesTest implements KeyUsesContract {
    private static final KeyUses USES =
            new DynamoKeyUses(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public KeyUses uses() {
        return USES;
    }
}
