package nightshift.automation;

import nightshift.testing.World;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What was last made true in the schedule service, in memory.
public final class InMemoryScheduleHistory implements ScheduleHistory {
    private final World world;

    public InMemoryScheduleHistory(World world) {
        this.world = world;
    }

    @Override
    public Known find(long projectId, UUID automationId) {
        synchronized (world) {
            var key = new World.Id(projectId, automationId);
            return new Known(world.automations.get(key), world.scheduleHistory.get(key));
        }
    }

    @Override
    public List<Known> of(long projectId, List<TaskAutomation> automations) {
        return automations.stream()
                .map(automation -> new Known(automation, find(projectId, automation.id()).state()))
                .toList();
    }

    @Override
    public boolean recordSync(
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
            if (state.equals(known)) return state.equals(world.scheduleHistory.get(key));
            world.scheduleHistory.put(key, state);
            return true;
        }
    }

    @Override
    public boolean recordDeletion(long projectId, UUID automationId) {
        synchronized (world) {
            var key = new World.Id(projectId, automationId);
            if (world.automations.containsKey(key)) {
                return false;
            }
            world.scheduleHistory.remove(key);
            return true;
        }
    }
}
