package nightshift.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.ScheduleHistoryContract;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;

import java.util.ArrayList;
import java.util.List;

final class DynamoScheduleHistoryTest implements ScheduleHistoryContract {
    private static final String TABLE = DynamoServer.create();
    private static final Ports PORTS = DynamoServer.ports(new Table(DynamoServer.CLIENT, TABLE));

    @Override
    public Ports ports() {
        return PORTS;
    }

    @Test
    void only_reads_when_the_same_was_told_again() {
        var project = new TestProject(PORTS);
        var automation = project.automation("nightly");
        var requests = new ArrayList<SdkRequest>();
        var states = new DynamoScheduleHistory(new Table(noting(requests), TABLE));
        assertThat(states.recordSync(automation, null, null, project.now())).isTrue();
        var known = states.find(project.id(), automation.id()).state();
        requests.clear();
        assertThat(states.recordSync(automation, known, null, project.now())).isTrue();
        assertThat(requests).hasSize(1).allMatch(BatchGetItemRequest.class::isInstance);
    }

    private static DynamoDbClient noting(List<SdkRequest> requests) {
        return DynamoServer.watched(
                new ExecutionInterceptor() {
                    @Override
                    public void beforeExecution(
                            Context.BeforeExecution context, ExecutionAttributes attributes) {
                        requests.add(context.request());
                    }
                });
    }
}
