package nightshift.s3;

import nightshift.run.Artifacts;
import nightshift.run.ContentType;
import nightshift.run.StoragePath;
import nightshift.run.StoredArtifact;

import java.io.InputStream;
import java.util.Optional;

/// Artifacts as objects of the bucket, at their storage paths.
public final class S3Artifacts implements Artifacts {
    private final S3Objects objects;

    public S3Artifacts(S3Objects objects) {
        this.objects = objects;
    }

    @Override
    public void put(StoragePath path, byte[] content, String contentType) {
        objects.put(path.value(), ContentType.forHeader(contentType), content);
    }

    @Override
    public Optional<StoredArtifact> find(StoragePath path) {
        return objects.find(path.value())
                .map(found -> new StoredArtifact(found.length(), found.contentType()));
    }

    @Override
    public Optional<InputStream> open(StoragePath path) {
        return objects.open(path.value()).map(S3Objects.Opened::content);
    }
}
