package nightshift.run;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Where an artifact is stored: under its run's prefix, whatever its name.
public record StoragePath(String value) {
    private static final int ID_LENGTH = 8;

    /// Leaves room for the id and for a temporary suffix below the 255 bytes that file systems
    /// allow a name: what can be stored can be downloaded, too.
    private static final int LONGEST_NAME = 200;

    /// The place of a new artifact; `id` is its 32 hexadecimal digits.
    public static StoragePath of(RunKey run, String id, String name) {
        return new StoragePath(prefix(run) + id.substring(0, ID_LENGTH) + "_" + keyName(name));
    }

    /// The path that a client names for its upload, if it is one that `of` could have given for
    /// this run and id.
    public static Optional<StoragePath> parse(RunKey run, String id, String path) {
        if (id.length() < ID_LENGTH) return Optional.empty();
        String start = prefix(run) + id.substring(0, ID_LENGTH) + "_";
        if (!path.startsWith(start)) return Optional.empty();
        String name = path.substring(start.length());
        return name.equals(keyName(name)) ? Optional.of(new StoragePath(path)) : Optional.empty();
    }

    /// The name in the path; it may differ from the artifact's where a key cannot hold it.
    public String fileName() {
        int name = value.lastIndexOf('/') + 1;
        return value.substring(Math.min(value.length(), name + ID_LENGTH + 1));
    }

    /// What remains of a client's file name: the last segment of its path (of either kind of
    /// system), printable, and short enough to be a file's name anywhere.
    public static String safeName(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        var printable = new StringBuilder();
        last.codePoints().filter(StoragePath::printable).forEach(printable::appendCodePoint);
        String safe = shortened(printable.toString().strip());
        return safe.isEmpty() ? "artifact" : safe;
    }

    /// The name in the object's key. An upload form would have S3 put the uploaded file's own name
    /// in the place of `${filename}`.
    private static String keyName(String name) {
        return safeName(name).replace("${", "_{");
    }

    private static String prefix(RunKey run) {
        return "tasks/artifacts/team_%s/task_%s/run_%s/"
                .formatted(run.projectId(), run.taskId(), run.runId());
    }

    /// Neither a control character, nor one of those that turn the reading direction (`gpj.exe`
    /// shown as `exe.jpg`), nor half a surrogate pair, which UTF-8 cannot say, nor one of the code
    /// points that are none, which XML cannot say.
    private static boolean printable(int character) {
        if ((character & 0xFFFE) == 0xFFFE) return false;
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE -> false;
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static String shortened(String name) {
        if (bytes(name) <= LONGEST_NAME) return name;
        int dot = name.lastIndexOf('.');
        String extension = dot > 0 && name.length() - dot <= 16 ? name.substring(dot) : "";
        String stem = name.substring(0, name.length() - extension.length());
        while (bytes(stem) + bytes(extension) > LONGEST_NAME) {
            stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
        }
        return (stem.stripTrailing() + extension).strip();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
