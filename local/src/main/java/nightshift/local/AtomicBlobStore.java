package nightshift.local;

import org.gaul.s3proxy.blobstore.BlobStore;
import org.gaul.s3proxy.blobstore.ForwardingBlobStore;
import org.gaul.s3proxy.blobstore.domain.MultipartUpload;
import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.BucketCannedACL;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectCannedACL;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.io.InputStream;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Makes conditional writes atomic, as in S3. S3Proxy itself checks `If-Match` before it receives
/// the content, so two writers with the same version could both succeed. It also reads the size,
/// the metadata and the bytes of a file separately, so a reader could see parts of two versions.
final class AtomicBlobStore extends ForwardingBlobStore {
    private static final int PRECONDITION_FAILED = 412;

    /// The last lookup of a request. For a multipart upload with `If-Match`, S3Proxy compares the
    /// version once, and does not pass it to the thread that completes the upload.
    private static final InheritableThreadLocal<LookedUp> LOOKED_UP =
            new InheritableThreadLocal<>();

    private final ReadWriteLock[] locks =
            Stream.generate(ReentrantReadWriteLock::new).limit(64).toArray(ReadWriteLock[]::new);

    private record LookedUp(String bucket, String key, @Nullable String etag) {
        private boolean isOf(String otherBucket, String otherKey) {
            return bucket.equals(otherBucket) && key.equals(otherKey);
        }
    }

    AtomicBlobStore(BlobStore objects) {
        super(objects);
    }

    /// Always private. S3Proxy would treat a folder that other users may read as a public bucket.
    @Override
    public BucketCannedACL getContainerAccess(String bucket) {
        return BucketCannedACL.PRIVATE;
    }

    @Override
    public ObjectCannedACL getBlobAccess(String bucket, String key) {
        return ObjectCannedACL.PRIVATE;
    }

    @Override
    public PutObjectResponse putBlob(PutObjectRequest request, InputStream content) {
        return holding(
                lock(request.key()).writeLock(),
                () -> {
                    check(request.bucket(), request.key(), request.ifMatch());
                    return super.putBlob(request, content);
                });
    }

    @Override
    public CompleteMultipartUploadResponse completeMultipartUpload(
            MultipartUpload upload, CompleteMultipartUploadRequest request) {
        return holding(
                lock(request.key()).writeLock(),
                () -> {
                    var checked = LOOKED_UP.get();
                    LOOKED_UP.remove();
                    if (checked != null && checked.isOf(request.bucket(), request.key())) {
                        check(request.bucket(), request.key(), checked.etag());
                    }
                    return super.completeMultipartUpload(upload, request);
                });
    }

    @Override
    public @Nullable HeadObjectResponse blobMetadataIfPresent(String bucket, String key) {
        var present = super.blobMetadataIfPresent(bucket, key);
        LOOKED_UP.set(new LookedUp(bucket, key, present == null ? null : present.eTag()));
        return present;
    }

    @Override
    public HeadObjectResponse blobMetadata(HeadObjectRequest request) {
        return holding(lock(request.key()).readLock(), () -> super.blobMetadata(request));
    }

    /// Holds the lock until the file is open, so that all bytes are of one version.
    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
        return holding(lock(request.key()).readLock(), () -> super.getBlob(request));
    }

    /// @param expected the expected version; null accepts any
    private void check(String bucket, String key, @Nullable String expected) {
        if (expected == null) return;
        var present =
                super.blobMetadata(HeadObjectRequest.builder().bucket(bucket).key(key).build());
        if (present == null || !unquoted(present.eTag()).equals(unquoted(expected))) {
            throw S3Exception.builder()
                    .statusCode(PRECONDITION_FAILED)
                    .message("At least one of the preconditions you specified did not hold")
                    .build();
        }
    }

    private static String unquoted(String etag) {
        return etag.replace("\"", "");
    }

    private ReadWriteLock lock(String key) {
        return locks[Math.floorMod(key.hashCode(), locks.length)];
    }

    private static <T> T holding(Lock lock, Supplier<T> call) {
        lock.lock();
        try {
            return call.get();
        } finally {
            lock.unlock();
        }
    }
}
