package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.local.FaultInjection.Fault;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.EventBridgeException;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.eventbridge.model.PutEventsResponse;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

class LocalEventBusTest {
    private static final String BUS = "nightshift";
    private static final List<BusRule> RULES =
            List.of(
                    new BusRule(
                            "compact",
                            """
                            {"source": ["nightshift"], "detail-type": ["TaskRun Ended"]}
                            """,
                            "compact-arn",
                            new RetryPolicy(Duration.ofHours(1), 2),
                            "queue-arn"),
                    new BusRule(
                            "failures", "{\"detail\": {\"status\": [\"failed\"]}}", "tell-arn"));

    private final MovableClock clock = new MovableClock("2026-01-01T09:00:00Z");
    private final FaultInjection faults = new FaultInjection();
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    private final Set<String> failing = ConcurrentHashMap.newKeySet();
    @TempDir private Path folder;
    private LocalEventBus standIn;
    private EventBridgeClient events;

    @BeforeEach
    void open() throws IOException {
        standIn =
                new LocalEventBus(
                        0, folder, clock, BUS, RULES, this::deliver, deadLetters::add, faults);
        events =
                EventBridgeClient.builder()
                        .endpointOverride(URI.create("http://localhost:" + standIn.port()))
                        .region(Region.of(LocalAccount.REGION))
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(
                                                LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY)))
                        .httpClient(UrlConnectionHttpClient.create())
                        .overrideConfiguration(
                                o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                        .build();
    }

    @AfterEach
    void close() {
        events.close();
        standIn.close();
    }

    @Test
    void an_event_reaches_the_target_of_every_matching_rule_once() {
        put(ended("completed"));
        put(ended("failed"));
        put(ended("failed").toBuilder().detailType("TaskRun Queued").build());
        standIn.tick();
        standIn.tick();

        assertThat(delivered.stream().filter(to -> to.startsWith("compact-arn "))).hasSize(2);
        assertThat(delivered.stream().filter(to -> to.startsWith("tell-arn "))).hasSize(2);
    }

    @Test
    void an_event_looks_as_on_aws() {
        var entry =
                ended("completed").toBuilder()
                        .time(Instant.parse("2026-01-01T08:00:00Z"))
                        .resources("arn:aws:x")
                        .build();
        var id = put(entry).entries().getFirst().eventId();
        standIn.tick();

        assertThat(delivered)
                .containsExactly(
                        "compact-arn {\"version\":\"0\",\"id\":\""
                                + id
                                + "\",\"detail-type\":\"TaskRun Ended\",\"source\":\"nightshift\","
                                + "\"account\":\"000000000000\",\"time\":\"2026-01-01T08:00:00Z\","
                                + "\"region\":\"us-east-1\",\"resources\":[\"arn:aws:x\"],"
                                + "\"detail\":{\"status\":\"completed\"}}");
    }

    @Test
    void a_bus_is_named_by_name_or_arn_and_events_of_other_buses_reach_no_target() {
        put(ended("completed").toBuilder().eventBusName("elsewhere").build());
        put(ended("completed").toBuilder().eventBusName(null).build());
        standIn.tick();
        assertThat(delivered).isEmpty();

        put(
                ended("completed").toBuilder()
                        .eventBusName("arn:aws:events:us-east-1:000000000000:event-bus/" + BUS)
                        .build());
        standIn.tick();
        assertThat(delivered).hasSize(1);
    }

    @Test
    void each_bad_entry_fails_alone() {
        var answer =
                put(
                        ended("completed").toBuilder().source(null).build(),
                        ended("completed").toBuilder().detailType("").build(),
                        ended("completed").toBuilder().detail("{").build(),
                        ended("completed").toBuilder().detail("[]").build(),
                        ended("completed").toBuilder().source("aws.events").build(),
                        ended("completed"));
        standIn.tick();

        assertThat(answer.failedEntryCount()).isEqualTo(5);
        assertThat(answer.entries())
                .extracting("errorCode")
                .containsExactly(
                        "InvalidArgument",
                        "InvalidArgument",
                        "MalformedDetail",
                        "MalformedDetail",
                        "NotAuthorizedForSourceException",
                        null);
        assertThat(delivered).hasSize(1);
    }

    @Test
    void refuses_too_many_entries_too_few_and_too_large_ones() {
        assertInvalid(Collections.nCopies(11, ended("completed")));
        assertInvalid(List.of());
        assertInvalid(
                List.of(
                        ended("completed").toBuilder()
                                .detail("{\"x\":\"" + "x".repeat(256 * 1024) + "\"}")
                                .build()));
        standIn.tick();
        assertThat(delivered).isEmpty();
    }

    @Test
    void a_failed_delivery_is_tried_again_and_other_rules_are_not_held_up() {
        failing.add("compact-arn");
        put(ended("failed"));
        standIn.tick();
        assertThat(delivered).hasSize(2);

        failing.clear();
        clock.forward(Duration.ofSeconds(1));
        standIn.tick();
        standIn.tick();
        assertThat(delivered).hasSize(3).last().asString().startsWith("compact-arn ");
    }

    @Test
    void what_cannot_be_delivered_is_dead_lettered() {
        failing.add("compact-arn");
        put(ended("completed"));
        for (int i = 0; i < 10; i++) {
            standIn.tick();
            clock.forward(Duration.ofSeconds(10));
        }

        assertThat(delivered).hasSize(3);
        assertThat(deadLetters)
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.queueArn()).isEqualTo("queue-arn");
                    assertThat(letter.body()).contains("\"status\":\"completed\"");
                    assertThat(letter.attributes())
                            .containsEntry("RETRY_ATTEMPTS", "2")
                            .containsEntry("TARGET_ARN", "compact-arn")
                            .containsEntry(
                                    "RULE_ARN",
                                    "arn:aws:events:us-east-1:000000000000"
                                            + ":rule/nightshift/compact");
                });
    }

    @Test
    void accepted_events_survive_a_restart() throws IOException {
        put(ended("completed"));
        close();
        open();
        standIn.tick();
        close();
        open();
        standIn.tick();

        assertThat(delivered).hasSize(1);
    }

    @Test
    void faults_fail_calls_and_double_deliveries() {
        faults.failNext(1, "PutEvents", Fault.THROTTLED);
        assertThatThrownBy(() -> put(ended("completed")))
                .isInstanceOfSatisfying(
                        EventBridgeException.class,
                        refused -> assertThat(refused.isThrottlingException()).isTrue());
        faults.failNext(1, Fault.LOST_ANSWER);
        assertThatThrownBy(() -> put(ended("completed"))).isInstanceOf(SdkClientException.class);
        standIn.tick();
        assertThat(delivered).hasSize(1);

        faults.duplicateNext(1);
        put(ended("completed"));
        standIn.tick();
        assertThat(delivered).hasSize(3);
    }

    @Test
    void delivers_by_itself_once_started() {
        standIn.start();
        put(ended("completed"));

        var deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        while (delivered.isEmpty() && System.nanoTime() < deadline) Thread.onSpinWait();
        assertThat(delivered).hasSize(1);
    }

    @Test
    void shows_the_bus_and_its_rules() {
        assertThat(events.describeEventBus(bus -> bus.name(BUS)).arn())
                .isEqualTo("arn:aws:events:us-east-1:000000000000:event-bus/nightshift");
        assertThat(events.listRules(rules -> rules.eventBusName(BUS)).rules())
                .extracting("name")
                .containsExactly("compact", "failures");
    }

    @Test
    void a_rule_with_a_bad_pattern_is_refused_by_name() {
        assertThatThrownBy(() -> new BusRule("odd", "{\"source\": \"nightshift\"}", "arn"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("The event pattern of rule odd is invalid: ");
    }

    private void assertInvalid(List<PutEventsRequestEntry> entries) {
        assertThatThrownBy(() -> events.putEvents(put -> put.entries(entries)))
                .isInstanceOfSatisfying(
                        EventBridgeException.class,
                        refused ->
                                assertThat(refused.awsErrorDetails().errorCode())
                                        .isEqualTo("ValidationException"));
    }

    private PutEventsResponse put(PutEventsRequestEntry... entries) {
        return events.putEvents(put -> put.entries(entries));
    }

    private static PutEventsRequestEntry ended(String status) {
        return PutEventsRequestEntry.builder()
                .eventBusName(BUS)
                .source("nightshift")
                .detailType("TaskRun Ended")
                .detail("{\"status\":\"" + status + "\"}")
                .build();
    }

    private void deliver(String arn, String event) throws IOException {
        delivered.add(arn + " " + event);
        if (failing.contains(arn)) throw new IOException("target is down");
    }
}
