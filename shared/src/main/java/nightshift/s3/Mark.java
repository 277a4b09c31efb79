package nightshift.s3;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far a log has come with its segment `number`: everything up to and including it, counted.
///
/// Segments and the compacted object carry it as metadata, so the size of a log, the count of its
/// entries and the place of a time in it are found without reading any of it.
///
/// @param latest the latest time of an entry; null if none has one
/// @param extensions what the last seal counted, see [S3RunLogs]
/// @param seal whether this is a seal
record Mark(
        long number,
        long entries,
        long bytes,
        @Nullable Instant latest,
        long extensions,
        boolean seal) {
    static final Mark START = new Mark(0, 0, 0, null, 0, false);

    Mark then(long moreEntries, long moreBytes, @Nullable Instant time) {
        boolean later = time != null && (latest == null || time.isAfter(latest));
        return new Mark(
                number + 1,
                entries + moreEntries,
                bytes + moreBytes,
                later ? time : latest,
                extensions,
                false);
    }

    /// Of a seal behind this, or this if it is one that counts no less.
    Mark sealed(long counted) {
        return seal && extensions >= counted
                ? this
                : new Mark(number + 1, entries, bytes, latest, Math.max(extensions, counted), true);
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
        if (extensions > 0) metadata.put("extensions", Long.toString(extensions));
        if (seal) metadata.put("seal", "true");
        return metadata;
    }

    static Mark read(Map<String, String> metadata) {
        String latest = metadata.get("latest");
        return new Mark(
                number(metadata, "number"),
                number(metadata, "entries"),
                number(metadata, "bytes"),
                latest == null ? null : Instant.parse(latest),
                metadata.containsKey("extensions") ? number(metadata, "extensions") : 0,
                metadata.containsKey("seal"));
    }

    private static long number(Map<String, String> metadata, String name) {
        String value = metadata.get(name);
        if (value == null)
            throw new IllegalStateException("A log object without its \"" + name + "\" metadata");
        return Long.parseLong(value);
    }
}
