package nightshift.functions;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Files that travel in the functions' jar.
final class Resources {
    private Resources() {}

    /// @throws IllegalStateException if the jar has no such file beside this class
    static byte[] bytes(String name) {
        try (var file = Resources.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException("the jar has no " + name);
            }
            return file.readAllBytes();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
