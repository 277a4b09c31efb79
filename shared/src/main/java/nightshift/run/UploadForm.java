package nightshift.run;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/// A form that uploads one artifact straight to storage: `POST` the fields, in order, and the file
/// last.
public record UploadForm(URI url, Map<String, String> fields, Duration expiresIn) {}
