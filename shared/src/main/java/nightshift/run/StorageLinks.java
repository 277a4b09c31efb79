package nightshift.run;

import java.time.Duration;
import java.util.Optional;

/// Links to the artifacts of runs. They open without an API key. Nothing is looked up or written
/// when they are made.
public interface StorageLinks {
    /// A link that downloads the file under a name and as a media type; nothing if it cannot be
    /// signed.
    Optional<PresignedUrl> artifact(
            StoragePath path, String name, String contentType, Duration life);

    /// A form that uploads at most `largest` bytes to that one place; nothing if it cannot be
    /// signed.
    Optional<UploadForm> artifactUpload(
            StoragePath path, String contentType, long largest, Duration life);
}
