package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Schedules in memory. A test can make them refuse.
public final class InMemorySchedules implements Schedules {
    private final Map<UUID, TaskAutomation> set = new HashMap<>();
    private @Nullable String refusal;

    @Override
    public synchronized void sync(UUID automationId, @Nullable TaskAutomation wanted) {
        if (wanted == null) {
            set.remove(automationId);
        } else if (refusal != null) {
            throw new ScheduleRefusedException(refusal, new IllegalArgumentException(refusal));
        } else {
            set.put(automationId, wanted);
        }
    }

    @Override
    public synchronized boolean matches(TaskAutomation wanted) {
        var made = set.get(wanted.id());
        return made != null
                && made.spec().sameTiming(wanted.spec())
                && made.projectId() == wanted.projectId();
    }

    @Override
    public synchronized Optional<Long> projectOf(UUID automationId) {
        return of(automationId).map(TaskAutomation::projectId);
    }

    @Override
    public synchronized Set<UUID> automations() {
        return Set.copyOf(set.keySet());
    }

    /// The automation as its schedule was last set.
    public synchronized Optional<TaskAutomation> of(UUID automationId) {
        return Optional.ofNullable(set.get(automationId));
    }

    /// Refuses to set any schedule from now on for this reason; null: none any more.
    public synchronized void refuse(@Nullable String reason) {
        refusal = reason;
    }

    /// Forgets every schedule, as if somebody had deleted the group.
    public synchronized void lose() {
        set.clear();
    }
}
