package nightshift.automation;

import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// What was last made true in the schedule service, in memory.
public final class InMemoryScheduleStates implements ScheduleStates {
    private final World world;

    public InMemoryScheduleStates(World world) {
        this.world = world;
    }

    @Override
    public Optional<State> find(long projectId, UUID automationId) {
        synchronized (world) {
            return Optional.ofNullable(
                    world.scheduleStates.get(new World.Id(projectId, automationId)));
        }
    }

    @Override
    public boolean told(TaskAutomation automation, @Nullable String refusal, Instant now) {
        synchronized (world) {
            var key = new World.Id(automation.projectId(), automation.id());
            var current = world.automations.get(key);
            if (current == null || current.edition() != automation.edition()) {
                return false;
            }
            var state = new State(automation.edition(), refusal, now);
            world.scheduleStates.put(key, state.after(world.scheduleStates.get(key)));
            return true;
        }
    }

    @Override
    public boolean toldGone(long projectId, UUID automationId) {
        synchronized (world) {
            var key = new World.Id(projectId, automationId);
            if (world.automations.containsKey(key)) {
                return false;
            }
            world.scheduleStates.remove(key);
            return true;
        }
    }
}
