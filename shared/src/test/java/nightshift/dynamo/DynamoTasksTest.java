package nightshift.dynamo;

import nightshift.task.TasksContract;
import nightshift.testing.Ports;

final class DynamoTasksTest implements TasksContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
