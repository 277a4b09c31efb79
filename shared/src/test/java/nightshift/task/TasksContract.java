package nightshift.task;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.TaskAutomation;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/// What every `Tasks` does.
public interface TasksContract {
    Ports ports();

    @Test
    default void finds_a_task_as_it_was_added_with_its_number() {
        var project = new TestProject(ports());
        var unkept = project.unsavedTask("Fix the build", false);
        var added = ports().tasks().add(unkept);
        assertThat(added).isEqualTo(unkept.numbered(0, "Acme"));
        assertThat(ports().tasks().find(project.id(), unkept.id())).contains(added);
        assertThat(project.task("next").number()).isEqualTo(1);
        var bare =
                Task.create(
                        new UUID(1, 2),
                        project.id(),
                        new TaskSpec("", "", "user_created", null, null, null, true, null),
                        true,
                        null,
                        unkept.createdAt());
        var kept = ports().tasks().add(bare);
        assertThat(ports().tasks().find(project.id(), bare.id())).contains(kept);
    }

    @ParameterizedTest
    @CsvSource({
        "Acme, ACM-0",
        "PostHog Inc Ltd, PHI-0",
        "Big Blue, BIG-0",
        "a, A-0",
        "東京 タワー, 東京タ-0",
        "'!?', TSK-0",
        "x-ÄÖÜ, ÄÖÜ-0"
    })
    default void slugs_come_from_the_projects_name(String name, String slug) {
        assertThat(new TestProject(ports(), name).task("first").slug()).isEqualTo(slug);
    }

    @Test
    default void numbers_have_no_gap_and_no_double_when_all_come_at_once() throws Exception {
        var project = new TestProject(ports());
        var numbers = Together.all(50, _ -> project.task("one of many").number());
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 50).boxed().toList());
    }

    @Test
    default void what_is_added_again_stays_as_it_is() {
        var project = new TestProject(ports());
        var task = project.unsavedTask("once", false);
        var added = ports().tasks().add(task);
        assertThat(ports().tasks().add(task)).isEqualTo(added);
        assertThat(ports().tasks().in(project.id(), false, 0, 9).count()).isEqualTo(1);
    }

    @Test
    default void lists_newest_first_without_deleted_and_internal_ones() {
        var project = new TestProject(ports());
        var a = project.task("a");
        var b = project.task("b");
        var hidden = project.task("hidden", true);
        var c = project.task("c");
        var gone = project.task("gone");
        assertThat(ports().tasks().delete(project.id(), gone.id())).isTrue();
        assertThat(ports().tasks().in(project.id(), false, 0, 10))
                .isEqualTo(new Tasks.Listed(3, List.of(c, b, a)));
        assertThat(ports().tasks().in(project.id(), false, 1, 1))
                .isEqualTo(new Tasks.Listed(3, List.of(b)));
        assertThat(ports().tasks().in(project.id(), true, 0, 10))
                .isEqualTo(new Tasks.Listed(1, List.of(hidden)));
        assertThat(
                        ports().tasks()
                                .in(
                                        project.id(),
                                        false,
                                        task -> !task.spec().title().equals("b"),
                                        1,
                                        10))
                .isEqualTo(new Tasks.Listed(2, List.of(a)));
        assertThat(ports().tasks().in(new TestProject(ports()).id(), false, 0, 10).count())
                .isZero();
    }

    @Test
    default void pages_through_more_than_one_batch() {
        var project = new TestProject(ports());
        var newestFirst = new ArrayList<Task>();
        for (int n = 0; n < 130; n++) {
            newestFirst.addFirst(project.task("task " + n));
        }
        assertThat(ports().tasks().in(project.id(), false, 5, 120))
                .isEqualTo(new Tasks.Listed(130, newestFirst.subList(5, 125)));
    }

    @Test
    default void changes_a_task() {
        var project = new TestProject(ports());
        var task = project.task("before");
        var spec = new TaskSpec("after", "", "slack", "acme/web", 9L, null, true, null);
        var now = project.now();
        var changed =
                ports().tasks()
                        .update(project.id(), task.id(), from -> from.with(spec, true, now))
                        .orElseThrow();
        assertThat(changed.titleManuallySet()).isTrue();
        assertThat(ports().tasks().find(project.id(), task.id())).contains(changed);
        assertThat(ports().tasks().in(project.id(), false, 0, 10).count()).isZero();
        assertThat(ports().tasks().in(project.id(), true, 0, 10).tasks()).containsExactly(changed);
        assertThat(ports().tasks().update(project.id() + 1, task.id(), same -> same)).isEmpty();
    }

    @Test
    default void a_deleted_task_can_still_be_found_but_neither_changed_nor_deleted() {
        var project = new TestProject(ports());
        var task = project.task("gone");
        var run = project.run(task.id());
        assertThat(ports().tasks().delete(project.id(), task.id())).isTrue();
        assertThat(ports().tasks().delete(project.id(), task.id())).isFalse();
        assertThat(ports().tasks().update(project.id(), task.id(), same -> same)).isEmpty();
        assertThat(ports().tasks().find(project.id(), task.id()).orElseThrow().deleted()).isTrue();
        assertThat(ports().runs().find(run.key())).isPresent();
        assertThat(ports().runs().of(project.id(), task.id(), 0, 10).count()).isEqualTo(1);
    }

    @Test
    default void changes_the_automation_with_its_task() {
        var project = new TestProject(ports());
        var automation = project.automation("before");
        var now = project.now();
        var spec = new TaskSpec("after", "Do it", "automation", null, null, null, false, null);
        assertThat(
                        ports().tasks()
                                .update(
                                        project.id(),
                                        automation.taskId(),
                                        from -> from.with(spec, true, now)))
                .isPresent();
        var changed = found(automation);
        assertThat(changed.spec().name()).isEqualTo("after");
        assertThat(changed.spec().prompt()).isEqualTo("Do it");
        assertThat(changed.spec().repository()).isEmpty();
        assertThat(changed.spec().githubIntegration()).isNull();
        assertThat(changed.spec().cron()).isEqualTo(automation.spec().cron());
        assertThat(changed.edition()).isEqualTo(2);
        assertThat(changed.updatedAt()).isEqualTo(now);
        assertThat(ports().automations().in(project.id(), 0, 10).automations())
                .extracting(TaskAutomation::id)
                .containsExactly(automation.id());

        ports().automations()
                .update(project.id(), automation.id(), from -> from.with(from.spec(), now));
        assertThat(ports().tasks().find(project.id(), automation.taskId()))
                .hasValueSatisfying(task -> assertThat(task.spec().repository()).isNull());
    }

    @Test
    default void leaves_the_automation_alone_when_the_wording_is_the_same() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var kept = found(automation);
        assertThat(
                        ports().tasks()
                                .update(
                                        project.id(),
                                        automation.taskId(),
                                        from -> from.with(from.spec(), false, project.now())))
                .isPresent();
        assertThat(ports().tasks().delete(project.id(), automation.taskId())).isTrue();
        assertThat(found(automation)).usingRecursiveComparison().isEqualTo(kept);
        assertThat(ports().automations().in(project.id(), 0, 10).count()).isEqualTo(1);
        assertThat(project.start(automation).automationId()).isEqualTo(automation.id());
    }

    @Test
    default void changes_of_task_and_automation_at_once_leave_them_alike() throws Exception {
        var project = new TestProject(ports());
        var automation = project.automation("");
        Together.all(
                20,
                n ->
                        n % 2 == 0
                                ? ports().automations()
                                        .update(
                                                project.id(),
                                                automation.id(),
                                                from ->
                                                        from.with(
                                                                TestProject.spec(
                                                                        from.spec().name() + "a"),
                                                                project.now()))
                                : ports().tasks()
                                        .update(
                                                project.id(),
                                                automation.taskId(),
                                                from ->
                                                        from.with(
                                                                from.spec()
                                                                        .worded(
                                                                                from.spec().title()
                                                                                        + "t",
                                                                                "Do it",
                                                                                "acme/web",
                                                                                null),
                                                                true,
                                                                project.now())));
        var task = ports().tasks().find(project.id(), automation.taskId()).orElseThrow();
        assertThat(task.spec().title()).hasSize(20);
        assertThat(found(automation).spec().name()).isEqualTo(task.spec().title());
        assertThat(found(automation).spec().prompt()).isEqualTo(task.spec().description());
    }

    @Test
    default void fifty_changes_at_once_all_happen() throws Exception {
        var project = new TestProject(ports());
        var task = project.task("");
        Together.all(
                50,
                _ ->
                        ports().tasks()
                                .update(
                                        project.id(),
                                        task.id(),
                                        from ->
                                                from.with(
                                                        from.spec()
                                                                .worded(
                                                                        from.spec().title() + "x",
                                                                        "",
                                                                        "acme/web",
                                                                        null),
                                                        true,
                                                        project.now())));
        assertThat(ports().tasks().find(project.id(), task.id()).orElseThrow().spec().title())
                .hasSize(50);
    }

    private TaskAutomation found(TaskAutomation automation) {
        return ports().automations().find(automation.projectId(), automation.id()).orElseThrow();
    }
}
