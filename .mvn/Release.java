import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes `target/nightshift-<version>.zip`: what a deployment needs, without a JDK and Maven.
///
/// Two builds of one commit are the same bytes: the entries are sorted and have one fixed time, and
/// the jars in it are made with `project.build.outputTimestamp`.
///
/// Run by `mvn -Prelease` (`release/pom.xml`) with the folder of the checkout and the version.
final class Release {
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    /// The paths of the code in the template, and their places in the zip.
    private static final Map<String, String> CODE =
            Map.of(
                    "functions/target/functions.jar", "functions.jar",
                    "worker/target/worker.jar", "worker.jar");

    private Release() {}

    public static void main(String[] arguments) throws Exception {
        var root = Path.of(arguments[0]);
        var files = new TreeMap<String, byte[]>();
        files.put("template.yaml", template(root));
        CODE.forEach((path, place) -> files.put(place, read(root.resolve(path))));
        for (var name : new String[] {"LICENSE", "README.md", "samconfig.toml"}) {
            files.put(name, read(root.resolve(name)));
        }
        files.put("sbom.json", read(root.resolve("target/bom.json")));
        for (var name : new String[] {"nightshift", "nightshift.cmd", "nightshift.jar"}) {
            files.put(name, read(root.resolve("cli/target").resolve(name)));
        }
        files.put("SHA256SUMS", sums(files));
        var zip = root.resolve("target/nightshift-" + arguments[1] + ".zip");
        Files.createDirectories(zip.getParent());
        write(files, Files.newOutputStream(zip));
        System.out.println("Wrote " + root.relativize(zip));
    }

    private static byte[] template(Path root) {
        var text = new String(read(root.resolve("template.yaml")), StandardCharsets.UTF_8);
        for (var code : CODE.entrySet()) {
            if (!text.contains(": " + code.getKey() + "\n")) {
                throw new IllegalStateException("The template has no code " + code.getKey() + ".");
            }
            text = text.replace(": " + code.getKey() + "\n", ": " + code.getValue() + "\n");
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// In the form of `sha256sum --check`.
    private static byte[] sums(Map<String, byte[]> files) throws Exception {
        var sums = new StringBuilder();
        for (var file : files.entrySet()) {
            var digest = MessageDigest.getInstance("SHA-256").digest(file.getValue());
            sums.append(HexFormat.of().formatHex(digest)).append("  ").append(file.getKey());
            sums.append('\n');
        }
        return sums.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Map<String, byte[]> files, OutputStream target) throws IOException {
        try (var zip = new ZipOutputStream(target, StandardCharsets.UTF_8)) {
            for (var file : files.entrySet()) {
                var entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(TIME);
                zip.putNextEntry(entry);
                new ByteArrayInputStream(file.getValue()).transferTo(zip);
                zip.closeEntry();
            }
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new IllegalStateException("There is no " + file + ".", failed);
        }
    }
}
