package nightshift.dynamo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.automation.TaskAutomations;
import nightshift.automation.TaskAutomationsContract;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

import java.time.Clock;
import java.time.Duration;

final class DynamoTaskAutomationsTest implements TaskAutomationsContract {
    private static final String NAME = DynamoServer.create();
    private static final Table TABLE = new Table(DynamoServer.CLIENT, NAME);
    private static final Ports PORTS = DynamoServer.ports(TABLE);

    @Override
    public Ports ports() {
        return PORTS;
    }

    /// The place of a writer that died between the reservation and the write is free again after
    /// the next recount, and the count is never too low meanwhile.
    @Test
    void a_place_that_was_reserved_in_vain_is_given_back() {
        var project = new TestProject(PORTS);
        var dying = new DynamoTaskAutomations(dyingTable(), 3, Clock.systemUTC());
        var later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3));
        var soon = new DynamoTaskAutomations(TABLE, 3, Clock.systemUTC());
        var automations = new DynamoTaskAutomations(TABLE, 3, later);
        assertThat(add(automations, project)).isTrue();
        assertThat(add(automations, project)).isTrue();
        assertThatThrownBy(() -> add(dying, project)).hasMessage("died");
        assertThat(add(automations, project)).isFalse();
        assertThat(soon.recount(project.id())).isFalse();
        assertThat(automations.recount(project.id())).isTrue();
        assertThat(automations.recount(project.id())).isFalse();
        assertThat(add(automations, project)).isTrue();
        assertThat(add(automations, project)).isFalse();
    }

    /// Between the removal of a row and the correction of the count another function counts anew.
    @Test
    void a_recount_during_a_removal_leaves_the_count_at_most_too_high() {
        var project = new TestProject(PORTS);
        var later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(3));
        var automations = new DynamoTaskAutomations(TABLE, 3, later);
        var evenLater = Clock.offset(later, Duration.ofMinutes(3));
        var recounting =
                new Recounting(new DynamoTaskAutomations(TABLE, 3, evenLater), project.id());
        var removing =
                new DynamoTaskAutomations(
                        new Table(DynamoServer.watched(recounting), NAME), 3, later);
        assertThat(add(automations, project)).isTrue();
        var automation = automations.in(project.id(), 0, 1).automations().getFirst();
        assertThat(removing.remove(project.id(), automation.id())).isTrue();
        assertThat(recounting.done).isTrue();
        for (int n = 0; n < 3; n++) assertThat(add(automations, project)).isTrue();
        assertThat(add(automations, project)).isFalse();
    }

    private static boolean add(TaskAutomations automations, TestProject project) {
        var automation = project.unkept("nightly");
        return automations.add(automation, project.taskOf(automation));
    }

    private static Table dyingTable() {
        return new Table(
                DynamoServer.watched(
                        new ExecutionInterceptor() {
                            @Override
                            public void beforeExecution(
                                    Context.BeforeExecution context,
                                    ExecutionAttributes attributes) {
                                if (context.request() instanceof TransactWriteItemsRequest) {
                                    throw new IllegalStateException("died");
                                }
                            }
                        }),
                NAME);
    }

    /// Counts anew after each transaction.
    private static final class Recounting implements ExecutionInterceptor {
        private final TaskAutomations automations;
        private final long projectId;
        private boolean done;

        private Recounting(TaskAutomations automations, long projectId) {
            this.automations = automations;
            this.projectId = projectId;
        }

        @Override
        public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
            if (context.request() instanceof TransactWriteItemsRequest) {
                done = automations.recount(projectId);
            }
        }
    }
}
