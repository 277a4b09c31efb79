package nightshift.dynamo;

import nightshift.automation.ScheduleStatesContract;
import nightshift.testing.Ports;

final class DynamoScheduleStatesTest implements ScheduleStatesContract {
    private static final Ports PORTS =
            DynamoServer.ports(new Table(DynamoServer.CLIENT, DynamoServer.create()));

    @Override
    public Ports ports() {
        return PORTS;
    }
}
