package nightshift.functions.lambda;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Files that travel in the functions' jar.
public final class Resources {
    private static final String FOLDER = "/nightshift/functions/";

    private Resources() {}

    /// Whether there is such a file.
    ///
    /// @param name below `nightshift/functions`
    public static boolean has(String name) {
        return Resources.class.getResource(FOLDER + name) != null;
    }

    /// The bytes of one of them.
    ///
    /// @param name below `nightshift/functions`
    /// @throws IllegalStateException if the jar has no such file
    public static byte[] bytes(String name) {
        try (var file = Resources.class.getResourceAsStream(FOLDER + name)) {
            if (file == null) {
                throw new IllegalStateException("the jar has no " + name);
            }
            return file.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
