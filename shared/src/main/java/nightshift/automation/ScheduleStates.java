package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.Objects;
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

    /// An automation, and what the service was told of it.
    ///
    /// @param automation null: there is none
    /// @param state null: the service was told nothing
    record Known(@Nullable TaskAutomation automation, @Nullable State state) {
        /// Whether the service was told what the automation is now, and refused it or not.
        public boolean isTold() {
            return automation != null && state != null && state.edition() == automation.edition();
        }

        /// Why the service refused what it was told last; null: it did not, or was told nothing.
        public @Nullable String refusal() {
            return state == null ? null : state.refusal();
        }
    }

    /// What an automation is, and what the service was told of it, from one request. Either may
    /// have changed before the other was read.
    Known find(long projectId, UUID automationId);

    /// Notes that the service was told this edition. Answers false if the automation has moved on
    /// since, or there was nothing to note but now somebody else has noted something, so that it
    /// must be told again.
    ///
    /// @param known the state as it was before the service was told; null: none
    boolean told(
            TaskAutomation automation,
            @Nullable State known,
            @Nullable String refusal,
            Instant now);

    /// Notes that the service was told that the automation is gone. Answers false if it is there.
    boolean toldGone(long projectId, UUID automationId);
}
