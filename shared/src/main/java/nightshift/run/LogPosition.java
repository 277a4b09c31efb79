package nightshift.run;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/// A place in a log, after one of its appends.
///
/// @param number of the append; the first one has 1
/// @param entries how many there are up to here
/// @param bytes how many there are up to here
/// @param latest the latest timestamp of the entries up to here; null: none has a timestamp
public record LogPosition(long number, long entries, long bytes, @Nullable Instant latest) {
    public static final LogPosition START = new LogPosition(0, 0, 0, null);

    /// The place after one more append.
    public LogPosition after(long addedEntries, long addedBytes, @Nullable Instant addedLatest) {
        return new LogPosition(
                number + 1, entries + addedEntries, bytes + addedBytes, later(latest, addedLatest));
    }

    /// Whether an entry up to here is later than a time.
    public boolean isLaterThan(Instant time) {
        return latest != null && latest.isAfter(time);
    }

    /// The later of two times; null: both are missing.
    public static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null) return other;
        return other == null || one.isAfter(other) ? one : other;
    }
}
