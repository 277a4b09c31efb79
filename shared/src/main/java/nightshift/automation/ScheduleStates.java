package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// What was last made true in the schedule service, automation by automation.
public interface ScheduleStates {
    /// What the service was told last.
    ///
    /// @param edition the automation's edition that the service was told
    /// @param refusal why the service refused it; null: it did not
    /// @param since when this became so
    record State(long edition, @Nullable String refusal, Instant since) {
        /// The state after another one: if they are the same, it has been so since then.
        public State after(@Nullable State before) {
            return before != null
                            && before.edition == edition
                            && Objects.equals(before.refusal, refusal)
                    ? before
                    : this;
        }
    }

    Optional<State> find(long projectId, UUID automationId);

    /// Notes that the service was told this edition. Answers false if the automation has moved on
    /// since, so that it must be told again.
    boolean told(TaskAutomation automation, @Nullable String refusal, Instant now);

    /// Notes that the service was told that the automation is gone. Answers false if it is there.
    boolean toldGone(long projectId, UUID automationId);
}
