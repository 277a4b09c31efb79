package nightshift.run;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Links that lead nowhere.
public final class InMemoryStorageLinks implements StorageLinks {
    @Override
    public Optional<PresignedUrl> artifact(
            StoragePath path, String name, String contentType, Duration life) {
        return Optional.of(
                new PresignedUrl(
                        URI.create("https://artifacts.test/" + path.value().hashCode()), life));
    }

    @Override
    public Optional<UploadForm> artifactUpload(
            StoragePath path, String contentType, long largest, Duration life) {
        return Optional.of(
                new UploadForm(
                        URI.create("https://artifacts.test/"), Map.of("key", path.value()), life));
    }
}
