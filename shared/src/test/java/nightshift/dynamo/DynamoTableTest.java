package nightshift.dynamo;

import static nightshift.testing.TestProject.occurrence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.automation.Outcome;
import nightshift.automation.TaskAutomation;
import nightshift.run.RunEnvironment;
import nightshift.run.RunPlace;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// What only the real table shows: attributes, limits, round trips.
final class DynamoTableTest {
    private static final Instant NINE = Instant.parse("2026-01-05T09:00:00Z");
    private static final String TABLE = DynamoServer.create();

    private final Table table = new Table(DynamoServer.CLIENT, TABLE);
    private final Ports ports = DynamoServer.ports(table);
    private final TestProject project = new TestProject(ports);

    @Test
    void an_occurrence_expires_after_ninety_days() {
        var automation = project.automation("nightly");
        var occurrence = occurrence(automation, NINE, Outcome.PAUSED, null);
        ports.occurrences().record(occurrence, automation);
        assertThat(raw(OccurrenceItem.key(occurrence)).get("expires_at"))
                .isEqualTo(
                        AttributeValue.fromN("" + NINE.plusSeconds(90 * 86_400).getEpochSecond()));
    }

    @Test
    void only_an_unfinished_run_holds_a_lease_and_nothing_else_ever_expires() {
        var automation = project.automation("nightly");
        var run = project.start(automation);
        assertThat(raw(RunItem.key(run.key()))).containsKeys("lease", "touched_at");
        ports.runs().update(run.key(), from -> from.with(RunStatus.COMPLETED, project.now()));
        ports.runs().touch(run, project.now().plusSeconds(3600));
        assertThat(raw(RunItem.key(run.key()))).doesNotContainKeys("lease", "expires_at");
        assertThat(raw(AutomationItem.key(project.id(), automation.id())))
                .doesNotContainKeys("lease", "expires_at");
    }

    @Test
    void a_run_at_every_cap_fits_into_an_item() {
        var task = project.task("task").id();
        var run = project.run(task);
        var full =
                ports.runs().update(run.key(), from -> atEveryCap(from, 64 * 1024)).orElseThrow();
        assertThat(ports.runs().find(run.key())).contains(full);
        assertThat(size(raw(RunItem.key(run.key())))).isBetween(390_000, 400 * 1024 - 10_000);
        assertThatThrownBy(
                        () -> ports.runs().update(run.key(), from -> atEveryCap(from, 80 * 1024)))
                .hasMessageContaining("Item size");
        assertThat(ports.runs().find(run.key())).contains(full);
    }

    @Test
    void lists_automations_whose_names_fill_more_than_one_answer() {
        var automations =
                IntStream.range(0, 1_050)
                        .mapToObj(n -> project.unkept("%04d".formatted(n) + "😀".repeat(251)))
                        .toList();
        for (int from = 0; from < automations.size(); from += 25) {
            var writes =
                    automations.subList(from, from + 25).stream()
                            .map(AutomationItem::write)
                            .map(item -> PutRequest.builder().item(item.attributes()).build())
                            .map(put -> WriteRequest.builder().putRequest(put).build())
                            .toList();
            DynamoServer.CLIENT.batchWriteItem(batch -> batch.requestItems(Map.of(TABLE, writes)));
        }
        var counted =
                table.change(ProjectItem.key(project.id())).add(ProjectItem.AUTOMATIONS, 1_050);
        assertThat(table.write(counted)).isTrue();
        for (int offset : new int[] {0, 900, 999, 1_000, 1_010, 1_045, 1_050, 2_000}) {
            var page = ports.automations().in(project.id(), offset, 120);
            assertThat(page.count()).isEqualTo(1_050);
            assertThat(page.automations())
                    .usingRecursiveFieldByFieldElementComparator()
                    .isEqualTo(
                            automations.subList(
                                    Math.min(offset, 1_050), Math.min(offset + 120, 1_050)));
        }
    }

    @Test
    void asks_again_for_what_a_batch_left_out() {
        var answers = new AtomicInteger();
        var client =
                DynamoServer.watched(
                        new ExecutionInterceptor() {
                            @Override
                            public SdkResponse modifyResponse(
                                    Context.ModifyResponse context,
                                    ExecutionAttributes attributes) {
                                return context.response() instanceof BatchGetItemResponse full
                                        ? shortened(
                                                (BatchGetItemRequest) context.request(),
                                                full,
                                                answers.getAndIncrement())
                                        : context.response();
                            }
                        });
        var tasks = IntStream.range(0, 5).mapToObj(n -> project.task("task " + n)).toList();
        var listed =
                new DynamoTasks(new Table(client, TABLE)).in(project.id(), false, 0, 10).tasks();
        assertThat(listed).isEqualTo(tasks.reversed());
        assertThat(answers).hasValue(7);
    }

    @Test
    void needs_few_round_trips() {
        var trips = new AtomicInteger();
        var counted =
                DynamoServer.ports(
                        new Table(
                                DynamoServer.watched(
                                        new ExecutionInterceptor() {
                                            @Override
                                            public void beforeTransmission(
                                                    Context.BeforeTransmission context,
                                                    ExecutionAttributes attributes) {
                                                trips.incrementAndGet();
                                            }
                                        }),
                                TABLE));
        var automation = project.automation("nightly");
        var run = project.start(automation);
        var entry = project.artifact(run.key(), 1);
        ports.runs().addArtifacts(run.key(), List.of(entry), project.now());
        var measured = new LinkedHashMap<String, Integer>();
        var verbs = new LinkedHashMap<String, Runnable>();
        verbs.put("find automation", () -> found(counted, automation));
        verbs.put("list automations", () -> counted.automations().in(project.id(), 0, 100));
        verbs.put("add automation", () -> add(counted));
        verbs.put("update automation", () -> edit(counted, automation));
        verbs.put("start by hand", () -> start(counted, automation));
        verbs.put("fire", () -> fire(counted, found(ports, automation)));
        verbs.put("fire again", () -> fire(counted, found(ports, automation)));
        verbs.put(
                "find schedule",
                () -> counted.scheduleHistory().find(project.id(), automation.id()));
        verbs.put("record sync", () -> recordSync(counted, found(ports, automation)));
        verbs.put("find run", () -> counted.runs().find(run.key()));
        verbs.put("list runs", () -> counted.runs().of(project.id(), automation.taskId(), 0, 9));
        verbs.put(
                "add run", () -> counted.runs().add(() -> project.unsavedRun(automation.taskId())));
        verbs.put("update run", () -> counted.runs().update(run.key(), same -> same));
        verbs.put("end run", () -> end(counted, run));
        verbs.put("add artifact", () -> addArtifact(counted, run));
        verbs.put("find artifact", () -> counted.runs().artifact(run.key(), entry.storagePath()));
        verbs.put("admit a key", () -> counted.apiKeys().find("sha256$", project.id()));
        verbs.put("add task", () -> counted.tasks().add(project.unsavedTask("task", false)));
        verbs.put("list tasks", () -> counted.tasks().in(project.id(), false, 0, 100));
        verbs.put("remove automation", () -> remove(counted, automation));
        verbs.forEach((verb, action) -> {
            trips.set(0);
            action.run();
            measured.put(verb, trips.get());
        });
        assertThat(measured)
                .containsExactlyInAnyOrderEntriesOf(
                        Map.ofEntries(
                                Map.entry("find automation", 1),
                                Map.entry("list automations", 2),
                                Map.entry("add automation", 2),
                                Map.entry("update automation", 2),
                                Map.entry("start by hand", 2),
                                Map.entry("fire", 1),
                                Map.entry("fire again", 2),
                                Map.entry("find schedule", 1),
                                Map.entry("record sync", 1),
                                Map.entry("find run", 1),
                                Map.entry("list runs", 2),
                                Map.entry("add run", 1),
                                Map.entry("update run", 2),
                                Map.entry("end run", 3),
                                Map.entry("add artifact", 2),
                                Map.entry("find artifact", 1),
                                Map.entry("admit a key", 1),
                                Map.entry("add task", 2),
                                Map.entry("list tasks", 2),
                                Map.entry("remove automation", 3)));
    }

    private static TaskAutomation found(Ports ports, TaskAutomation automation) {
        return ports.automations().find(automation.projectId(), automation.id()).orElseThrow();
    }

    private void add(Ports counted) {
        var automation = project.unkept("added");
        counted.automations().add(automation, project.taskOf(automation));
    }

    private void edit(Ports counted, TaskAutomation automation) {
        var now = project.now();
        counted.automations()
                .update(project.id(), automation.id(), from -> from.with(from.spec(), now));
    }

    private void start(Ports counted, TaskAutomation automation) {
        counted.automations().start(project.id(), automation.id(), project::unsavedRun);
    }

    private void fire(Ports counted, TaskAutomation automation) {
        var run = project.unsavedRun(automation);
        counted.occurrences()
                .start(automation, run, occurrence(automation, NINE, Outcome.STARTED, run.id()));
    }

    private void recordSync(Ports counted, TaskAutomation automation) {
        counted.scheduleHistory().recordSync(automation, null, null, project.now());
    }

    private void end(Ports counted, TaskRun run) {
        var now = project.now();
        counted.runs().update(run.key(), from -> from.with(RunStatus.FAILED, now));
    }

    private void addArtifact(Ports counted, TaskRun run) {
        counted.runs()
                .addArtifacts(run.key(), List.of(project.artifact(run.key(), 2)), project.now());
    }

    private void remove(Ports counted, TaskAutomation automation) {
        counted.automations().remove(project.id(), automation.id());
    }

    /// By turns nothing and one item of what was asked, then everything.
    private static BatchGetItemResponse shortened(
            BatchGetItemRequest request, BatchGetItemResponse full, int answer) {
        if (answer >= 6) {
            return full;
        }
        var asked = Objects.requireNonNull(request.requestItems().get(TABLE));
        var found = Objects.requireNonNull(full.responses().get(TABLE));
        var items = found.subList(0, answer % 2);
        var left =
                asked.keys().stream()
                        .filter(key -> items.stream().noneMatch(item -> holds(item, key)))
                        .toList();
        return full.toBuilder()
                .responses(Map.of(TABLE, items))
                .unprocessedKeys(Map.of(TABLE, asked.toBuilder().keys(left).build()))
                .build();
    }

    private static boolean holds(
            Map<String, AttributeValue> item, Map<String, AttributeValue> key) {
        return item.entrySet().containsAll(key.entrySet());
    }

    private Map<String, AttributeValue> raw(Item key) {
        return DynamoServer.CLIENT
                .getItem(get -> get.tableName(TABLE).key(key.attributes()))
                .item();
    }

    private TaskRun atEveryCap(TaskRun run, int errorBytes) {
        return run.with(RunStatus.FAILED, project.now())
                .withOutput("o".repeat(256 * 1024))
                .withState("s".repeat(64 * 1024))
                .withErrorMessage("e".repeat(errorBytes))
                .with(new RunPlace(RunEnvironment.LOCAL, "😀".repeat(100), "😀".repeat(255)));
    }

    /// As AWS counts it.
    private static int size(Map<String, AttributeValue> item) {
        return item.entrySet().stream()
                .mapToInt(entry ->
                        entry.getKey().length()
                                + size(entry.getValue().s())
                                + (entry.getValue().n() == null ? 0 : 21))
                .sum();
    }

    private static int size(@Nullable String text) {
        return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
    }
}
