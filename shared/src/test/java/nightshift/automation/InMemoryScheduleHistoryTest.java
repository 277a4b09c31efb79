package nightshift.automation;

import nightshift.testing.Ports;

final class InMemoryScheduleHistoryTest implements ScheduleHistoryContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
