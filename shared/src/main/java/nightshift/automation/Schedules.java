package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The schedules that invoke `FireTaskAutomation` at an automation's occurrences.
public interface Schedules {
    /// Makes the schedules of one automation what it says. Safe to repeat.
    ///
    /// @param wanted the automation as it is now; null: there shall be no schedule
    /// @throws ScheduleRefusedException if the service will never accept them
    void sync(UUID automationId, @Nullable TaskAutomation wanted);

    /// The same for an automation that has no schedule yet as far as is known: there is nothing to
    /// update and nothing to delete.
    default void create(TaskAutomation wanted) {
        sync(wanted.id(), wanted);
    }

    /// Whether the schedules of an automation are what it says. Changes nothing.
    boolean matches(TaskAutomation wanted);

    /// The project that an automation's schedule was made for; empty: there is no such schedule, or
    /// it does not say.
    Optional<Long> projectOf(UUID automationId);

    /// The automations that have a schedule.
    Set<UUID> automations();
}
