package nightshift.s3;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far a log has come with its segment `number`: everything up to and including it, counted.
///
/// Segments and the compacted object carry it as metadata, so the size of a log, the count of its
/// entries and the place of a time in it are found without reading any of it.
record Mark(long number, long entries, long bytes, @Nullable Instant latest) {
    static final Mark START = new Mark(0, 0, 0, null);

    Mark then(long moreEntries, long moreBytes, @Nullable Instant time) {
        boolean later = time != null && (latest == null || time.isAfter(latest));
        return new Mark(
                number + 1, entries + moreEntries, bytes + moreBytes, later ? time : latest);
    }

    boolean laterThan(Instant time) {
        return latest != null && latest.isAfter(time);
    }

    Map<String, String> write() {
        var metadata = new LinkedHashMap<String, String>();
        metadata.put("number", Long.toString(number));
        metadata.put("entries", Long.toString(entries));
        metadata.put("bytes", Long.toString(bytes));
        if (latest != null) metadata.put("latest", latest.toString());
        return metadata;
    }

    static Mark read(Map<String, String> metadata) {
        String latest = metadata.get("latest");
        return new Mark(
                number(metadata, "number"),
                number(metadata, "entries"),
                number(metadata, "bytes"),
                latest == null ? null : Instant.parse(latest));
    }

    private static long number(Map<String, String> metadata, String name) {
        String value = metadata.get(name);
        if (value == null)
            throw new IllegalStateException("A log object without its \"" + name + "\" metadata");
        return Long.parseLong(value);
    }
}
