package nightshift.run;

import nightshift.testing.Ports;

final class InMemoryTaskRunsTest implements TaskRunsContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
