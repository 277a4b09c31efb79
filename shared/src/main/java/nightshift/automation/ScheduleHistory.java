package nightshift.automation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// The last synchronization of each automation with the schedule service.
public interface ScheduleHistory {
    /// A synchronization.
    ///
    /// @param edition the edition of the automation that was sent to the service
    /// @param refusal why the service refused it; null: accepted
    /// @param since when the result became what it is
    record State(long edition, @Nullable String refusal, Instant since) {
        /// This state, or an equal earlier one, whose `since` stays.
        public State after(@Nullable State before) {
            return before != null
                            && before.edition == edition
                            && Objects.equals(before.refusal, refusal)
                    ? before
                    : this;
        }
    }

    /// An automation and its last synchronization.
    ///
    /// @param automation null: there is none
    /// @param state null: it was never synchronized
    record Known(@Nullable TaskAutomation automation, @Nullable State state) {
        /// Whether the present edition was sent to the service, accepted or not.
        public boolean isCurrent() {
            return automation != null && state != null && state.edition() == automation.edition();
        }

        /// Why the service refused the last synchronization; null: accepted, or there was none.
        public @Nullable String refusal() {
            return state == null ? null : state.refusal();
        }
    }

    /// An automation and its last synchronization, from one request. The two are not read at the
    /// same moment.
    Known find(long projectId, UUID automationId);

    /// These automations of a project and their last synchronizations, in the same order.
    List<Known> of(long projectId, List<TaskAutomation> automations);

    /// Records that this edition was sent to the service. Answers false if the synchronization must
    /// be repeated: the automation was changed meanwhile, or another synchronization was recorded.
    ///
    /// @param known the state before the synchronization; null: none
    /// @param refusal why the service refused it; null: accepted
    boolean recordSync(
            TaskAutomation automation,
            @Nullable State known,
            @Nullable String refusal,
            Instant now);

    /// Records that the schedules of a deleted automation are gone. Answers false if the automation
    /// exists.
    boolean recordDeletion(long projectId, UUID automationId);
}
