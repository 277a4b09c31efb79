package nightshift.dynamo;

import nightshift.run.TaskRunsContract;
import nightshift.testing.Ports;

final class DynamoTaskRunsTest implements TaskRunsContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
