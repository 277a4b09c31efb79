package nightshift.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes one view of a log as its compacted object, unless another compaction was faster.
final class Compaction {
    private static final int PART = 8 << 20;
    private static final long SMALLEST_PART = 5L << 20;
    private static final long LARGEST_COPY = 5L << 30;

    private final S3Client s3;
    private final String bucket;
    private final S3RunLog log;
    private final String key;
    private final @Nullable String replaces;

    Compaction(S3Client s3, String bucket, S3RunLog log) {
        this.s3 = s3;
        this.bucket = bucket;
        this.log = log;
        this.key = LogKeys.compacted(log.run());
        this.replaces = log.base() == null ? null : log.base().etag();
    }

    /// Writes it; false if the compacted object is no longer the one that the view was made of.
    boolean written() {
        try {
            if (log.bytes() <= PART) put();
            else upload();
            return true;
        } catch (S3Exception refused) {
            if (S3RunLogs.lost(refused)) return false;
            throw refused;
        } catch (SdkClientException unanswered) {
            // A refusal may close the connection before the log is sent: what is there now tells.
            if (overtaken()) return false;
            throw unanswered;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private boolean overtaken() {
        var present = CompactedLog.find(s3, bucket, log.run()).map(CompactedLog::etag);
        return !present.equals(Optional.ofNullable(replaces));
    }

    private void put() throws IOException {
        try (var lines = log.lines()) {
            s3.putObject(
                    put ->
                            put.bucket(bucket)
                                    .key(key)
                                    .contentType("application/jsonl")
                                    .metadata(log.end().write())
                                    .ifMatch(replaces)
                                    .ifNoneMatch(replaces == null ? "*" : null),
                    RequestBody.fromBytes(lines.readAllBytes()));
        }
    }

    private void upload() throws IOException {
        String upload =
                s3.createMultipartUpload(create ->
                                create.bucket(bucket)
                                        .key(key)
                                        .contentType("application/jsonl")
                                        .metadata(log.end().write()))
                        .uploadId();
        try {
            var parts = parts(upload);
            s3.completeMultipartUpload(complete ->
                    complete.bucket(bucket)
                            .key(key)
                            .uploadId(upload)
                            .multipartUpload(all -> all.parts(parts))
                            .ifMatch(replaces)
                            .ifNoneMatch(replaces == null ? "*" : null));
        } catch (RuntimeException | IOException broken) {
            abort(upload, broken);
            throw broken;
        }
    }

    private List<CompletedPart> parts(String upload) throws IOException {
        var parts = new ArrayList<CompletedPart>();
        var base = log.base();
        boolean copied =
                base != null && base.length() >= SMALLEST_PART && base.length() <= LARGEST_COPY;
        if (copied) parts.add(copy(upload));
        try (var lines = copied ? log.uncoveredLines() : log.lines()) {
            for (byte[] part = next(lines); part.length > 0; part = next(lines)) {
                parts.add(part(upload, parts.size() + 1, part));
            }
        }
        return parts;
    }

    private static byte[] next(InputStream lines) throws IOException {
        return lines.readNBytes(PART);
    }

    private CompletedPart copy(String upload) {
        var copied =
                s3.uploadPartCopy(copy ->
                        copy.sourceBucket(bucket)
                                .sourceKey(key)
                                .copySourceIfMatch(replaces)
                                .destinationBucket(bucket)
                                .destinationKey(key)
                                .uploadId(upload)
                                .partNumber(1));
        return CompletedPart.builder().partNumber(1).eTag(copied.copyPartResult().eTag()).build();
    }

    private CompletedPart part(String upload, int number, byte[] bytes) {
        var sent =
                s3.uploadPart(
                        part -> part.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                        RequestBody.fromBytes(bytes));
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(sent.eTag())
                .checksumCRC32(sent.checksumCRC32())
                .build();
    }

    /// Tidies up at once; what a crash leaves behind the bucket's lifecycle removes.
    private void abort(String upload, Exception cause) {
        try {
            s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(upload));
        } catch (SdkException failed) {
            cause.addSuppressed(failed);
        }
    }
}
