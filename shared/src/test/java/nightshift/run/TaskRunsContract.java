package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.LastRun;
import nightshift.automation.TaskAutomation;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/// What every `TaskRuns` does.
public interface TaskRunsContract {
    Ports ports();

    @Test
    default void finds_a_run_as_it_was_added() {
        var project = new TestProject(ports());
        var task = project.task("task");
        var unkept = project.unsavedRun(task.id());
        assertThat(runs().add(() -> unkept)).contains(unkept);
        assertThat(runs().find(unkept.key())).contains(unkept);
        var bare =
                TaskRun.start(
                        project.key(task.id(), Ids.timeOrdered(project.now())),
                        RunStatus.NOT_STARTED,
                        RunEnvironment.LOCAL,
                        null,
                        "{}",
                        new UUID(5, 6),
                        new RunOccurrence(Instant.parse("2026-01-05T09:00:00Z"), 2),
                        null,
                        "other",
                        project.now());
        runs().add(() -> bare);
        assertThat(runs().find(bare.key())).contains(bare);
    }

    @Test
    default void lists_the_runs_of_a_project_with_filters() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var task = project.task("other").id();
        var first = project.run(task);
        var second = project.start(automation);
        var third = project.run(task);
        runs().update(first.key(), from -> from.with(RunStatus.FAILED, project.now()));
        runs().update(
                        third.key(),
                        from -> from.with(new RunPlace(RunEnvironment.CLOUD, "testing", null)));
        assertThat(listed(project, new RunFilter(null, null, null, null, null)))
                .containsExactly(third.id(), second.id(), first.id());
        assertThat(listed(project, new RunFilter(RunStatus.FAILED, null, null, null, null)))
                .containsExactly(first.id());
        assertThat(listed(project, new RunFilter(null, automation.id(), null, null, null)))
                .containsExactly(second.id());
        assertThat(listed(project, new RunFilter(null, null, "ACME/web", null, null)))
                .containsExactly(second.id());
        var middle = second.times().created();
        assertThat(listed(project, new RunFilter(null, null, null, middle, null)))
                .containsExactly(third.id(), second.id());
        assertThat(listed(project, new RunFilter(null, null, null, null, middle)))
                .containsExactly(second.id(), first.id());
        var page = runs().in(project.id(), new RunFilter(null, null, null, null, null), 1, 1);
        assertThat(page.count()).isEqualTo(3);
        assertThat(page.runs()).extracting(TaskRun::id).containsExactly(second.id());
        assertThat(runs().keys(project.id(), RunStatus.FAILED, null)).containsExactly(first.key());
        assertThat(runs().keys(project.id(), null, "testing")).containsExactly(third.key());
        assertThat(runs().keys(project.id(), RunStatus.FAILED, "testing")).isEmpty();
    }

    private List<UUID> listed(TestProject project, RunFilter filter) {
        return runs().in(project.id(), filter, 0, 10).runs().stream().map(TaskRun::id).toList();
    }

    @Test
    default void a_run_needs_a_task() {
        var project = new TestProject(ports());
        var orphan = project.unsavedRun(new UUID(1, 1));
        assertThat(runs().add(() -> orphan)).isEmpty();
        assertThat(runs().find(orphan.key())).isEmpty();
        assertThat(runs().update(orphan.key(), run -> run)).isEmpty();
        assertThat(runs().addArtifacts(orphan.key(), List.of(), project.now())).isEmpty();
        var artifact = project.artifact(orphan.key(), 1);
        assertThat(runs().addArtifacts(orphan.key(), List.of(artifact), project.now())).isEmpty();
        assertThat(runs().artifact(orphan.key(), artifact.storagePath())).isEmpty();
        runs().touch(orphan, project.now().plusSeconds(9999));
        assertThat(runs().find(orphan.key())).isEmpty();
    }

    @Test
    default void the_latest_run_of_a_task_is_the_one_with_the_greatest_id() throws Exception {
        var project = new TestProject(ports());
        var task = project.task("task");
        var late = project.unsavedRun(task.id(), project.now().plusSeconds(60));
        var early = project.unsavedRun(task.id());
        assertThat(runs().add(() -> late)).contains(late);
        assertThat(runs().add(() -> early)).contains(early);
        assertThat(latest(task.id(), project)).isEqualTo(late.id());
        Together.all(20, _ -> project.run(task.id()));
        assertThat(latest(task.id(), project)).isEqualTo(late.id());
        var other = project.task("other");
        Together.all(50, _ -> project.run(other.id()));
        var all = runs().of(project.id(), other.id(), 0, 100);
        assertThat(all.count()).isEqualTo(50);
        assertThat(latest(other.id(), project)).isEqualTo(all.runs().getFirst().id());
    }

    @Test
    default void lists_a_tasks_runs_newest_first_with_their_manifests() {
        var project = new TestProject(ports());
        var task = project.task("task");
        project.run(project.task("other").id());
        var newestFirst = new ArrayList<TaskRun>();
        for (int n = 0; n < 12; n++) {
            var run = project.run(task.id());
            var artifacts = IntStream.range(0, n % 3).mapToObj(i -> project.artifact(run.key(), i));
            newestFirst.addFirst(
                    runs().addArtifacts(run.key(), artifacts.toList(), project.now())
                            .orElseThrow());
        }
        assertThat(runs().of(project.id(), task.id(), 0, 50))
                .isEqualTo(new TaskRuns.Listed(12, newestFirst));
        assertThat(runs().of(project.id(), task.id(), 3, 4))
                .isEqualTo(new TaskRuns.Listed(12, newestFirst.subList(3, 7)));
        assertThat(runs().of(project.id(), task.id(), 12, 4))
                .isEqualTo(new TaskRuns.Listed(12, List.of()));
        assertThat(runs().of(project.id(), new UUID(1, 1), 0, 4).count()).isZero();
        assertThat(runs().of(new TestProject(ports()).id(), task.id(), 0, 4).count()).isZero();
    }

    @Test
    default void looks_up_many_runs_at_once() {
        var project = new TestProject(ports());
        var kept = new ArrayList<TaskRun>();
        for (int n = 0; n < 110; n++) {
            kept.add(
                    project.run(
                            n % 55 == 0 ? project.task("t").id() : kept.getLast().key().taskId()));
        }
        var withArtifact =
                runs().addArtifacts(
                                kept.get(3).key(),
                                List.of(project.artifact(kept.get(3).key(), 1)),
                                project.now())
                        .orElseThrow();
        kept.set(3, withArtifact);
        var keys = new ArrayList<>(kept.stream().map(TaskRun::key).toList());
        keys.add(keys.getFirst());
        keys.add(project.key(kept.getFirst().key().taskId(), new UUID(9, 9)));
        assertThat(runs().all(keys)).containsOnlyOnceElementsOf(kept).containsAll(kept);
        assertThat(runs().all(List.of())).isEmpty();
    }

    @Test
    default void changes_a_run_and_keeps_its_manifest() {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        var artifact = project.artifact(run.key(), 1);
        runs().addArtifacts(run.key(), List.of(artifact), project.now());
        var now = project.now();
        var changed =
                runs().update(
                                run.key(),
                                from ->
                                        from.with(RunStatus.COMPLETED, now)
                                                .withOutput("{\"pr_url\":\"x\"}")
                                                .withState("{}")
                                                .withErrorMessage("")
                                                .with(
                                                        new RunPlace(
                                                                RunEnvironment.LOCAL,
                                                                "stage",
                                                                null)))
                        .orElseThrow();
        assertThat(changed.times().completed()).isEqualTo(now);
        assertThat(changed.artifacts()).containsExactly(artifact);
        assertThat(runs().find(run.key())).contains(changed);
        var reset =
                runs().update(
                                run.key(),
                                from ->
                                        from.with(RunStatus.QUEUED, project.now())
                                                .withOutput(null)
                                                .withErrorMessage(null)
                                                .with(
                                                        new RunPlace(
                                                                RunEnvironment.CLOUD, null, "b")))
                        .orElseThrow();
        assertThat(reset.times().completed()).isEqualTo(now);
        assertThat(runs().find(run.key())).contains(reset);
    }

    @Test
    default void twenty_changes_of_the_state_at_once_keep_all_twenty() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.start(automation);
        Together.all(
                20,
                n ->
                        runs().update(
                                        run.key(),
                                        from ->
                                                from.withState(from.report().state() + "," + n)
                                                        .with(RunStatus.FAILED, project.now()))
                                .orElseThrow());
        var parts = runs().find(run.key()).orElseThrow().report().state().split(",");
        assertThat(parts)
                .containsExactlyInAnyOrder(
                        IntStream.range(-1, 20)
                                .mapToObj(n -> n < 0 ? run.report().state() : "" + n)
                                .toArray(String[]::new));
    }

    @Test
    default void fifty_writers_at_once_are_all_let_through() throws Exception {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        Together.all(
                50,
                _ -> runs().update(run.key(), from -> from.withState(from.report().state() + "x")));
        assertThat(runs().find(run.key()).orElseThrow().report().state())
                .isEqualTo(run.report().state() + "x".repeat(50));
    }

    @Test
    default void the_automation_follows_its_last_run() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.start(automation);
        var before = found(automation);
        move(run, RunStatus.IN_PROGRESS, null, project.now());
        assertThat(lastOf(automation)).isEqualTo(lastRun(run, RunStatus.IN_PROGRESS));
        assertThat(found(automation).updatedAt()).isEqualTo(before.updatedAt());
        var failedAt = project.now();
        move(run, RunStatus.FAILED, "out of memory", failedAt);
        assertThat(lastOf(automation)).isEqualTo(lastRun(run, RunStatus.FAILED));
        assertThat(found(automation).lastError()).isEqualTo("out of memory");
        assertThat(found(automation).updatedAt()).isEqualTo(failedAt);
        move(run, RunStatus.CANCELLED, null, project.now());
        assertThat(found(automation).lastError()).isNull();
        move(run, RunStatus.FAILED, "again", project.now());
        move(run, RunStatus.COMPLETED, "again", project.now());
        assertThat(lastOf(automation)).isEqualTo(lastRun(run, RunStatus.COMPLETED));
        assertThat(found(automation).lastError()).isEqualTo("again");
        assertThat(found(automation).edition()).isEqualTo(1);
    }

    @Test
    default void an_error_message_that_comes_after_the_failure_reaches_the_automation() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.start(automation);
        move(run, RunStatus.FAILED, null, project.now());
        move(run, RunStatus.FAILED, "now known", project.now());
        assertThat(found(automation).lastError()).isEqualTo("now known");
    }

    @Test
    default void an_older_run_that_fails_changes_the_error_but_not_the_last_run() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var older = project.start(automation);
        var last = project.start(automation);
        move(older, RunStatus.IN_PROGRESS, null, project.now());
        assertThat(lastOf(automation)).isEqualTo(lastRun(last, RunStatus.QUEUED));
        move(older, RunStatus.FAILED, "older failed", project.now());
        assertThat(lastOf(automation)).isEqualTo(lastRun(last, RunStatus.QUEUED));
        assertThat(found(automation).lastError()).isEqualTo("older failed");
    }

    @Test
    default void what_is_added_to_a_failed_run_does_not_bring_its_error_back() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var failed = project.start(automation);
        move(failed, RunStatus.FAILED, "it broke", project.now());
        project.start(found(automation));
        var before = found(automation);
        runs().update(failed.key(), run -> run.with(run.status(), project.now()).withOutput("1"));
        runs().update(failed.key(), run -> run);
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    default void a_run_goes_on_without_its_automation() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.start(automation);
        ports().automations().remove(project.id(), automation.id());
        move(run, RunStatus.FAILED, "too late", project.now());
        assertThat(runs().find(run.key()).orElseThrow().status()).isEqualTo(RunStatus.FAILED);
        assertThat(ports().automations().find(project.id(), automation.id())).isEmpty();
    }

    @Test
    default void a_run_that_somebody_started_on_an_automations_task_does_not_concern_it() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.run(automation.taskId());
        move(run, RunStatus.FAILED, "by hand", project.now());
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(automation);
    }

    @Test
    default void starts_and_ends_at_once_leave_the_last_run_as_it_stands() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        Together.all(
                20,
                _ -> {
                    var run = project.start(automation);
                    move(run, RunStatus.COMPLETED, null, project.now());
                    return run;
                });
        assertThat(lastOf(automation).status()).isEqualTo(RunStatus.COMPLETED);
        assertThat(runs().of(project.id(), automation.taskId(), 0, 50).count()).isEqualTo(20);
    }

    @Test
    default void adds_artifacts_last_and_each_once() {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        var one = project.artifact(run.key(), 1);
        var two = project.artifact(run.key(), 2);
        var three = project.artifact(run.key(), 3);
        runs().addArtifacts(run.key(), List.of(two, one), project.now());
        var now = project.now();
        var again = project.artifact(run.key(), 1);
        var added = runs().addArtifacts(run.key(), List.of(again, three, three), now).orElseThrow();
        assertThat(added.artifacts()).containsExactly(two, one, three);
        assertThat(added.times().updated()).isEqualTo(now);
        assertThat(added.times().touched()).isEqualTo(now);
        assertThat(runs().find(run.key())).contains(added);
        assertThat(runs().addArtifacts(run.key(), List.of(one), project.now())).contains(added);
        assertThat(runs().artifact(run.key(), three.storagePath())).contains(three);
        assertThat(runs().artifact(run.key(), "tasks/other")).isEmpty();
        var other = project.run(run.key().taskId());
        assertThat(runs().artifact(other.key(), three.storagePath())).isEmpty();
        assertThat(runs().find(other.key()).orElseThrow().artifacts()).isEmpty();
    }

    @Test
    default void adds_as_many_artifacts_at_once_as_it_says() {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        var artifacts =
                IntStream.range(0, TaskRuns.MOST_ARTIFACTS_AT_ONCE)
                        .mapToObj(n -> project.artifact(run.key(), n))
                        .toList();
        assertThat(runs().addArtifacts(run.key(), artifacts, project.now()).orElseThrow())
                .satisfies(added -> assertThat(added.artifacts()).isEqualTo(artifacts));
    }

    @Test
    default void fifty_additions_at_once_are_all_in_the_manifest() throws Exception {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        Together.all(
                50,
                n ->
                        runs().addArtifacts(
                                        run.key(),
                                        List.of(
                                                project.artifact(run.key(), 2 * n),
                                                project.artifact(run.key(), 2 * n + 1)),
                                        project.now())
                                .orElseThrow());
        assertThat(runs().find(run.key()).orElseThrow().artifacts())
                .hasSize(100)
                .extracting(Artifact::id)
                .doesNotHaveDuplicates();
    }

    @Test
    default void additions_and_changes_at_once_lose_nothing() throws Exception {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        Together.all(
                20,
                n ->
                        n % 2 == 0
                                ? runs().addArtifacts(
                                                run.key(),
                                                List.of(project.artifact(run.key(), n)),
                                                project.now())
                                : runs().update(
                                                run.key(),
                                                from ->
                                                        from.withState(
                                                                from.report().state() + "x")));
        var end = runs().find(run.key()).orElseThrow();
        assertThat(end.artifacts()).hasSize(10);
        assertThat(end.report().state()).isEqualTo(run.report().state() + "x".repeat(10));
    }

    @Test
    default void a_touch_counts_once_in_a_while_and_never_goes_back() {
        var project = new TestProject(ports());
        var queued = project.run(project.task("task").id());
        var run = move(queued, RunStatus.IN_PROGRESS, null, project.now());
        runs().touch(run, run.times().touched().plusSeconds(60));
        assertThat(touchedAt(run)).isEqualTo(run.times().touched());
        var later = run.times().touched().plus(Duration.ofHours(1));
        runs().touch(run, later);
        assertThat(touchedAt(run)).isEqualTo(later);
        runs().touch(run, later.minusSeconds(60));
        assertThat(touchedAt(run)).isEqualTo(later);
        assertThat(runs().find(run.key()).orElseThrow().times().updated())
                .isEqualTo(run.times().updated());
    }

    @Test
    default void finds_unfinished_runs_that_nobody_has_touched_longest_untouched_first() {
        var past = Instant.parse("2001-01-01T00:00:00Z");
        var project = new TestProject(ports());
        var task = project.task("task").id();
        var first = runs().add(() -> project.unsavedRun(task, past)).orElseThrow();
        var second = runs().add(() -> project.unsavedRun(task, past.plusSeconds(1))).orElseThrow();
        var third = runs().add(() -> project.unsavedRun(task, past.plusSeconds(2))).orElseThrow();
        var fourth = runs().add(() -> project.unsavedRun(task, past.plusSeconds(3))).orElseThrow();
        assertThat(untouched(project, Lease.QUEUED, past.plusSeconds(3)))
                .containsExactly(first.key(), second.key(), third.key());
        assertThat(untouched(project, Lease.IN_PROGRESS, past.plusSeconds(3))).isEmpty();
        move(first, RunStatus.IN_PROGRESS, null, past.plusSeconds(10));
        move(second, RunStatus.NOT_STARTED, null, past.plusSeconds(2));
        move(third, RunStatus.FAILED, null, past.plusSeconds(2));
        var working = move(fourth, RunStatus.IN_PROGRESS, null, past.plusSeconds(3));
        runs().touch(working, past.plusSeconds(3600));
        assertThat(untouched(project, Lease.IN_PROGRESS, past.plusSeconds(10))).isEmpty();
        assertThat(untouched(project, Lease.IN_PROGRESS, past.plusSeconds(11)))
                .containsExactly(first.key());
        runs().addArtifacts(third.key(), List.of(project.artifact(third.key(), 1)), past);
        runs().addArtifacts(
                        first.key(),
                        List.of(project.artifact(first.key(), 1)),
                        past.plusSeconds(60));
        assertThat(untouched(project, Lease.IN_PROGRESS, past.plusSeconds(60))).isEmpty();
        assertThat(untouched(project, Lease.IN_PROGRESS, past.plusSeconds(4000)))
                .containsExactly(first.key(), fourth.key());
        move(second, RunStatus.QUEUED, null, past.plusSeconds(5));
        assertThat(untouched(project, Lease.QUEUED, past.plusSeconds(4000)))
                .containsExactly(second.key());
        for (var run : List.of(first, second, fourth)) {
            move(run, RunStatus.COMPLETED, null, past.plusSeconds(100));
        }
        for (var lease : Lease.values()) {
            assertThat(untouched(project, lease, past.plusSeconds(9999))).isEmpty();
        }
    }

    @Test
    default void a_run_that_waits_for_a_worker_is_touched_by_its_announcement_alone() {
        var past = Instant.parse("2001-01-01T00:00:00Z");
        var project = new TestProject(ports());
        var task = project.task("task").id();
        var run = runs().add(() -> project.unsavedRun(task, past)).orElseThrow();
        runs().touch(run, past.plusSeconds(3600));
        move(run, RunStatus.QUEUED, "a change", past.plusSeconds(3600));
        assertThat(touchedAt(run)).isEqualTo(past);
        runs().announced(run.key(), past.plusSeconds(600));
        assertThat(touchedAt(run)).isEqualTo(past.plusSeconds(600));
        runs().announced(run.key(), past.plusSeconds(300));
        assertThat(touchedAt(run)).isEqualTo(past.plusSeconds(600));
        assertThat(runs().find(run.key()).orElseThrow().claim().queued())
                .isEqualTo(run.claim().queued());
        move(run, RunStatus.IN_PROGRESS, null, past.plusSeconds(700));
        runs().announced(run.key(), past.plusSeconds(800));
        assertThat(touchedAt(run)).isEqualTo(past.plusSeconds(700));
        runs().announced(project.unsavedRun(task).key(), past); // no such run
        move(run, RunStatus.COMPLETED, null, past.plusSeconds(900));
    }

    @Test
    default void a_run_that_waits_for_its_client_has_a_lease_of_its_own() {
        var past = Instant.parse("2001-01-01T00:00:00Z");
        var project = new TestProject(ports());
        var task = project.task("task").id();
        var run = runs().add(() -> project.unsavedRun(task, past)).orElseThrow();
        runs().update(run.key(), it -> it.with(new RunPlace(RunEnvironment.LOCAL, null, null)));
        assertThat(untouched(project, Lease.QUEUED, past.plusSeconds(1))).isEmpty();
        assertThat(untouched(project, Lease.QUEUED_LOCALLY, past.plusSeconds(1)))
                .containsExactly(run.key());
        move(run, RunStatus.COMPLETED, null, past.plusSeconds(900));
    }

    @Test
    default void a_run_that_is_queued_again_or_reopened_has_another_entry_in_the_queue() {
        var project = new TestProject(ports());
        var run = project.run(project.task("task").id());
        assertThat(entry(run)).isEqualTo(new QueueEntry(0, run.times().created()));
        runs().update(run.key(), it -> it.claimedBy("worker", project.now()));
        move(run, RunStatus.COMPLETED, null, project.now());
        move(run, RunStatus.FAILED, null, project.now());
        assertThat(entry(run)).isEqualTo(new QueueEntry(0, run.times().created()));
        assertThat(runs().find(run.key()).orElseThrow().claim().claimant()).isEqualTo("worker");
        var again = project.now();
        move(run, RunStatus.QUEUED, null, again);
        assertThat(entry(run)).isEqualTo(new QueueEntry(1, again));
        assertThat(runs().find(run.key()).orElseThrow().claim().claimant()).isNull();
        move(run, RunStatus.QUEUED, null, project.now());
        move(run, RunStatus.IN_PROGRESS, null, project.now());
        assertThat(entry(run)).isEqualTo(new QueueEntry(1, again));
        move(run, RunStatus.QUEUED, null, project.now());
        assertThat(entry(run).number()).isEqualTo(2);
        move(run, RunStatus.CANCELLED, null, project.now());
        move(run, RunStatus.NOT_STARTED, null, project.now());
        assertThat(entry(run).number()).isEqualTo(3);
    }

    @Test
    default void keeps_big_runs_and_lists_them() {
        var project = new TestProject(ports());
        var task = project.task("task").id();
        var big = new ArrayList<TaskRun>();
        for (int n = 0; n < 55; n++) {
            var run =
                    project.unsavedRun(task)
                            .withOutput("o".repeat(256 * 1024))
                            .withState("s".repeat(64 * 1024));
            big.addFirst(runs().add(() -> run).orElseThrow());
        }
        assertThat(runs().of(project.id(), task, 0, 55).runs()).isEqualTo(big);
        assertThat(runs().all(big.stream().map(TaskRun::key).toList()))
                .containsExactlyInAnyOrderElementsOf(big);
        var first = big.getFirst();
        for (int n = 0; n < 300; n += 60) {
            var artifacts =
                    IntStream.range(n, n + 60).mapToObj(i -> project.artifact(first.key(), i));
            runs().addArtifacts(first.key(), artifacts.toList(), project.now());
        }
        var found = runs().find(first.key()).orElseThrow();
        assertThat(found.report().output()).isEqualTo(first.report().output());
        assertThat(found.artifacts()).hasSize(300);
        assertThat(found.artifacts()).extracting(Artifact::uploadedAt).isSorted();
        assertThat(runs().of(project.id(), task, 0, 2).runs().getFirst()).isEqualTo(found);
    }

    private TaskRuns runs() {
        return ports().runs();
    }

    private List<RunKey> untouched(TestProject project, Lease lease, Instant before) {
        return runs().untouched(lease, before)
                .filter(key -> key.projectId() == project.id())
                .toList();
    }

    private QueueEntry entry(TaskRun run) {
        return runs().find(run.key()).orElseThrow().claim().queued();
    }

    private UUID latest(UUID taskId, TestProject project) {
        var latest = ports().tasks().find(project.id(), taskId).orElseThrow().latestRunId();
        if (latest == null) {
            throw new AssertionError("no run yet");
        }
        return latest;
    }

    private Instant touchedAt(TaskRun run) {
        return runs().find(run.key()).orElseThrow().times().touched();
    }

    private TaskRun move(TaskRun run, RunStatus status, @Nullable String error, Instant now) {
        return runs().update(run.key(), from -> from.with(status, now).withErrorMessage(error))
                .orElseThrow();
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports().automations().find(automation.projectId(), automation.id()).orElseThrow();
    }

    private LastRun lastOf(TaskAutomation automation) {
        var last = found(automation).lastRun();
        if (last == null) {
            throw new AssertionError("never run");
        }
        return last;
    }

    private static LastRun lastRun(TaskRun run, RunStatus status) {
        return new LastRun(run.id(), run.times().created(), status);
    }
}
