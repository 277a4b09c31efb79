package nightshift.automation;

import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.UUID;

/// What was last made true in the schedule service, in memory.
public final class InMemoryScheduleStates implements ScheduleStates {
    private final World world;

    public InMemoryScheduleStates(World world) {
        this.world = world;
    }

    @Override
    public Known find(long projectId, UUID automationId) {
        synchronized (world) {
            var key = new World.Id(projectId, automationId);
            return new Known(world.automations.get(key), world.scheduleStates.get(key));
        }
    }

    @Override
    public boolean told(
            TaskAutomation automation,
            @Nullable State known,
            @Nullable String refusal,
            Instant now) {
        synchronized (world) {
            var key = new World.Id(automation.projectId(), automation.id());
            var current = world.automations.get(key);
            if (current == null || current.edition() != automation.edition()) {
                return false;
            }
            var state = new State(automation.edition(), refusal, now).after(known);
            if (state.equals(known)) return state.equals(world.scheduleStates.get(key));
            world.scheduleStates.put(key, state);
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
