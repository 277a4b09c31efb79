package nightshift.worker.files;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Names for artifacts. The API has no folders, so the name of a file in a sub-folder is its path
/// with `__` for `/`. The names are unique and within the API's length limit.
public final class ArtifactNames {
    /// The API's own limit, in bytes of UTF-8: it would cut a longer name, and two could become
    /// one.
    private static final int LONGEST = 200;

    private final Set<String> given = new HashSet<>();

    /// Returns the name for a file.
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

    /// Keeps the end, where the paths of neighbours differ.
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
