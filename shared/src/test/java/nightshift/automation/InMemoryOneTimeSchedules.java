package nightshift.automation;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One-time schedules in memory. They fire when a test takes those that are due.
public final class InMemoryOneTimeSchedules implements OneTimeSchedules {
    /// What a schedule does.
    public record Schedule(Instant at, String function, String input) {}

    private final Map<String, Schedule> set = new TreeMap<>();

    @Override
    public synchronized void put(String name, Instant at, String function, String input) {
        set.put(name, new Schedule(at, function, input));
    }

    @Override
    public synchronized void remove(String name) {
        set.remove(name);
    }

    /// The schedule of this name.
    public synchronized Optional<Schedule> of(String name) {
        return Optional.ofNullable(set.get(name));
    }

    /// All of them by name.
    public synchronized Map<String, Schedule> all() {
        return Map.copyOf(set);
    }

    /// Takes away those that are due, by name.
    public synchronized Map<String, Schedule> takeDue(Instant now) {
        var due = new TreeMap<>(set);
        due.values().removeIf(schedule -> schedule.at().isAfter(now));
        due.keySet().forEach(set::remove);
        return due;
    }
}
