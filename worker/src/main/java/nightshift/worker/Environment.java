package nightshift.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// The environment of this process. Java decodes it with the locale's charset, which loses most
/// characters under `LC_ALL=C`. On Linux, this class reads the bytes from `/proc`.
final class Environment {
    private static final Path BYTES = Path.of("/proc/self/environ");

    private Environment() {}

    /// The variables, decoded as UTF-8.
    static Map<String, String> variables() {
        var encoding = System.getProperty("sun.jnu.encoding", UTF_8.name());
        if (isUtf8(encoding) || !Files.isReadable(BYTES)) {
            return System.getenv();
        }
        try {
            return parse(new String(Files.readAllBytes(BYTES), UTF_8));
        } catch (IOException failed) {
            return System.getenv();
        }
    }

    private static Map<String, String> parse(String text) {
        var variables = new HashMap<String, String>();
        for (var variable : text.split("\0", -1)) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return variables;
    }

    private static boolean isUtf8(String encoding) {
        return Charset.isSupported(encoding) && Charset.forName(encoding).equals(UTF_8);
    }
}
