package nightshift.run;

/// What storage knows of an artifact.
public record StoredArtifact(long size, String contentType) {}
