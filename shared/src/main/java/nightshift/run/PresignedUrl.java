package nightshift.run;

import java.net.URI;
import java.time.Duration;

/// A link that opens without a key, for exactly as long as it says.
public record PresignedUrl(URI url, Duration expiresIn) {}
