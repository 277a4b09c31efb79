package nightshift.automation;

import nightshift.testing.Ports;

final class InMemoryOccurrencesTest implements OccurrencesContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
