package nightshift.task;

import nightshift.testing.Ports;

final class InMemoryTasksTest implements TasksContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
