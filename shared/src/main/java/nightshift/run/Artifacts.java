package nightshift.run;

import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/// The files that runs leave behind. Which of them belong to a run is for its manifest to say.
public interface Artifacts {
    /// Keeps a file that came with a request; the content type may be blank.
    void put(StoragePath path, byte[] content, String contentType);

    /// What is stored there, if anything is.
    Optional<StoredArtifact> find(StoragePath path);

    /// The bytes stored there, for the caller to close.
    Optional<InputStream> open(StoragePath path);

    /// A link that downloads the file under its own name; nothing if it cannot be signed.
    Optional<PresignedUrl> url(StoragePath path, Duration life);

    /// A form that uploads at most `largest` bytes to that one place; nothing if it cannot be
    /// signed.
    Optional<UploadForm> uploadForm(
            StoragePath path, String contentType, long largest, Duration life);
}
