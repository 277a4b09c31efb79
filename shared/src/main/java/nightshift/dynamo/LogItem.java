package nightshift.dynamo;

import nightshift.run.LogPosition;
import nightshift.run.RunKey;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkBytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterOutputStream;

/// How a log lies in the table. Its partition has one item for each append, and a head that says
/// how far the log is compacted.
final class LogItem {
    static final String PARTITION = "LOGS#";
    static final String NUMBER = "number";

    /// Set on an append after which the log is to be compacted. The function that reads the table's
    /// stream is called for these appends only.
    static final String COMPACT = "compact";

    /// Sorts after every number, so a descending query reads the head first.
    private static final String HEAD = "head";

    private static final int DIGITS = 10;
    private static final String APPEND_ID = "append_id";

    private LogItem() {}

    /// An append.
    ///
    /// @param end the log's position after it
    /// @param size the length of its lines
    /// @param deflated the lines; null: they are in an object
    /// @param object the name of the object
    record Append(
            LogPosition end, long size, @Nullable SdkBytes deflated, @Nullable String object) {
        long number() {
            return end.number();
        }
    }

    /// What the compacted object holds.
    ///
    /// @param end the position up to which it holds the log
    /// @param length how many bytes of the object count
    /// @param version of the object when it was written
    record Head(LogPosition end, long length, String version, Instant expiresAt) {}

    static String partition(RunKey run) {
        return PARTITION + run.projectId() + "#" + run.taskId() + "#" + run.runId();
    }

    static Item write(RunKey run, Append append, UUID id, boolean compact, Instant expiry) {
        var number = Long.toString(append.number());
        var sk = "0".repeat(DIGITS - number.length()).concat(number);
        var item =
                position(Item.keyed(partition(run), sk), append.end(), expiry)
                        .put("size", (Long) append.size())
                        .put("lines", append.deflated())
                        .put("object", append.object())
                        .put(APPEND_ID, id);
        return compact ? item.put(COMPACT, true) : item;
    }

    static Append append(Item item) {
        return new Append(
                position(item),
                item.number("size", 0),
                item.bytesOrNull("lines"),
                item.textOrNull("object"));
    }

    /// Whether an item was written by this append.
    static boolean isOf(Item item, UUID id) {
        return id.equals(item.uuidOrNull(APPEND_ID));
    }

    static boolean isHead(Item item) {
        return item.text(Item.SK).equals(HEAD);
    }

    static Item write(RunKey run, LogPosition end, long length, String version, Instant expiry) {
        return position(Item.keyed(partition(run), HEAD), end, expiry)
                .put("length", (Long) length)
                .put("object_version", version);
    }

    static Head head(Item item) {
        return new Head(
                position(item),
                item.number("length", 0),
                item.text("object_version"),
                Instant.ofEpochSecond(item.number(Item.EXPIRES_AT, 0)));
    }

    static SdkBytes deflate(byte[] lines) {
        var deflated = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(deflated)) {
            deflater.write(lines);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return SdkBytes.fromByteArrayUnsafe(deflated.toByteArray());
    }

    static byte[] inflate(SdkBytes deflated) {
        var lines = new ByteArrayOutputStream();
        try (var inflater = new InflaterOutputStream(lines)) {
            inflater.write(deflated.asByteArrayUnsafe());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return lines.toByteArray();
    }

    private static Item position(Item item, LogPosition end, Instant expiry) {
        return item.put(NUMBER, (Long) end.number())
                .put("entries", (Long) end.entries())
                .put("bytes", (Long) end.bytes())
                .put("latest", end.latest())
                .put(Item.EXPIRES_AT, (Long) expiry.getEpochSecond());
    }

    private static LogPosition position(Item item) {
        return new LogPosition(
                item.number(NUMBER, 0),
                item.number("entries", 0),
                item.number("bytes", 0),
                item.timeOrNull("latest"));
    }
}
