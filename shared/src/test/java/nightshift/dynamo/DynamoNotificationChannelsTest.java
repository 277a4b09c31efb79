package nightshift.dynamo;

import nightshift.notification.NotificationChannelsContract;
import nightshift.testing.Ports;

final class DynamoNotificationChannelsTest implements NotificationChannelsContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
