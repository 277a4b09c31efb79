package nightshift.notification;

import nightshift.testing.Ports;

final class InMemoryNotificationChannelsTest implements NotificationChannelsContract {
    private final Ports ports = Ports.inMemory();

    @Override
    public Ports ports() {
        return ports;
    }
}
