package nightshift.functions.site;

import nightshift.api.Call;
import nightshift.api.Reply;

import org.jspecify.annotations.Nullable;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// A file for a browser, with its entity tag.
@SuppressWarnings("ArrayRecordComponent") // never compared
record WebFile(byte[] bytes, String type, String tag) {
    static WebFile of(byte[] bytes, String type) {
        return new WebFile(bytes, type, '"' + digest(bytes) + '"');
    }

    /// The file, compressed if the client takes that; 304 if the client has it.
    Reply reply(Call call) {
        var reply = isKnown(call.header("If-None-Match")) ? notModified() : whole(call);
        return reply.with("ETag", tag).with("Vary", "Accept-Encoding");
    }

    private Reply whole(Call call) {
        return takesGzip(call.header("Accept-Encoding"))
                ? Reply.bytes(type, gzip(bytes)).with("Content-Encoding", "gzip")
                : Reply.text(type, new String(bytes, StandardCharsets.UTF_8));
    }

    private Reply notModified() {
        return new Reply(304, Map.of("Content-Type", type), "", false);
    }

    private boolean isKnown(@Nullable String tags) {
        return tags != null && (tags.contains(tag) || tags.strip().equals("*"));
    }

    static boolean takesGzip(@Nullable String encodings) {
        return encodings != null
                && encodings.matches("(?i).*\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$)).*");
    }

    static byte[] gzip(byte[] file) {
        var packed = new ByteArrayOutputStream(file.length / 2);
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(file);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        return packed.toByteArray();
    }

    private static String digest(byte[] bytes) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest, 0, 12);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
