package nightshift.run;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Artifacts that live as long as the test. What a client would upload by form is `put`.
public final class InMemoryArtifacts implements Artifacts {
    private final Map<StoragePath, Stored> stored = new ConcurrentHashMap<>();

    @Override
    public void put(StoragePath path, byte[] content, String contentType) {
        stored.put(path, new Stored(content.clone(), ContentType.forHeader(contentType)));
    }

    @Override
    public Optional<StoredArtifact> find(StoragePath path) {
        return Optional.ofNullable(stored.get(path))
                .map(found -> new StoredArtifact(found.content().length, found.contentType()));
    }

    @Override
    public Optional<InputStream> open(StoragePath path) {
        return Optional.ofNullable(stored.get(path))
                .map(found -> new ByteArrayInputStream(found.content()));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(byte[] content, String contentType) {}
}
