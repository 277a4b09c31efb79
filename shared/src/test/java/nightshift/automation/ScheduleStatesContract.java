package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.ScheduleStates.State;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

/// What every `ScheduleStates` does.
public interface ScheduleStatesContract {
    Ports ports();

    @Test
    default void knows_what_was_told_and_since_when() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        assertThat(states().find(project.id(), automation.id())).isEmpty();
        var first = project.now();
        assertThat(states().told(automation, null, first)).isTrue();
        assertThat(states().told(automation, null, project.now())).isTrue();
        assertThat(states().find(project.id(), automation.id()))
                .contains(new State(1, null, first));
        var refused = project.now();
        assertThat(states().told(automation, "too many schedules", refused)).isTrue();
        assertThat(states().told(automation, "too many schedules", project.now())).isTrue();
        assertThat(states().find(project.id(), automation.id()))
                .contains(new State(1, "too many schedules", refused));
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
        assertThat(states().told(automation, null, project.now())).isFalse();
        assertThat(states().toldGone(project.id(), automation.id())).isFalse();
        assertThat(states().find(project.id(), automation.id())).isEmpty();
        var now = project.now();
        assertThat(states().told(edited, null, now)).isTrue();
        assertThat(states().find(project.id(), automation.id())).contains(new State(2, null, now));
    }

    @Test
    default void must_be_told_again_what_was_told_already_and_has_changed_since() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        var told = project.now();
        assertThat(states().told(automation, null, told)).isTrue();
        ports().automations()
                .update(
                        project.id(),
                        automation.id(),
                        from -> from.with(TestProject.spec("edited"), project.now()));
        assertThat(states().told(automation, null, project.now())).isFalse();
        assertThat(states().find(project.id(), automation.id())).contains(new State(1, null, told));
    }

    @Test
    default void forgets_what_is_gone() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        states().told(automation, null, project.now());
        ports().automations().remove(project.id(), automation.id());
        assertThat(states().told(automation, null, project.now())).isFalse();
        assertThat(states().find(project.id(), automation.id())).isPresent();
        assertThat(states().toldGone(project.id(), automation.id())).isTrue();
        assertThat(states().toldGone(project.id(), automation.id())).isTrue();
        assertThat(states().find(project.id(), automation.id())).isEmpty();
    }

    @Test
    default void keeps_projects_apart() {
        var project = new TestProject(ports());
        var automation = project.automation("nightly");
        states().told(automation, null, project.now());
        var other = new TestProject(ports());
        assertThat(states().find(other.id(), automation.id())).isEmpty();
        assertThat(states().toldGone(other.id(), automation.id())).isTrue();
        assertThat(states().find(project.id(), automation.id())).isPresent();
    }

    private ScheduleStates states() {
        return ports().scheduleStates();
    }
}
