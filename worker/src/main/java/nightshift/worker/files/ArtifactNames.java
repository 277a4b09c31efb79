package nightshift.worker.files;

import java.util.HashSet;
import java.util.Set;

/// Names for artifacts: the API knows no folders, so a file of a sub-folder has its path with `__`
/// for `/`. No two are equal, and none is longer than the API takes.
public final class ArtifactNames {
    private static final int LONGEST = 255;

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
            name = shortened(stem, LONGEST - ending.length()) + ending;
        }
        return name;
    }

    /// Its end, because that is where a path differs from its neighbours.
    private static String shortened(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        var end = text.substring(text.length() - most);
        return Character.isLowSurrogate(end.charAt(0)) ? end.substring(1) : end;
    }
}
