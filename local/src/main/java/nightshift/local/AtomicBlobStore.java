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

/// Replaces an object at once, as S3 does, and only the version that `If-Match` names. S3Proxy
/// itself checks that before it takes in what is to be written, so of two writers who had seen the
/// same version both could win; and it reads the size, the metadata and the bytes of a file one
/// after the other, so a reader could see parts of two versions.
final class AtomicBlobStore extends ForwardingBlobStore {
    private static final int PRECONDITION_FAILED = 412;

    /// What a request has looked up last: for an upload in parts with `If-Match` S3Proxy does that,
    /// compares, and says no more of it, nor to the thread that completes the upload.
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

    /// Nothing is public; S3Proxy would take a folder that others may read for a public bucket.
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

    /// Held until the file is open: what is read from it then is of one version.
    @Override
    public ResponseInputStream<GetObjectResponse> getBlob(GetObjectRequest request) {
        return holding(lock(request.key()).readLock(), () -> super.getBlob(request));
    }

    /// @param expected null: anything may be there
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
