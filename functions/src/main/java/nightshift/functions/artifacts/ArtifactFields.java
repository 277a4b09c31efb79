package nightshift.functions.artifacts;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.run.Artifact;
import nightshift.run.ContentType;
import nightshift.run.StoragePath;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// What a caller says of a file that it leaves with a run.
record ArtifactFields(String name, String type, String source, String contentType) {
    static final TextRule NAME = TextRule.filled().atMost(255);
    static final TextRule STORAGE_PATH = TextRule.filled().atMost(500);
    static final long LARGEST = 30 << 20;
    private static final long LARGEST_PDF = 10 << 20;
    private static final int MOST = 50;
    private static final TextRule SOURCE = TextRule.filled().orBlank().atMost(64);
    private static final TextRule CONTENT_TYPE = TextRule.filled().orBlank().atMost(255);
    private static final List<String> TYPES =
            List.of(
                    "plan",
                    "context",
                    "reference",
                    "output",
                    "artifact",
                    "tree_snapshot",
                    "user_attachment",
                    "skill_bundle");

    /// The files of a body: at least one, and as many as one transaction takes.
    static List<Fields> items(Fields body) {
        var items = body.objects("artifacts", "At least one artifact is required");
        if (items.size() > MOST) {
            throw body.refuse(
                    "artifacts",
                    "max_length",
                    "Ensure this field has no more than " + MOST + " elements.");
        }
        return items;
    }

    static String type(Fields item) {
        item.require("type");
        return String.valueOf(item.choice("type", TYPES, null));
    }

    static String source(Fields item) {
        return String.valueOf(item.text("source", SOURCE, ""));
    }

    static String contentType(Fields item) {
        var type = String.valueOf(item.text("content_type", CONTENT_TYPE, ""));
        if (!type.isEmpty() && !ContentType.isMediaType(type)) {
            throw item.refuse("content_type", "invalid_input", "Not a valid media type.");
        }
        return type;
    }

    static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /// Why a file of this size is refused; empty: it is not.
    Optional<String> tooLarge(long size) {
        boolean pdf =
                type.equals("user_attachment")
                        && (name.toLowerCase(Locale.ROOT).endsWith(".pdf")
                                || ContentType.withoutParameters(contentType)
                                        .equals("application/pdf"));
        if (pdf && size > LARGEST_PDF) {
            return Optional.of(name + " exceeds the 10MB attachment limit for PDFs in cloud runs");
        }
        return size > LARGEST
                ? Optional.of(name + " exceeds the 30MB attachment limit")
                : Optional.empty();
    }

    /// @param content the file's bytes, which say whether a text is UTF-8; the caller closes it
    Artifact artifact(String id, StoragePath path, long size, InputStream content, Instant now) {
        var safeName = StoragePath.safeName(name);
        try {
            return new Artifact(
                    id,
                    safeName,
                    type,
                    source,
                    size,
                    contentType,
                    path.value(),
                    ContentType.served(contentType, safeName, content),
                    now);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
