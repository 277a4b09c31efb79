package nightshift.functions.schedules;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.api.CallBuilder;
import nightshift.api.Endpoint;
import nightshift.api.KeyGatekeeper;
import nightshift.api.Reply;
import nightshift.events.Announcements.Announcement;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.ClaimTaskRun;
import nightshift.functions.runs.CreateTaskRun;
import nightshift.functions.runs.SetTaskRunOutput;
import nightshift.functions.runs.UpdateTaskRun;
import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunPlace;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/// What becomes of runs that wait for a worker, while time passes.
class RunQueueTest {
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
    private static final Duration DAY = Duration.ofDays(1);

    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final UUID task = project.task("Task").id();
    private final Instant begin = world.clock().instant();

    @Test
    void all_of_a_hundred_runs_are_done_by_one_worker_though_every_second_announcement_is_lost() {
        var waiting = queued(100);
        var delivered = new ArrayDeque<JsonNode>();
        for (var run : waiting) {
            publish(run.key());
        }
        int announced = 0;
        while (unfinished(waiting) > 0 && world.clock().instant().isBefore(begin.plus(DAY))) {
            for (var event : world.announced) {
                if (announced++ % 2 == 0) delivered.add(detail(event));
            }
            world.announced.clear();
            work(delivered);
            world.forward(FIVE_MINUTES);
            reap(world);
        }
        assertThat(waiting.stream().map(run -> found(run.key()).status()))
                .containsOnly(RunStatus.COMPLETED);
        assertThat(world.clock().instant()).isBefore(begin.plus(DAY));
    }

    @Test
    void a_run_that_waits_is_announced_every_ten_minutes_with_the_same_token() {
        var run = queued(1).getFirst();
        publish(run.key());
        for (int minutes = 5; minutes <= 60; minutes += 5) {
            world.forward(FIVE_MINUTES);
            assertThat(reap(world).path("announced").asInt())
                    .as("after %d minutes", minutes)
                    .isEqualTo(minutes % 10 == 0 ? 1 : 0);
        }
        assertThat(world.announced)
                .hasSize(7)
                .allSatisfy(it -> {
                    assertThat(it.type()).isEqualTo("TaskRun Queued");
                    assertThat(it.detail()).isEqualTo(world.announced.getFirst().detail());
                });
        assertThat(found(run.key()).times().updated()).isEqualTo(run.times().updated());
    }

    @Test
    void only_a_run_that_waits_for_a_worker_is_announced() {
        var runs = queued(4);
        world.runs().update(runs.get(0).key(), it -> it.claimedBy("worker", begin));
        world.runs().update(runs.get(1).key(), it -> it.with(RunStatus.CANCELLED, begin));
        world.runs()
                .update(
                        runs.get(2).key(),
                        it -> it.with(new RunPlace(RunEnvironment.LOCAL, null, null)));
        world.tasks().delete(project.id(), task);
        world.forward(Duration.ofMinutes(11));
        assertThat(reap(world).path("announced").asInt()).isEqualTo(1);
        assertThat(detail(world.announced.getFirst()).path("run_id").asText())
                .as("also of a deleted task")
                .isEqualTo(runs.get(3).id().toString());
    }

    @Test
    void a_run_that_its_client_creates_is_offered_to_no_worker() {
        var created = create("{\"environment\": \"cloud\"}");
        assertThat(created.place().environment()).isEqualTo(RunEnvironment.CLOUD);
        publish(created.key());
        world.runs().update(created.key(), it -> it.with(RunStatus.IN_PROGRESS, begin));
        world.runs().update(created.key(), it -> it.with(RunStatus.QUEUED, begin));
        publish(created.key());
        world.forward(Duration.ofMinutes(11));
        reap(world);
        assertThat(world.announced).isEmpty();
    }

    @Test
    void a_run_that_no_worker_takes_is_failed_when_its_wait_is_over_and_says_so() {
        var run = queued(1).getFirst();
        for (int minutes = 0; minutes < 1_440; minutes += 5) {
            world.forward(FIVE_MINUTES);
            reap(world);
        }
        assertThat(found(run.key()).status()).isEqualTo(RunStatus.QUEUED);
        world.forward(FIVE_MINUTES);
        world.forward(FIVE_MINUTES);
        assertThat(reap(world).path("reaped").asInt()).isEqualTo(1);
        assertThat(found(run.key()).status()).isEqualTo(RunStatus.FAILED);
        assertThat(found(run.key()).report().errorMessage())
                .isEqualTo(
                        "Failed to start task workflow: no worker has taken the run for 1440 minutes.");
    }

    @Test
    void a_run_that_was_queued_again_waits_anew() {
        var run = queued(1).getFirst();
        world.runs().update(run.key(), it -> it.with(RunStatus.FAILED, begin));
        world.forward(DAY.plus(DAY));
        var now = world.clock().instant();
        world.runs().update(run.key(), it -> it.with(RunStatus.QUEUED, now));
        world.forward(DAY);
        assertThat(reap(world).path("reaped").asInt()).isZero();
        world.forward(Duration.ofMinutes(10));
        assertThat(reap(world).path("reaped").asInt()).isEqualTo(1);
    }

    @Test
    void a_run_that_waits_for_its_client_waits_as_long_and_is_not_announced() {
        var run = queued(1).getFirst();
        world.runs()
                .update(run.key(), it -> it.with(new RunPlace(RunEnvironment.LOCAL, null, null)));
        world.forward(DAY);
        assertThat(reap(world).path("reaped").asInt()).isZero();
        world.forward(Duration.ofMinutes(1));
        assertThat(reap(world).path("reaped").asInt()).isEqualTo(1);
        assertThat(found(run.key()).status()).isEqualTo(RunStatus.FAILED);
        assertThat(world.announced).isEmpty();
    }

    @Test
    void a_run_that_cannot_be_updated_is_passed_over_and_named() {
        var runs = queued(1_200);
        for (var run : runs.subList(0, 600)) {
            world.runs().update(run.key(), it -> it.claimedBy("worker", begin));
        }
        var broken = List.of(runs.get(0).key(), runs.get(700).key());
        world.forward(Duration.ofHours(3));

        var done = reap(world.failingFor(broken));

        assertThat(done.path("reaped").asInt()).isEqualTo(599);
        assertThat(done.path("announced").asInt()).isEqualTo(599);
        assertThat(done.path("failed").asInt()).isEqualTo(2);
        var last = world.announced.getLast();
        assertThat(last.type()).isEqualTo("TaskRuns Not Reaped");
        assertThat(last.detail()).contains(broken.get(0).runId().toString());
        assertThat(last.detail()).contains(broken.get(1).runId().toString());
    }

    @Test
    void the_output_of_a_worker_whose_run_was_queued_again_meanwhile_is_refused() {
        var run = queued(1).getFirst();
        publish(run.key());
        var event = detail(world.announced.getFirst());
        var claim = Json.object().put("claim_token", event.path("claim_token").asText());
        var claimed = answer(new ClaimTaskRun(world), "POST", event, claim, "");
        var key = json(claimed.body()).path("key").asText();
        var racing =
                world.before(
                        "update",
                        () ->
                                world.runs()
                                        .update(run.key(), it -> it.with(RunStatus.QUEUED, begin)));
        var output = Json.object().set("output", Json.object());
        assertThat(answer(new SetTaskRunOutput(racing), "PATCH", event, output, key).status())
                .isEqualTo(401);
        assertThat(found(run.key()).report().output()).isNull();
        assertThat(found(run.key()).status()).isEqualTo(RunStatus.QUEUED);
    }

    /// One run is done at a time, and each takes ten minutes.
    private void work(ArrayDeque<JsonNode> delivered) {
        if (Duration.between(begin, world.clock().instant()).toMinutes() % 10 != 0) {
            return;
        }
        while (!delivered.isEmpty()) {
            var event = delivered.poll();
            var claim = Json.object().put("claim_token", event.path("claim_token").asText());
            var claimed =
                    answer(new ClaimTaskRun(world), "POST", event, claim.put("claimant", "w"), "");
            if (claimed.status() == 200) {
                var key = json(claimed.body()).path("key").asText();
                var completed = Json.object().put("status", "completed");
                assertThat(
                                answer(new UpdateTaskRun(world), "PATCH", event, completed, key)
                                        .status())
                        .isEqualTo(200);
                return;
            }
            assertThat(claimed.status()).as("announced twice").isEqualTo(409);
        }
    }

    /// A run that a client creates.
    private TaskRun create(String body) {
        var owner = new Owner(1, new UUID(0, 1), "d", "Ada", "L", null);
        var digest = KeyGatekeeper.digest(CallBuilder.KEY);
        var scopes = Set.of("*");
        world.apiKeys()
                .add(new ApiKey("1", digest, "test", scopes, null, owner, begin, null, null));
        var call =
                call().method("POST")
                        .resource("/api/projects/{project_id}/tasks/{task_id}/runs")
                        .inProject(project.id())
                        .taskId(task)
                        .json(body);
        var created = json(new CreateTaskRun(world).reply(call.build()).body());
        return found(project.key(task, UUID.fromString(created.path("id").asText())));
    }

    private static Reply answer(
            Endpoint endpoint, String method, JsonNode event, JsonNode body, String key) {
        var call =
                call().method(method)
                        .resource("/api/projects/{project_id}/tasks/{task_id}/runs/{id}")
                        .inProject(event.path("project_id").asLong())
                        .taskId(UUID.fromString(event.path("task_id").asText()))
                        .id(UUID.fromString(event.path("run_id").asText()))
                        .json(Json.text(body));
        return endpoint.reply((key.isEmpty() ? call.anonymous() : call.key(key)).build());
    }

    private List<TaskRun> queued(int runs) {
        return IntStream.range(0, runs)
                .mapToObj(
                        _ -> world.runs().add(() -> project.unsavedRun(task, begin)).orElseThrow())
                .toList();
    }

    /// As the table's stream does it.
    private void publish(RunKey run) {
        new QueuedRuns(world).announce(found(run));
    }

    private static JsonNode reap(Wiring wiring) {
        return new ReapTaskRuns(wiring).answer(Json.object());
    }

    private TaskRun found(RunKey run) {
        return world.runs().find(run).orElseThrow();
    }

    private long unfinished(List<TaskRun> runs) {
        return runs.stream().filter(run -> !found(run.key()).status().terminal()).count();
    }

    private static JsonNode detail(Announcement event) {
        return json(event.detail());
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
