package nightshift.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.Call;
import nightshift.api.CallBuilder;
import nightshift.api.Endpoint;
import nightshift.api.KeyGatekeeper;
import nightshift.automation.Policy.Overlap;
import nightshift.automation.PolicyContract;
import nightshift.automation.TaskAutomation;
import nightshift.functions.automations.CreateTaskAutomation;
import nightshift.functions.automations.RunTaskAutomation;
import nightshift.functions.runs.CreateTaskRun;
import nightshift.functions.tasks.CreateTask;
import nightshift.functions.tasks.RunTask;
import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;

/// A call with an `Idempotency-Key` whose function dies at any point creates nothing twice when it
/// is repeated, and does not block its key.
class RepeatedCallTest {
    private static final int MOST_CALLS = 20;
    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final TaskAutomation automation = project.automation("nightly");

    @SuppressWarnings("ImmutableEnumChecker") // constructor references and lambdas without state
    enum Creation {
        AUTOMATION(
                CreateTaskAutomation::new,
                (call, _) ->
                        call.json(
                                """
                                {"name": "a", "prompt": "p", "repository": "acme/shop",
                                 "cron_expression": "0 9 * * *"}
                                """)),
        RUN_OF_AUTOMATION(RunTaskAutomation::new, (call, automation) -> call.id(automation.id())),
        TASK(CreateTask::new, (call, _) -> call.json("{\"title\": \"t\"}")),
        RUN_OF_TASK(RunTask::new, (call, automation) -> call.taskId(automation.taskId())),
        RUN(CreateTaskRun::new, (call, automation) -> call.taskId(automation.taskId()));

        private final Function<Wiring, Endpoint> endpoint;
        private final BiFunction<CallBuilder, TaskAutomation, CallBuilder> words;

        Creation(
                Function<Wiring, Endpoint> endpoint,
                BiFunction<CallBuilder, TaskAutomation, CallBuilder> words) {
            this.endpoint = endpoint;
            this.words = words;
        }
    }

    RepeatedCallTest() {
        var owner = new Owner(1, new UUID(0, 1), "d", "Ada", "L", null);
        world.apiKeys()
                .add(
                        new ApiKey(
                                "1",
                                KeyGatekeeper.digest(CallBuilder.KEY),
                                "test",
                                Set.of("*"),
                                null,
                                owner,
                                Instant.EPOCH,
                                null,
                                null));
    }

    @ParameterizedTest
    @EnumSource
    void a_death_at_any_point_creates_nothing_twice(Creation creation) {
        for (int at = 0; at < MOST_CALLS; at++) {
            for (boolean acted : new boolean[] {false, true}) {
                var call = call(creation, "death-" + at + acted);
                long before = created();
                creation.endpoint.apply(world.dyingAt(at, acted)).reply(call);
                world.forward(Duration.ofSeconds(31));
                var repeated = creation.endpoint.apply(world).reply(call);
                assertThat(repeated.status()).isBetween(200, 201);
                assertThat(created() - before).as("%s %s %s", creation, at, acted).isEqualTo(1);
                assertThat(creation.endpoint.apply(world).reply(call)).isEqualTo(repeated);
            }
        }
    }

    /// After the death the run goes on, or has ended and the next occurrence has started another.
    @ParameterizedTest
    @EnumSource
    void a_run_by_hand_that_was_started_is_the_answer_under_every_policy(Overlap overlap) {
        project.with(automation, PolicyContract.overlapping(overlap));
        for (int at = 0; at < MOST_CALLS; at++) {
            for (boolean anotherSince : new boolean[] {false, true}) {
                var before = runs();
                var call = call(Creation.RUN_OF_AUTOMATION, "death-" + at + anotherSince);
                new RunTaskAutomation(world.dyingAt(at, true)).reply(call);
                var started = runs();
                started.removeAll(before);
                if (!started.isEmpty() && anotherSince) {
                    end(started.getFirst());
                    started.add(project.start(found()).key());
                }
                world.forward(Duration.ofSeconds(31));
                var reply = new RunTaskAutomation(world).reply(call);
                assertThat(reply.status()).as("%s %s", at, anotherSince).isEqualTo(200);
                var now = runs();
                now.removeAll(before);
                if (started.isEmpty()) started.addAll(now);
                assertThat(now).hasSameElementsAs(started);
                assertThat(Json.stored(reply.body()).path("last_task_run_id").asText())
                        .isEqualTo(started.getFirst().runId().toString());
                assertThat(world.runs().find(started.getLast()).orElseThrow().status())
                        .isEqualTo(RunStatus.QUEUED);
                end(started.getLast());
            }
        }
    }

    @Test
    void the_last_place_of_a_project_is_taken_once() {
        while (roomFor(project.unkept("filler"))) {}
        var last = world.automations().in(project.id(), 0, 1).automations().getFirst();
        world.automations().remove(project.id(), last.id());
        var call = call(Creation.AUTOMATION, "last");
        new CreateTaskAutomation(world.dyingAt(1, true)).reply(call);
        world.forward(Duration.ofSeconds(31));
        assertThat(new CreateTaskAutomation(world).reply(call).status()).isEqualTo(201);
    }

    private boolean roomFor(TaskAutomation another) {
        return world.automations().add(another, project.taskOf(another));
    }

    private TaskAutomation found() {
        return world.automations().find(project.id(), automation.id()).orElseThrow();
    }

    /// All runs of the automation, oldest first.
    private List<RunKey> runs() {
        var runs = world.runs().of(project.id(), automation.taskId(), 0, 1_000).runs();
        return new ArrayList<>(runs.reversed().stream().map(TaskRun::key).toList());
    }

    private void end(RunKey run) {
        world.runs().update(run, from -> from.with(RunStatus.COMPLETED, world.clock().instant()));
    }

    private Call call(Creation creation, String key) {
        var call =
                CallBuilder.call()
                        .method("POST")
                        .inProject(project.id())
                        .header("Idempotency-Key", key);
        return creation.words.apply(call, automation).build();
    }

    private long created() {
        long tasks = world.tasks().in(project.id(), false, 0, 1).count();
        long runs = world.runs().of(project.id(), automation.taskId(), 0, 1).count();
        return tasks + runs;
    }
}
