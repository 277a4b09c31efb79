package nightshift.automation;

import nightshift.testing.Ports;

final class InMemoryScheduleStatesTest implements ScheduleStatesContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
