package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.task.Task;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// What every `TaskAutomations` does.
public interface TaskAutomationsContract {
    Ports ports();

    @Test
    default void lists_those_that_pass_a_test_in_the_same_order() {
        var project = new TestProject(ports());
        for (var name : List.of("b", "\uD83D\uDE00", "A", "\uFF5E", "c", "a")) {
            project.automation(name);
        }
        var whole = ports().automations().in(project.id(), 0, 10).automations();
        var some = whole.stream().filter(each -> !each.spec().name().equals("b")).toList();
        var page =
                ports().automations()
                        .in(project.id(), each -> !each.spec().name().equals("b"), 1, 3);
        assertThat(page.count()).isEqualTo(5);
        assertThat(page.automations())
                .extracting(TaskAutomation::id)
                .isEqualTo(some.subList(1, 4).stream().map(TaskAutomation::id).toList());
        var known = ports().scheduleHistory().of(project.id(), whole);
        assertThat(known).hasSize(6).allMatch(each -> each.state() == null);
    }

    @Test
    default void finds_an_automation_as_it_was_added() {
        var project = new TestProject(ports());
        var bare = project.unkept("bare");
        var full =
                new TaskAutomation(
                        bare.id(),
                        bare.projectId(),
                        bare.taskId(),
                        new AutomationSpec(
                                "Nächtlich 🌙",
                                "",
                                "acme/web",
                                null,
                                CronExpression.parse("*/5  22-6 * JAN ?"),
                                IanaZone.find("Europe/Berlin").orElseThrow(),
                                "",
                                false),
                        new Policy(
                                Policy.Overlap.CANCEL_PREVIOUS,
                                2,
                                Duration.ofMinutes(10),
                                Policy.RetryOn.ANY,
                                7,
                                Duration.ofHours(1),
                                "release",
                                Map.of("MODE", "", "ZONE", "Zürich")),
                        new AutomationState(
                                new LastRun(new UUID(7, 8), bare.createdAt(), RunStatus.FAILED),
                                "no worker",
                                6,
                                AutomationState.FAILURES,
                                new Retry(
                                        new UUID(7, 8),
                                        bare.createdAt(),
                                        2,
                                        bare.createdAt().plusSeconds(60))),
                        4,
                        3,
                        new Timings(
                                bare.createdAt(),
                                List.of(
                                        new Timings.Former(
                                                CronExpression.parse("0  9 * * MON-FRI"),
                                                IanaZone.find("Asia/Kathmandu").orElseThrow(),
                                                bare.createdAt().minusSeconds(90),
                                                bare.createdAt()))),
                        bare.createdAt(),
                        bare.updatedAt());
        ports().automations().add(full, project.taskOf(full));
        assertThat(found(full)).usingRecursiveComparison().isEqualTo(full);
        var plain = project.automation("plain");
        assertThat(found(plain)).usingRecursiveComparison().isEqualTo(plain);
    }

    @Test
    default void keeps_an_automation_together_with_its_task() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var task = task(automation);
        assertThat(task.number()).isZero();
        assertThat(task.slug()).isEqualTo("ACM-0");
        assertThat(task.spec().title()).isEqualTo("nightly");
        assertThat(task.automationId()).isEqualTo(automation.id());
        assertThat(task.latestRunId()).isNull();
    }

    @Test
    default void keeps_projects_apart() {
        var one = new TestProject(ports());
        var other = new TestProject(ports());
        var automation = one.automation("of one");
        long foreign = other.id();
        assertThat(ports().automations().find(foreign, automation.id())).isEmpty();
        assertThat(ports().automations().in(foreign, 0, 10).count()).isZero();
        assertThat(ports().automations().remove(foreign, automation.id())).isFalse();
        assertThat(ports().automations().update(foreign, automation.id(), same -> same)).isEmpty();
        assertThat(ports().automations().start(foreign, automation.id(), other::unsavedRun))
                .isEmpty();
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(automation);
    }

    @Test
    default void lists_by_name_then_newest_first_then_by_id_whatever_the_names_are() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        var project = new TestProject(ports());
        var created = project.now();
        var automations = new ArrayList<TaskAutomation>();
        for (int n = 0; n < Ports.MOST_AUTOMATIONS; n++) {
            var one = project.unkept(name(random));
            var twin =
                    TaskAutomation.create(
                            one.id(),
                            one.projectId(),
                            one.taskId(),
                            one.spec(),
                            Policy.DEFAULT,
                            created.plusSeconds(random.nextInt(3)));
            automations.add(twin);
            ports().automations().add(twin, project.taskOf(twin));
        }
        var expected = automations.stream().sorted(inOrder()).map(TaskAutomation::id).toList();
        var listed = new ArrayList<UUID>();
        for (int offset = 0; offset < Ports.MOST_AUTOMATIONS; offset += 7) {
            var page = ports().automations().in(project.id(), offset, 7);
            assertThat(page.count()).isEqualTo(Ports.MOST_AUTOMATIONS);
            page.automations().forEach(automation -> listed.add(automation.id()));
        }
        assertThat(listed).as("seed " + seed).isEqualTo(expected);
        var past = ports().automations().in(project.id(), Ports.MOST_AUTOMATIONS, 7);
        assertThat(past.automations()).isEmpty();
        assertThat(past.count()).isEqualTo(Ports.MOST_AUTOMATIONS);
    }

    @Test
    default void moves_in_the_list_when_renamed() {
        var project = new TestProject(ports());
        var a = project.automation("a");
        var b = project.automation("B");
        rename(a, "c", project.now());
        assertThat(ports().automations().in(project.id(), 0, 10).automations())
                .extracting(TaskAutomation::id)
                .containsExactly(b.id(), a.id());
    }

    @Test
    default void changes_the_task_with_the_automation() {
        var project = new TestProject(ports());
        var automation = project.automation("before");
        var now = project.now();
        var changed =
                new AutomationSpec(
                        "after",
                        "Other prompt",
                        "acme/api",
                        null,
                        CronExpression.parse("0 0 * * *"),
                        IanaZone.find("Asia/Tokyo").orElseThrow(),
                        "template",
                        false);
        var updated =
                ports().automations()
                        .update(project.id(), automation.id(), from -> from.with(changed, now))
                        .orElseThrow();
        assertThat(updated.edition()).isEqualTo(2);
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(updated);
        var task = task(automation);
        assertThat(task.spec().title()).isEqualTo("after");
        assertThat(task.spec().description()).isEqualTo("Other prompt");
        assertThat(task.spec().repository()).isEqualTo("acme/api");
        assertThat(task.spec().githubIntegration()).isNull();
        assertThat(task.spec().originProduct()).isEqualTo("automation");
        assertThat(task.titleManuallySet()).isFalse();
        assertThat(task.updatedAt()).isEqualTo(now);
    }

    @Test
    default void a_failed_change_changes_nothing() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        try {
            ports().automations()
                    .update(
                            project.id(),
                            automation.id(),
                            _ -> {
                                throw new IllegalArgumentException("refused");
                            });
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessage("refused");
        }
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(automation);
    }

    @Test
    default void leaves_the_task_and_its_runs_when_removed() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.start(automation);
        assertThat(ports().automations().remove(project.id(), automation.id())).isTrue();
        assertThat(ports().automations().find(project.id(), automation.id())).isEmpty();
        assertThat(ports().automations().in(project.id(), 0, 10).count()).isZero();
        assertThat(task(automation).automationId()).isNull();
        assertThat(task(automation).latestRunId()).isEqualTo(run.id());
        assertThat(ports().runs().find(run.key())).isPresent();
        assertThat(ports().automations().remove(project.id(), automation.id())).isFalse();
        assertThat(ports().automations().start(project.id(), automation.id(), project::unsavedRun))
                .isEmpty();
        assertThat(ports().automations().update(project.id(), automation.id(), same -> same))
                .isEmpty();
    }

    @Test
    default void a_start_is_the_last_run_and_the_latest_of_the_task_and_clears_the_error() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        ports().automations().fail(automation, "schedule refused", project.now());
        var run = project.unsavedRun(automation);
        var started =
                ports().automations().start(project.id(), automation.id(), _ -> run).orElseThrow();
        assertThat(started.lastRun())
                .isEqualTo(new LastRun(run.id(), run.times().created(), RunStatus.QUEUED));
        assertThat(started.lastError()).isNull();
        assertThat(started.updatedAt()).isEqualTo(run.times().created());
        assertThat(started.edition()).isEqualTo(1);
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(started);
        assertThat(task(automation).latestRunId()).isEqualTo(run.id());
        assertThat(ports().runs().find(run.key())).contains(run);
    }

    @Test
    default void starts_at_the_same_instant_are_all_kept_and_the_last_one_is_the_last() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var now = project.now();
        for (int n = 0; n < 8; n++) {
            var run = project.unsavedRun(automation, now);
            var started =
                    ports().automations()
                            .start(project.id(), automation.id(), _ -> run)
                            .orElseThrow();
            assertThat(started.lastRun()).extracting(LastRun::id).isEqualTo(run.id());
        }
        var runs = ports().runs().of(project.id(), automation.taskId(), 0, 10);
        assertThat(runs.count()).isEqualTo(8);
        assertThat(task(automation).latestRunId()).isEqualTo(runs.runs().getFirst().id());
    }

    @Test
    default void notes_an_error_of_this_edition_only() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var at = project.now();
        ports().automations().fail(automation, "refused", at);
        assertThat(found(automation).lastError()).isEqualTo("refused");
        assertThat(found(automation).updatedAt()).isEqualTo(at);
        rename(automation, "other", project.now());
        ports().automations().fail(automation, "refused again", project.now());
        assertThat(found(automation).lastError()).isEqualTo("refused");
        ports().automations().fail(found(automation), null, project.now());
        assertThat(found(automation).lastError()).isNull();
        ports().automations().remove(project.id(), automation.id());
        ports().automations().fail(automation, "too late", project.now());
        assertThat(ports().automations().find(project.id(), automation.id())).isEmpty();
    }

    @Test
    default void visits_every_automation_of_a_project_once() {
        var one = new TestProject(ports());
        var other = new TestProject(ports());
        var made = List.of(one.automation("a"), one.automation("b"), other.automation("c"));
        assertThat(ports().automations().all(one.id()))
                .containsExactlyInAnyOrder(made.get(0), made.get(1));
        assertThat(ports().automations().all(other.id())).containsExactly(made.get(2));
        assertThat(ports().apiKeys().projects()).contains(one.id(), other.id());
    }

    @Test
    default void a_project_has_room_for_so_many_even_when_all_come_and_go_at_once()
            throws Exception {
        var project = new TestProject(ports());
        for (int n = 0; n < Ports.MOST_AUTOMATIONS - 10; n++) {
            project.automation("nightly");
        }
        var added =
                Together.all(
                        25,
                        _ -> {
                            var automation = project.unkept("late");
                            return ports().automations()
                                    .add(automation, project.taskOf(automation));
                        });
        assertThat(added).filteredOn(done -> done).hasSize(10);
        assertThat(ports().automations().in(project.id(), 0, 1).count())
                .isEqualTo(Ports.MOST_AUTOMATIONS);
        assertThat(ports().tasks().in(project.id(), false, 0, 200).tasks())
                .extracting(Task::number)
                .containsExactlyInAnyOrderElementsOf(numbers(Ports.MOST_AUTOMATIONS));
        var first = ports().automations().in(project.id(), 0, 1).automations().getFirst();
        var removed = Together.all(10, _ -> ports().automations().remove(project.id(), first.id()));
        assertThat(removed).filteredOn(done -> done).hasSize(1);
        var next = project.unkept("again");
        assertThat(ports().automations().add(next, project.taskOf(next))).isTrue();
        var tooMany = project.unkept("too many");
        assertThat(ports().automations().add(tooMany, project.taskOf(tooMany))).isFalse();
        assertThat(ports().tasks().find(project.id(), tooMany.taskId())).isEmpty();
    }

    @Test
    default void what_is_added_again_stays_as_it_is_and_takes_no_place() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        rename(automation, "renamed", project.now());
        assertThat(ports().automations().add(automation, project.taskOf(automation))).isTrue();
        assertThat(found(automation).spec().name()).isEqualTo("renamed");
        for (int n = 1; n < Ports.MOST_AUTOMATIONS; n++) {
            project.automation("another");
        }
        assertThat(ports().automations().in(project.id(), 0, 1).count())
                .isEqualTo(Ports.MOST_AUTOMATIONS);
        assertThat(ports().automations().add(automation, project.taskOf(automation))).isTrue();
    }

    @Test
    default void a_run_that_is_started_again_is_the_same_run() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var run = project.unsavedRun(automation.taskId());
        for (int times = 0; times < 2; times++) {
            var started = ports().automations().start(project.id(), automation.id(), _ -> run);
            assertThat(started).get().isEqualTo(found(automation));
            assertThat(lastRunOf(automation).id()).isEqualTo(run.id());
        }
        assertThat(ports().runs().of(project.id(), automation.taskId(), 0, 9).count()).isEqualTo(1);
        assertThat(ports().runs().add(() -> run)).get().extracting(TaskRun::id).isEqualTo(run.id());
    }

    @Test
    default void removes_only_what_passes_the_check() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        assertThatThrownBy(() ->
                        ports().automations()
                                .remove(
                                        project.id(),
                                        automation.id(),
                                        _ -> {
                                            throw new IllegalArgumentException("changed");
                                        }))
                .hasMessage("changed");
        assertThat(found(automation)).isEqualTo(automation);
        assertThat(ports().automations().remove(project.id(), automation.id(), _ -> {})).isTrue();
        assertThat(ports().automations().find(project.id(), automation.id())).isEmpty();
    }

    @Test
    default void edits_starts_and_errors_at_once_lose_nothing() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        Together.all(
                30,
                n -> {
                    switch (n % 3) {
                        case 0 ->
                                rename(
                                        automation,
                                        found(automation).spec().name() + "+",
                                        project.now());
                        case 1 -> project.start(automation);
                        default -> ports().automations().fail(automation, "refused", project.now());
                    }
                    return n;
                });
        assertThat(found(automation).edition()).isEqualTo(11);
        assertThat(task(automation).spec().title()).isEqualTo(found(automation).spec().name());
        var runs = ports().runs().of(project.id(), automation.taskId(), 0, 100);
        assertThat(runs.count()).isEqualTo(10);
        assertThat(task(automation).latestRunId()).isEqualTo(runs.runs().getFirst().id());
        assertThat(runs.runs()).extracting(run -> run.id()).contains(lastRunOf(automation).id());
    }

    @Test
    default void fifty_edits_at_once_all_happen() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("");
        Together.all(
                50,
                _ ->
                        ports().automations()
                                .update(
                                        project.id(),
                                        automation.id(),
                                        from ->
                                                from.with(
                                                        TestProject.spec(from.spec().name() + "x"),
                                                        project.now())));
        assertThat(found(automation).edition()).isEqualTo(51);
        assertThat(found(automation).spec().name()).isEqualTo("x".repeat(50));
        assertThat(task(automation).spec().title()).isEqualTo("x".repeat(50));
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports().automations().find(automation.projectId(), automation.id()).orElseThrow();
    }

    private LastRun lastRunOf(TaskAutomation automation) {
        var last = found(automation).lastRun();
        if (last == null) {
            throw new AssertionError("never run");
        }
        return last;
    }

    private Task task(TaskAutomation automation) {
        return ports().tasks().find(automation.projectId(), automation.taskId()).orElseThrow();
    }

    private void rename(TaskAutomation automation, String name, Instant now) {
        assertThat(
                        ports().automations()
                                .update(
                                        automation.projectId(),
                                        automation.id(),
                                        from -> from.with(TestProject.spec(name), now)))
                .isPresent();
    }

    private static List<Long> numbers(int count) {
        var numbers = new ArrayList<Long>();
        for (long number = 0; number < count; number++) {
            numbers.add(number);
        }
        return numbers;
    }

    /// UTF-8 sorts like code points, which UTF-16 does not.
    private static Comparator<TaskAutomation> inOrder() {
        Comparator<String> byCodePoint =
                (one, other) ->
                        Arrays.compareUnsigned(
                                one.getBytes(StandardCharsets.UTF_8),
                                other.getBytes(StandardCharsets.UTF_8));
        return Comparator.comparing(
                        (TaskAutomation automation) ->
                                automation
                                        .spec()
                                        .name()
                                        .toUpperCase(Locale.ROOT)
                                        .toLowerCase(Locale.ROOT),
                        byCodePoint)
                .thenComparing(automation -> automation.spec().name(), byCodePoint)
                .thenComparing(Comparator.comparing(TaskAutomation::createdAt).reversed())
                .thenComparing(automation -> automation.id().toString());
    }

    /// Names that are hard to sort: of few letters, in any case, beyond the first plane, long ones.
    private static String name(Random random) {
        if (random.nextInt(4) == 0) {
            return List.of("Nightly", "nightly", "NIGHTLY", "straße", "STRASSE", "\uFFFD", "🌙")
                    .get(random.nextInt(7));
        }
        var letters =
                List.of("a", "A", "b", "ß", "İ", "Ǆ", "é", "\u0001", "\uFF21", "😀", "𐐀", "中");
        int length = random.nextInt(3) == 0 ? 255 : 1 + random.nextInt(4);
        var name = new StringBuilder();
        for (int n = 0; n < length; n++) {
            name.append(letters.get(random.nextInt(letters.size())));
        }
        return name.toString();
    }
}
