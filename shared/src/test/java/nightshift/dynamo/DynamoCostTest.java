package nightshift.dynamo;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Outcome;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.Policy.RetryOn;
import nightshift.automation.PolicyContract;
import nightshift.automation.TaskAutomation;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What the table charges, as DynamoDB itself counts it.
final class DynamoCostTest {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private final List<ConsumedCapacity> consumed = new ArrayList<>();
    private final Ports ports =
            DynamoServer.ports(new Table(DynamoServer.watched(meter()), DynamoServer.create()));
    private final TestProject project = new TestProject(ports);

    @Test
    void a_firing_costs_at_most_twelve_write_units() {
        var automation = project.automation("nightly");
        for (int day = 0; day < 3; day++) {
            var run = project.unsavedRun(automation);
            var started =
                    occurrence(
                            automation, NINE.plusSeconds(day * 86_400L), Outcome.STARTED, run.id());
            consumed.clear();
            ports.occurrences().start(automation, run, started);
            assertThat(units()).as(consumed.toString()).isEqualTo(12);
            ports.runs().update(run.key(), from -> from.with(RunStatus.COMPLETED, project.now()));
            automation = ports.automations().find(project.id(), automation.id()).orElseThrow();
        }
    }

    @Test
    void a_firing_with_a_policy_costs_no_more_unless_it_ends_another_run() {
        var automation = project.automation("nightly");
        for (var overlap : List.of(Overlap.SKIP, Overlap.CANCEL_PREVIOUS)) {
            var policy = PolicyContract.policy(overlap, 5, RetryOn.ANY, 100);
            automation = project.with(automation, policy);
            var at = NINE.plusSeconds(overlap.ordinal() * 86_400L);
            var run = project.unsavedRun(automation, new RunOccurrence(at, 1));
            consumed.clear();
            ports.occurrences()
                    .start(automation, run, occurrence(automation, at, Outcome.STARTED, run.id()));
            assertThat(units()).as("%s", consumed).isLessThanOrEqualTo(14);
            consumed.clear();
            ports.runs().update(run.key(), from -> from.with(RunStatus.FAILED, project.now()));
            var waiting = found(automation);
            consumed.clear();
            ports.occurrences()
                    .retry(waiting, project.unsavedRun(waiting, new RunOccurrence(at, 2)));
            assertThat(units()).as("%s", consumed).isLessThanOrEqualTo(14);
            automation = found(automation);
        }
        var at = NINE.plusSeconds(10 * 86_400L);
        var next = project.unsavedRun(automation, new RunOccurrence(at, 1));
        consumed.clear();
        ports.occurrences()
                .start(automation, next, occurrence(automation, at, Outcome.STARTED, next.id()));
        System.out.println("CANCEL " + units() + " " + consumed);
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports.automations().find(project.id(), automation.id()).orElseThrow();
    }

    private double units() {
        return consumed.stream().mapToDouble(ConsumedCapacity::capacityUnits).sum();
    }

    private ExecutionInterceptor meter() {
        return new ExecutionInterceptor() {
            @Override
            public SdkRequest modifyRequest(
                    Context.ModifyRequest context, ExecutionAttributes attributes) {
                return context.request() instanceof TransactWriteItemsRequest write
                        ? write.toBuilder()
                                .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
                                .build()
                        : context.request();
            }

            @Override
            public SdkResponse modifyResponse(
                    Context.ModifyResponse context, ExecutionAttributes attributes) {
                if (context.response() instanceof TransactWriteItemsResponse written) {
                    consumed.addAll(written.consumedCapacity());
                }
                return context.response();
            }
        };
    }
}
