package nightshift.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Runs `nightshift.jar`, with an environment of its own.
record Program(Path folder, Map<String, String> environment) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path JAR = Path.of("..", "cli", "target", "nightshift.jar");
    private static final long PATIENCE = 120;

    /// What a process printed, and its exit code.
    record Ended(int code, String out, String err) {
        Ended exits(int expected) {
            assertThat(code).as(out + err).isEqualTo(expected);
            return this;
        }

        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException notJson) {
                throw new AssertionError(out + err, notJson);
            }
        }
    }

    /// A program that finds API and key in its environment.
    static Program of(Path folder, String url, String key) {
        return new Program(folder, Map.of("NIGHTSHIFT_URL", url, "NIGHTSHIFT_KEY", key));
    }

    /// The same with other variables; an empty value takes one away.
    Program with(String... pairs) {
        var changed = new TreeMap<>(environment);
        for (int i = 0; i < pairs.length; i += 2) {
            changed.put(pairs[i], pairs[i + 1]);
        }
        return new Program(folder, changed);
    }

    Ended run(String... arguments) {
        return runWith("", arguments);
    }

    /// Runs it with this text on standard input.
    Ended runWith(String input, String... arguments) {
        try {
            var out = Files.createTempFile(folder, "out", ".txt");
            var err = Files.createTempFile(folder, "err", ".txt");
            var process = start(out, err, arguments);
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            } catch (IOException notRead) {
                // it ended without reading its input
            }
            if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("nightshift " + List.of(arguments) + " does not end");
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    /// Starts it and does not wait.
    Process start(Path out, Path err, String... arguments) throws IOException {
        assertThat(JAR).as("`mvn verify` builds it before this module").exists();
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.add("-Duser.timezone=UTC");
        command.add("-jar");
        command.add(JAR.toAbsolutePath().normalize().toString());
        command.addAll(List.of(arguments));
        var builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("NIGHTSHIFT_"));
        builder.environment().put("NIGHTSHIFT_CONFIG", folder.resolve("config.json").toString());
        builder.environment().putAll(environment);
        builder.environment().values().removeIf(String::isEmpty);
        return builder.start();
    }
}
