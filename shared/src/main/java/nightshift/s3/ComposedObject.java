package nightshift.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntFunction;

/// Writes an object that is made of stored objects and of new bytes. S3 itself copies the stored
/// ones (`UploadPartCopy`), so the cost does not follow their length.
///
/// @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html">AWS: multipart
///   upload limits</a>
final class ComposedObject {
    /// The least that S3 takes as a part, except for the last part.
    private static final int PART = 5 << 20;

    /// S3 copies parts in parallel, so several are faster than one of the most that it takes.
    private static final long LARGEST_COPY = 256L << 20;

    /// How S3 says that another writer was faster, or that the object to replace has expired.
    private static final Set<String> OTHER_VERSION =
            Set.of("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "NoSuchUpload");

    private final S3Client s3;
    private final String bucket;

    ComposedObject(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    /// Some bytes of the object to be.
    sealed interface Piece {
        long length();
    }

    /// The first bytes of another object.
    record Stored(String key, long length) implements Piece {}

    /// New bytes.
    record Bytes(SdkBytes content) implements Piece {
        @Override
        public long length() {
            return content.asByteArrayUnsafe().length;
        }
    }

    /// Writes the object.
    ///
    /// @param replaces the ETag of the object that it replaces; null: there must be none
    /// @return the new ETag; empty if the present object is another one
    Optional<String> write(
            String key,
            Map<String, String> metadata,
            List<? extends Piece> pieces,
            @Nullable String replaces) {
        try {
            boolean small = pieces.stream().mapToLong(Piece::length).sum() <= PART;
            return Optional.of(
                    small
                            ? put(key, metadata, pieces, replaces)
                            : new Upload(key, metadata).of(pieces, replaces));
        } catch (S3Exception refused) {
            if (isOtherVersion(refused)) return Optional.empty();
            throw refused;
        } catch (SdkClientException unanswered) {
            // S3 may refuse and close the connection before the whole body is sent.
            if (!version(key).equals(Optional.ofNullable(replaces))) return Optional.empty();
            throw unanswered;
        }
    }

    private static boolean isOtherVersion(S3Exception refused) {
        return refused.awsErrorDetails() != null
                && OTHER_VERSION.contains(refused.awsErrorDetails().errorCode());
    }

    private Optional<String> version(String key) {
        try {
            return Optional.of(s3.headObject(head -> head.bucket(bucket).key(key)).eTag());
        } catch (NoSuchKeyException missing) {
            return Optional.empty();
        }
    }

    private String put(
            String key,
            Map<String, String> metadata,
            List<? extends Piece> pieces,
            @Nullable String replaces) {
        var content = new ByteArrayOutputStream();
        for (var piece : pieces) content.writeBytes(bytes(piece, 0, piece.length()));
        return s3.putObject(
                        put ->
                                put.bucket(bucket)
                                        .key(key)
                                        .contentType(S3LogObjects.TYPE)
                                        .metadata(metadata)
                                        .ifMatch(replaces)
                                        .ifNoneMatch(replaces == null ? "*" : null),
                        RequestBody.fromBytes(content.toByteArray()))
                .eTag();
    }

    private byte[] bytes(Piece piece, long start, long end) {
        if (start == end) return new byte[0];
        return switch (piece) {
            case Bytes(var content) ->
                    Arrays.copyOfRange(content.asByteArrayUnsafe(), (int) start, (int) end);
            case Stored(var key, _) ->
                    s3.getObjectAsBytes(get -> get.bucket(bucket).key(key).range(range(start, end)))
                            .asByteArrayUnsafe();
        };
    }

    private static String range(long start, long end) {
        return "bytes=%s-%s".formatted(start, end - 1);
    }

    /// A multipart upload. What is too little for a part waits for the next piece.
    private final class Upload {
        private final String key;
        private final String id;
        private final List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        Upload(String key, Map<String, String> metadata) {
            this.key = key;
            this.id =
                    s3.createMultipartUpload(create ->
                                    create.bucket(bucket)
                                            .key(key)
                                            .contentType(S3LogObjects.TYPE)
                                            .metadata(metadata))
                            .uploadId();
        }

        String of(List<? extends Piece> pieces, @Nullable String replaces) {
            try {
                for (var piece : pieces) add(piece);
                if (waiting.size() > 0) send();
                var done = parts.stream().map(CompletableFuture::join).toList();
                return s3.completeMultipartUpload(complete ->
                                complete.bucket(bucket)
                                        .key(key)
                                        .uploadId(id)
                                        .multipartUpload(all -> all.parts(done))
                                        .ifMatch(replaces)
                                        .ifNoneMatch(replaces == null ? "*" : null))
                        .eTag();
            } catch (RuntimeException failed) {
                abort(failed);
                throw failed instanceof CompletionException part
                                && part.getCause() instanceof SdkException refused
                        ? refused
                        : failed;
            }
        }

        private void add(Piece piece) {
            long start = 0;
            if (waiting.size() > 0 && waiting.size() < PART) { // filled up to a part
                start = Math.min(piece.length(), PART - waiting.size());
                waiting.writeBytes(bytes(piece, 0, start));
            }
            while (piece instanceof Stored(var source, var length) && length - start >= PART) {
                long end = Math.min(length, start + LARGEST_COPY);
                if (waiting.size() > 0) send();
                copy(source, range(start, end));
                start = end;
            }
            waiting.writeBytes(bytes(piece, start, piece.length()));
        }

        private void copy(String source, String range) {
            add(number -> {
                var copied =
                        s3.uploadPartCopy(part ->
                                part.sourceBucket(bucket)
                                        .sourceKey(source)
                                        .copySourceRange(range)
                                        .destinationBucket(bucket)
                                        .destinationKey(key)
                                        .uploadId(id)
                                        .partNumber(number));
                return copied.copyPartResult().eTag();
            });
        }

        private void send() {
            var content = RequestBody.fromBytes(waiting.toByteArray());
            waiting.reset();
            add(number ->
                    s3.uploadPart(
                                    part ->
                                            part.bucket(bucket)
                                                    .key(key)
                                                    .uploadId(id)
                                                    .partNumber(number),
                                    content)
                            .eTag());
        }

        private void add(IntFunction<String> part) {
            int number = parts.size() + 1;
            parts.add(
                    CompletableFuture.supplyAsync(
                            () ->
                                    CompletedPart.builder()
                                            .partNumber(number)
                                            .eTag(part.apply(number))
                                            .build(),
                            Thread::startVirtualThread));
        }

        /// The bucket's lifecycle removes what a crash leaves.
        private void abort(RuntimeException cause) {
            try {
                // A part that arrives after the end of its upload would stay.
                parts.forEach(part -> part.handle((_, _) -> true).join());
                s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(id));
            } catch (SdkException failed) {
                cause.addSuppressed(failed);
            }
        }
    }
}
