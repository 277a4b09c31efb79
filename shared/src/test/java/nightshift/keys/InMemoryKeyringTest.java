package nightshift.keys;

import nightshift.testing.Ports;

final class InMemoryKeyringTest implements KeyringContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
