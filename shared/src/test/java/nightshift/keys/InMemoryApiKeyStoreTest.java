package nightshift.keys;

import nightshift.testing.Ports;

final class InMemoryApiKeyStoreTest implements ApiKeyStoreContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
