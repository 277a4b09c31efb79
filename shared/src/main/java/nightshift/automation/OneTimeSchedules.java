package nightshift.automation;

import java.time.Instant;

/// Schedules that invoke a function once and are gone then.
public interface OneTimeSchedules {
    /// Makes the schedule of this name invoke a function with an input. Safe to repeat: there is
    /// one schedule of a name, and the last call decides.
    ///
    /// @param at when; a time that has passed is the next moment
    /// @param function the ARN of a function that the deployment's schedules may invoke
    /// @param input a JSON object
    void put(String name, Instant at, String function, String input);

    /// Removes the schedule of this name. Does nothing if there is none.
    void remove(String name);
}
