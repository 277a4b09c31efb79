package nightshift.automation;

import nightshift.testing.Ports;

final class InMemoryTaskAutomationsTest implements TaskAutomationsContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
