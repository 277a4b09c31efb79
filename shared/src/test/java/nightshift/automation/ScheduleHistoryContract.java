package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.ScheduleHistory.State;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.time.Instant;

/// What every `ScheduleHistory` does.
public interface ScheduleHistoryContract {
    Ports ports();

    @Test
    default void knows_what_was_told_and_since_when() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        assertThat(state(project, automation)).isNull();
        var first = project.now();
        assertThat(recordSync(automation, null, first)).isTrue();
        assertThat(recordSync(automation, null, project.now())).isTrue();
        assertThat(state(project, automation)).isEqualTo(new State(1, null, first));
        var refused = project.now();
        assertThat(recordSync(automation, "too many schedules", refused)).isTrue();
        assertThat(recordSync(automation, "too many schedules", project.now())).isTrue();
        assertThat(state(project, automation))
                .isEqualTo(new State(1, "too many schedules", refused));
    }

    @Test
    default void must_be_told_again_what_has_changed_since() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var edited =
                ports().automations()
                        .update(
                                project.id(),
                                automation.id(),
                                from -> from.with(TestProject.spec("edited"), project.now()))
                        .orElseThrow();
        assertThat(recordSync(automation, null, project.now())).isFalse();
        assertThat(states().recordDeletion(project.id(), automation.id())).isFalse();
        assertThat(state(project, automation)).isNull();
        var now = project.now();
        assertThat(recordSync(edited, null, now)).isTrue();
        assertThat(state(project, automation)).isEqualTo(new State(2, null, now));
    }

    @Test
    default void must_be_told_again_what_was_told_already_and_has_changed_since() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var recorded = project.now();
        assertThat(recordSync(automation, null, recorded)).isTrue();
        ports().automations()
                .update(
                        project.id(),
                        automation.id(),
                        from -> from.with(TestProject.spec("edited"), project.now()));
        assertThat(recordSync(automation, null, project.now())).isFalse();
        assertThat(state(project, automation)).isEqualTo(new State(1, null, recorded));
    }

    @Test
    default void must_be_told_again_what_somebody_else_noted_otherwise_meanwhile() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        recordSync(automation, "too many schedules", project.now());
        var known = state(project, automation);
        var accepted = project.now();
        recordSync(automation, null, accepted);
        assertThat(states().recordSync(automation, known, "too many schedules", project.now()))
                .isFalse();
        assertThat(state(project, automation)).isEqualTo(new State(1, null, accepted));
    }

    @Test
    default void forgets_what_is_gone() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        recordSync(automation, null, project.now());
        ports().automations().remove(project.id(), automation.id());
        assertThat(recordSync(automation, null, project.now())).isFalse();
        assertThat(state(project, automation)).isNotNull();
        assertThat(states().recordDeletion(project.id(), automation.id())).isTrue();
        assertThat(states().recordDeletion(project.id(), automation.id())).isTrue();
        assertThat(state(project, automation)).isNull();
    }

    @Test
    default void keeps_projects_apart() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        recordSync(automation, null, project.now());
        var other = new TestProject(ports());
        assertThat(state(other, automation)).isNull();
        assertThat(states().recordDeletion(other.id(), automation.id())).isTrue();
        assertThat(state(project, automation)).isNotNull();
    }

    @Test
    default void finds_the_automation_with_what_was_told_of_it() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var unrecorded = states().find(project.id(), automation.id());
        assertThat(unrecorded.automation()).isEqualTo(automation);
        assertThat(unrecorded.isCurrent()).isFalse();
        recordSync(automation, "too many schedules", project.now());
        var recorded = states().find(project.id(), automation.id());
        assertThat(recorded.isCurrent()).isTrue();
        assertThat(recorded.refusal()).isEqualTo("too many schedules");
        ports().automations()
                .update(
                        project.id(),
                        automation.id(),
                        from -> from.with(TestProject.spec("edited"), project.now()));
        assertThat(states().find(project.id(), automation.id()).isCurrent()).isFalse();
        ports().automations().remove(project.id(), automation.id());
        var gone = states().find(project.id(), automation.id());
        assertThat(gone.automation()).isNull();
        assertThat(gone.isCurrent()).isFalse();
    }

    private @Nullable State state(TestProject project, TaskAutomation automation) {
        return states().find(project.id(), automation.id()).state();
    }

    private boolean recordSync(TaskAutomation automation, @Nullable String refusal, Instant now) {
        var known = states().find(automation.projectId(), automation.id()).state();
        return states().recordSync(automation, known, refusal, now);
    }

    private ScheduleHistory states() {
        return ports().scheduleHistory();
    }
}
