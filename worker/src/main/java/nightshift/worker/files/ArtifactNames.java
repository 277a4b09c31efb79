package nightshift.worker.files;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Names for artifacts: the API knows no folders, so a file of a sub-folder has its path with `__`
/// for `/`. No two are equal, and none is longer than the API takes.
public final class ArtifactNames {
    /// Bytes of UTF-8. The API takes 255 characters, but where they are downloaded to, and in the
    /// local run, a file name has 255 bytes at most, with an id before it.
    private static final int LONGEST = 240;

    private final Set<String> given = new HashSet<>();

    /// A name for a file.
    ///
    /// @param path below the artifact folder
    public String of(String path) {
        var flat = path.replace("/", "__");
        var name = shortened(flat, LONGEST);
        for (int copy = 2; !given.add(name); copy++) {
            int dot = flat.lastIndexOf('.');
            boolean hasEnding = dot > 0 && flat.length() - dot <= 20;
            var stem = hasEnding ? flat.substring(0, dot) : flat;
            var ending = "-" + copy + (hasEnding ? flat.substring(dot) : "");
            name = shortened(stem, LONGEST - bytes(ending)) + ending;
        }
        return name;
    }

    /// Its end, because that is where a path differs from its neighbours.
    private static String shortened(String text, int most) {
        var end = text;
        while (bytes(end) > most) {
            end = end.substring(end.offsetByCodePoints(0, 1));
        }
        return end;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
