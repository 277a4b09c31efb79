package nightshift.s3;

import nightshift.run.Artifacts;
import nightshift.run.ContentType;
import nightshift.run.StoragePath;
import nightshift.run.StoredArtifact;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

import java.io.InputStream;
import java.util.Optional;

/// Artifacts as objects of the bucket, at their storage paths.
public final class S3Artifacts implements Artifacts {
    private final S3Client s3;
    private final String bucket;

    public S3Artifacts(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    @Override
    public void put(StoragePath path, byte[] content, String contentType) {
        s3.putObject(
                put ->
                        put.bucket(bucket)
                                .key(path.value())
                                .contentType(ContentType.forHeader(contentType)),
                RequestBody.fromBytes(content));
    }

    @Override
    public Optional<StoredArtifact> find(StoragePath path) {
        try {
            var found = s3.headObject(head -> head.bucket(bucket).key(path.value()));
            return Optional.of(new StoredArtifact(found.contentLength(), found.contentType()));
        } catch (NoSuchKeyException missing) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<InputStream> open(StoragePath path) {
        try {
            return Optional.of(s3.getObject(get -> get.bucket(bucket).key(path.value())));
        } catch (NoSuchKeyException missing) {
            return Optional.empty();
        }
    }
}
