package nightshift.run;

import java.io.InputStream;
import java.util.Optional;

/// The files that runs produce. A run's manifest lists its files.
public interface Artifacts {
    /// Keeps a file that came with a request; the content type may be blank.
    void put(StoragePath path, byte[] content, String contentType);

    /// What is stored there, if anything is.
    Optional<StoredArtifact> find(StoragePath path);

    /// The bytes stored there, for the caller to close.
    Optional<InputStream> open(StoragePath path);
}
