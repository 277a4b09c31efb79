import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Checks (`--check`) or rewrites (`--replace`) every Java source of the project in google-java-format's AOSP style.
///
/// Run by the root `pom.xml` on the toolchain's JDK, because a formatter knows the Java that its own compiler knows.
class Format {
    public static void main(String[] args) throws IOException {
        boolean replace = args[0].equals("--replace");
        var options = new ArrayList<>(List.of("--aosp", "--skip-reflowing-long-strings"));
        options.addAll(replace ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
        try (var files = Files.walk(Path.of(""))) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".java") && file.contains("src"))
                    .sorted()
                    .forEach(options::add);
        }
        if (!replace) {
            System.err.println("Checking the format of the sources; `mvn -Pformat` mends each file listed here:");
        }
        Main.main(options.toArray(new String[0]));
    }
}
