package nightshift.run;

import java.time.Instant;

/// An entry of a run's manifest: a file that the run left in the bucket.
///
/// @param id 32 lower-case hex digits
/// @param source free text, may be empty
/// @param size in bytes
/// @param contentType a media type, may be empty
/// @param storagePath the object's key
/// @param servedType the media type as which it is downloaded
public record Artifact(
        String id,
        String name,
        String type,
        String source,
        long size,
        String contentType,
        String storagePath,
        String servedType,
        Instant uploadedAt) {}
