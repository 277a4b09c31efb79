package nightshift.automation;

import java.time.ZoneId;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A time zone by its name in the IANA database, kept as the caller wrote it.
///
/// A name is looked up, never parsed: `+02:00`, `UTC+9` and `Z` are offsets that a parser knows,
/// not zones.
public record IanaZone(String name) {
    /// IANA names that the JDK leaves out, and the zones whose rules they share.
    private static final Map<String, String> ABSENT_FROM_THE_JDK =
            Map.of(
                    "EST", "America/Panama",
                    "MST", "America/Phoenix",
                    "HST", "Pacific/Honolulu",
                    "ROC", "Asia/Taipei",
                    "GMT+0", "GMT",
                    "GMT-0", "GMT");

    private static final Set<String> NAMES = names();

    private static final IanaZone UTC = new IanaZone("UTC");

    public IanaZone {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException("not an IANA time zone: " + name);
        }
    }

    /// The zone of this name, if the IANA database has one.
    public static Optional<IanaZone> find(String name) {
        return NAMES.contains(name) ? Optional.of(new IanaZone(name)) : Optional.empty();
    }

    /// Coordinated Universal Time.
    public static IanaZone utc() {
        return UTC;
    }

    /// The zone's offsets and their changes.
    public ZoneId rules() {
        return ZoneId.of(ABSENT_FROM_THE_JDK.getOrDefault(name, name));
    }

    private static Set<String> names() {
        var names = new HashSet<>(ZoneId.getAvailableZoneIds());
        names.removeIf(name -> name.startsWith("SystemV/"));
        names.addAll(ABSENT_FROM_THE_JDK.keySet());
        return Set.copyOf(names);
    }
}
