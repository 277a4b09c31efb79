package nightshift.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// Writes one object of pieces, unless somebody else was faster. What other objects hold S3 itself
/// copies, so neither memory nor time follows the length of what is there already.
final class Assembly {
    /// What is no longer is written at once.
    static final int PART = 8 << 20;

    /// S3's limit for every part but the last.
    private static final int SMALLEST_PART = 5 << 20;

    /// S3 copies parts next to each other, so several are faster than one of its limit, 5 GiB.
    private static final long LARGEST_COPY = 256L << 20;

    private final S3Objects objects;
    private final Supplier<S3Client> uploads;
    private final String key;
    private final Map<String, String> metadata;
    private final @Nullable String replaces;

    /// Some bytes of the object to be.
    sealed interface Piece {
        /// At most so many.
        long length();
    }

    /// The first bytes of another object.
    record Stored(String key, long length) implements Piece {}

    /// Bytes that are in no object of their own.
    record Fresh(long length, Supplier<InputStream> bytes) implements Piece {}

    /// @param replaces the version of the object that this one follows; null: there must be none
    Assembly(
            S3Objects objects,
            Supplier<S3Client> uploads,
            String key,
            Map<String, String> metadata,
            @Nullable String replaces) {
        this.objects = objects;
        this.uploads = uploads;
        this.key = key;
        this.metadata = metadata;
        this.replaces = replaces;
    }

    /// Writes it; false if the version that it follows is not the present one any more.
    boolean written(List<Piece> pieces) {
        try {
            if (pieces.stream().mapToLong(Piece::length).sum() <= PART) return put(pieces);
            upload(pieces);
            return true;
        } catch (S3Exception refused) {
            if (S3Objects.lost(refused)) return false;
            throw refused;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private boolean put(List<Piece> pieces) throws IOException {
        var streams = pieces.stream().map(this::open).toList();
        try (var bytes = new SequenceInputStream(Collections.enumeration(streams))) {
            return objects.put(key, S3RunLogs.TYPE, bytes.readAllBytes(), metadata, replaces);
        }
    }

    private void upload(List<Piece> pieces) throws IOException {
        var upload = new Upload(uploads.get(), objects.bucket().name());
        try {
            for (var piece : pieces) upload.add(piece);
            upload.complete();
        } catch (RuntimeException | IOException broken) {
            upload.abort(broken);
            throw broken;
        }
    }

    private InputStream open(Piece piece) {
        return switch (piece) {
            case Stored(var source, var length) -> objects.open(source, 0, length);
            case Fresh(_, var bytes) -> bytes.get();
        };
    }

    /// The parts of one upload. What is too little for a part waits for what follows it.
    private final class Upload {
        private final S3Client s3;
        private final String bucket;
        private final String id;
        private final List<CompletableFuture<CompletedPart>> parts = new ArrayList<>();
        private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

        Upload(S3Client s3, String bucket) {
            this.s3 = s3;
            this.bucket = bucket;
            this.id =
                    s3.createMultipartUpload(create ->
                                    create.bucket(bucket)
                                            .key(key)
                                            .contentType(S3RunLogs.TYPE)
                                            .metadata(metadata))
                            .uploadId();
        }

        void add(Piece piece) throws IOException {
            switch (piece) {
                case Stored(var source, var length) -> copy(source, length);
                case Fresh(_, var bytes) -> {
                    try (var opened = bytes.get()) {
                        send(opened);
                    }
                }
            }
        }

        void complete() {
            var sent = parts();
            s3.completeMultipartUpload(complete ->
                    complete.bucket(bucket)
                            .key(key)
                            .uploadId(id)
                            .multipartUpload(all -> all.parts(sent))
                            .ifMatch(replaces)
                            .ifNoneMatch(replaces == null ? "*" : null));
        }

        private List<CompletedPart> parts() {
            if (waiting.size() > 0 || parts.isEmpty()) sendWaiting();
            try {
                return parts.stream().map(CompletableFuture::join).toList();
            } catch (CompletionException failed) {
                if (failed.getCause() instanceof SdkException refused) throw refused;
                throw failed;
            }
        }

        /// Tidies up at once; what a crash leaves behind the bucket's lifecycle removes.
        void abort(Exception cause) {
            try {
                // A part that arrives after its upload's end would stay.
                parts.forEach(part -> part.handle((_, _) -> true).join());
                s3.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(id));
            } catch (SdkException failed) {
                cause.addSuppressed(failed);
            }
        }

        private void copy(String source, long length) throws IOException {
            long start = 0;
            if (waiting.size() > 0) {
                start = Math.min(length, Math.max(0, SMALLEST_PART - waiting.size()));
                keepWaiting(source, 0, start);
            }
            while (length - start >= SMALLEST_PART) {
                if (waiting.size() > 0) sendWaiting();
                long end = Math.min(length, start + LARGEST_COPY);
                copyPart(source, start, end);
                start = end;
            }
            keepWaiting(source, start, length);
        }

        private void keepWaiting(String source, long start, long end) throws IOException {
            try (var bytes = objects.open(source, start, end)) {
                bytes.transferTo(waiting);
            }
        }

        private void send(InputStream bytes) throws IOException {
            while (true) {
                waiting.writeBytes(bytes.readNBytes(Math.max(0, PART - waiting.size())));
                if (waiting.size() < PART) return;
                sendWaiting();
            }
        }

        private void copyPart(String source, long start, long end) {
            int number = parts.size() + 1;
            parts.add(
                    CompletableFuture.supplyAsync(
                            () -> copied(number, source, start, end), Thread::startVirtualThread));
        }

        private CompletedPart copied(int number, String source, long start, long end) {
            var copy =
                    s3.uploadPartCopy(part ->
                                    part.sourceBucket(bucket)
                                            .sourceKey(source)
                                            .copySourceRange(
                                                    "bytes=%s-%s".formatted(start, end - 1))
                                            .destinationBucket(bucket)
                                            .destinationKey(key)
                                            .uploadId(id)
                                            .partNumber(number))
                            .copyPartResult();
            return CompletedPart.builder().partNumber(number).eTag(copy.eTag()).build();
        }

        private void sendWaiting() {
            int number = parts.size() + 1;
            var sent =
                    s3.uploadPart(
                            part -> part.bucket(bucket).key(key).uploadId(id).partNumber(number),
                            RequestBody.fromBytes(waiting.toByteArray()));
            waiting.reset();
            parts.add(
                    CompletableFuture.completedFuture(
                            CompletedPart.builder().partNumber(number).eTag(sent.eTag()).build()));
        }
    }
}
