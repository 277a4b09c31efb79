package nightshift.automation;

import nightshift.testing.Ports;

final class InMemoryPolicyTest implements PolicyContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
