package nightshift.dynamo;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Occurrence;
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
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// What the table charges, as DynamoDB Local and [TransactionUnits] count it.
final class DynamoCostTest {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");

    private final List<ConsumedCapacity> consumed = new ArrayList<>();
    private final String name = DynamoServer.create();
    private final Table table = new Table(DynamoServer.watched(meter()), name);
    private final Ports ports = DynamoServer.ports(table);
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
    void a_firing_with_a_policy_costs_at_most_fourteen_units() {
        var automation = project.automation("nightly");
        var at = NINE;
        for (var overlap : List.of(Overlap.SKIP, Overlap.CANCEL_PREVIOUS)) {
            var policy = PolicyContract.policy(overlap, 5, RetryOn.ANY, 100);
            automation = project.with(automation, policy);
            at = at.plus(Duration.ofDays(1));
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
    }

    /// A firing costs 11 units. One that cancels a run costs 7 more, for the run and its
    /// occurrence: what their end costs whenever it comes.
    @Test
    void a_firing_that_cancels_a_run_costs_the_end_of_that_run_too() {
        var units = new TransactionUnits(name);
        var counted = DynamoServer.ports(new Table(DynamoServer.watched(units), name));
        var automation = project.automation("nightly");
        var at = NINE;
        for (var overlap : Overlap.values()) {
            automation = project.with(automation, PolicyContract.overlapping(overlap));
            for (boolean running : new boolean[] {false, true}) {
                if (running && overlap == Overlap.SKIP) continue;
                at = at.plus(Duration.ofDays(1));
                var run = project.unsavedRun(automation, new RunOccurrence(at, 1));
                var occurrence = occurrence(automation, at, Outcome.STARTED, run.id());
                units.take();
                counted.occurrences().start(automation, run, occurrence);
                assertThat(units.take())
                        .as("%s %s", overlap, running)
                        .isEqualTo(running && overlap == Overlap.CANCEL_PREVIOUS ? 18 : 11);
                automation = found(automation);
                if (running || overlap == Overlap.SKIP) {
                    counted.runs()
                            .update(
                                    run.key(),
                                    from -> from.with(RunStatus.COMPLETED, project.now()));
                    assertThat(units.take()).as("run, occurrence and automation").isEqualTo(9);
                    automation = found(automation);
                }
            }
        }
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports.automations().find(project.id(), automation.id()).orElseThrow();
    }

    /// Two weeks of every five minutes.
    @Test
    void a_page_of_a_long_ledger_costs_a_page() {
        var automation = project.automation("often");
        var row = table.change(AutomationItem.key(project.id(), automation.id()));
        var begin = LedgerCounts.weekOf(NINE);
        int left = 4_000;
        for (var week = begin; left > 0; week = LedgerCounts.end(week)) {
            int most = Math.min(left, 7 * 288);
            var counted = new ArrayList<WriteRequest>();
            for (int n = 0; n < most; n++) {
                var minute = week.plusSeconds(300L * n);
                var item =
                        OccurrenceItem.write(
                                occurrence(automation, minute, Outcome.STARTED, null),
                                ports.occurrences().kept());
                counted.add(
                        WriteRequest.builder()
                                .putRequest(put -> put.item(item.attributes()))
                                .build());
            }
            DynamoServer.write(name, counted);
            row.add("week_%d_started".formatted(week.getEpochSecond() / 604_800), most);
            left -= most;
        }
        table.write(row);
        var last = begin.plusSeconds(300L * 3_999);
        for (int offset : new int[] {0, 1_900, 3_990}) {
            for (var outcome : new Outcome[] {null, Outcome.STARTED}) {
                consumed.clear();
                var page =
                        ports.occurrences()
                                .of(project.id(), automation.id(), outcome, begin, offset, 100)
                                .orElseThrow();
                assertThat(page.count()).isEqualTo(4_000);
                assertThat(page.occurrences())
                        .hasSize(Math.min(100, 4_000 - offset))
                        .first()
                        .extracting(Occurrence::scheduledAt)
                        .isEqualTo(last.minusSeconds(300L * offset));
                assertThat(consumed).hasSizeLessThan(offset == 0 ? 3 : 6);
                assertThat(units()).isLessThan(offset == 0 ? 20 : 150);
            }
        }
    }

    private double units() {
        return consumed.stream().mapToDouble(ConsumedCapacity::capacityUnits).sum();
    }

    private ExecutionInterceptor meter() {
        return new ExecutionInterceptor() {
            @Override
            public SdkRequest modifyRequest(
                    Context.ModifyRequest context, ExecutionAttributes attributes) {
                return switch (context.request()) {
                    case TransactWriteItemsRequest write ->
                            write.toBuilder()
                                    .returnConsumedCapacity(ReturnConsumedCapacity.INDEXES)
                                    .build();
                    case QueryRequest query ->
                            query.toBuilder()
                                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
                                    .build();
                    case GetItemRequest get ->
                            get.toBuilder()
                                    .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
                                    .build();
                    default -> context.request();
                };
            }

            @Override
            public SdkResponse modifyResponse(
                    Context.ModifyResponse context, ExecutionAttributes attributes) {
                switch (context.response()) {
                    case TransactWriteItemsResponse written ->
                            consumed.addAll(written.consumedCapacity());
                    case QueryResponse found -> consumed.add(found.consumedCapacity());
                    case GetItemResponse found -> consumed.add(found.consumedCapacity());
                    default -> {}
                }
                return context.response();
            }
        };
    }
}
