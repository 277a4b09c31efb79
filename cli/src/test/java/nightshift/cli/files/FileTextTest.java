package nightshift.cli.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.api.Json;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;

/// Whatever the service has reads back from its file as the same.
class FileTextTest {
    private static final String[] PARTS = {
        "a", "Z", " ", "\"", "'", "\\", ":", "#", "-", "---", "\n", "\t", "é", "日本", "🌙", "%", "@",
        "`", "{", "}", "[", "]", "*", "&", "!", "|", ">", "null", "true", "1", "0x1f", "~",
        "\u0085", "\u2028", "\ufeff", "\u007f", "\u0001", "\r\n", "=", ",", "?"
    };

    private static final String DEFAULTS =
            """
            enabled: false
            overlap: skip
            retry_attempts: 2
            time_limit_seconds: 600
            branch: main
            environment:
              MODE: night
            notify: [on call]
            """;

    @RepeatedTest(200)
    void reads_back_as_the_same(RepetitionInfo repetition, @TempDir Path folder)
            throws IOException {
        var random = new Random(repetition.getCurrentRepetition());
        var automation = automation(random);
        var policy = policy(random);
        var channels = new TreeSet<String>();
        for (int i = random.nextInt(3); i > 0; i--) {
            channels.add(line(random));
        }

        if (random.nextBoolean()) {
            Files.writeString(folder.resolve(FileSetReader.DEFAULTS), DEFAULTS);
        }
        var defaults = FileSetReader.defaults(folder);
        Files.writeString(
                folder.resolve("a.md"),
                FileText.write(null, automation, policy, channels, defaults));
        var read = FileSetReader.read(folder).files().getFirst();

        assertThat(read.automation()).isEqualTo(automation);
        assertThat(read.policy()).isEqualTo(policy);
        assertThat(read.channels()).isEqualTo(channels);
    }

    private static ObjectNode automation(Random random) {
        return Json.object()
                .put("name", line(random))
                .put("prompt", Texts.prompt("x" + text(random, 30)))
                .put("repository", "acme/shop" + random.nextInt(9))
                .put(
                        "cron_expression",
                        random.nextInt(60) + " */" + (1 + random.nextInt(9)) + " * * *")
                .put("timezone", random.nextBoolean() ? "UTC" : "Europe/London")
                .put("enabled", random.nextBoolean());
    }

    private static ObjectNode policy(Random random) {
        var policy =
                Json.object()
                        .put("overlap", random.nextBoolean() ? "allow" : "cancel_previous")
                        .put("retry_attempts", random.nextInt(6))
                        .put("retry_delay_seconds", 60 + random.nextInt(9) * 60)
                        .put("retry_on", random.nextBoolean() ? "transient" : "any")
                        .put("pause_after_failures", random.nextInt(3));
        policy.put("time_limit_seconds", random.nextBoolean() ? null : Integer.valueOf(600));
        policy.put("branch", random.nextBoolean() ? null : line(random));
        var environment = policy.putObject("environment");
        for (int i = random.nextInt(3); i > 0; i--) {
            environment.put("LEVEL_" + i, Texts.trim(text(random, 5)));
        }
        return policy;
    }

    private static String line(Random random) {
        return Texts.trim("n" + text(random, 12).replaceAll("[\r\n]", ""));
    }

    private static String text(Random random, int parts) {
        var text = new StringBuilder();
        for (int i = random.nextInt(parts); i > 0; i--) {
            text.append(PARTS[random.nextInt(PARTS.length)]);
        }
        return text.toString();
    }
}
