package nightshift.functions.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.ScheduleHistory.State;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.InMemoryWiring.Died;
import nightshift.functions.lambda.Wiring;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.util.Optional;

/// A function that dies between any two of its calls leaves nothing that a repetition does not make
/// good.
class SynchronizerTest {
    private static final String REFUSAL = "will never do";
    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);

    /// A change of the row and of the schedule service's mind.
    private enum Change {
        EDITED,
        REFUSED,
        ACCEPTED,
        REMOVED;

        void happen(InMemoryWiring world, TaskAutomation automation) {
            world.schedules.refuse(this == REFUSED ? REFUSAL : null);
            var automations = world.automations();
            if (this == REMOVED) {
                automations.remove(automation.projectId(), automation.id());
            } else {
                automations.update(
                        automation.projectId(),
                        automation.id(),
                        row -> row.with(hourly(row.spec()), world.clock().instant()));
            }
        }
    }

    @Test
    void dead_at_any_call_it_is_made_good_by_a_repetition() {
        for (var before : Change.values()) {
            for (var change : Change.values()) {
                if (before == Change.REMOVED) continue;
                for (boolean acted : new boolean[] {false, true}) {
                    int call = 0;
                    while (dies(before, change, call, acted)) call++;
                    assertThat(call).isPositive();
                }
            }
        }
    }

    private boolean dies(Change before, Change change, int call, boolean acted) {
        var automation = project.automation("nightly");
        before.happen(world, automation);
        sync(world, automation);
        change.happen(world, automation);
        boolean died = false;
        try {
            sync(world.dyingAt(call, acted), automation);
        } catch (Died expected) {
            died = true;
            sync(world, automation);
        }
        check(automation, change, "%s, %s, call %d".formatted(before, change, call));
        world.automations().remove(project.id(), automation.id()); // a project has no room for all
        return died;
    }

    private void check(TaskAutomation automation, Change change, String situation) {
        var row = world.automations().find(automation.projectId(), automation.id());
        var refusal = change == Change.REFUSED ? REFUSAL : null;
        assertThat(row.map(TaskAutomation::lastError))
                .as(situation)
                .isEqualTo(Optional.ofNullable(refusal));
        var state =
                Optional.ofNullable(
                        world.scheduleHistory()
                                .find(automation.projectId(), automation.id())
                                .state());
        assertThat(state.map(State::edition))
                .as(situation)
                .isEqualTo(row.map(TaskAutomation::edition));
        assertThat(state.map(State::refusal)).as(situation).isEqualTo(Optional.ofNullable(refusal));
        if (refusal != null) {
            assertThat(world.announced.getLast().detail())
                    .as(situation)
                    .contains(automation.id().toString(), REFUSAL);
        } else {
            assertThat(world.schedules.of(automation.id()).map(TaskAutomation::spec))
                    .as(situation)
                    .isEqualTo(row.map(TaskAutomation::spec));
        }
    }

    private static void sync(Wiring wiring, TaskAutomation automation) {
        new Synchronizer(wiring).sync(automation.projectId(), automation.id(), true);
    }

    private static AutomationSpec hourly(AutomationSpec spec) {
        return new AutomationSpec(
                spec.name(),
                spec.prompt(),
                spec.repository(),
                spec.githubIntegration(),
                CronExpression.parse("0 * * * *"),
                spec.timezone(),
                spec.templateId(),
                spec.enabled());
    }
}
