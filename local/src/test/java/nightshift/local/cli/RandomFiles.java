package nightshift.local.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// A random set of files, and random changes of it.
final class RandomFiles {
    private static final String[] WORDS = {
        "nightly",
        "\"quoted\"",
        "a: b",
        "# no comment",
        "- item",
        "é日本🌙",
        "*star",
        "&anchor",
        "'one'",
        "null",
        "true",
        "007",
        "%",
        "@home",
        "\\back",
        "`tick`",
        "---",
        "{x}",
        "[y]",
        "~"
    };

    private final Random random;
    private final Map<String, String> files = new TreeMap<>();

    RandomFiles(Random random) {
        this.random = random;
        int count = 1 + random.nextInt(12);
        for (int i = 0; i < count; i++) {
            files.put(path(i), file());
        }
    }

    int count() {
        return files.size();
    }

    /// Changes some files, takes some away, adds some.
    void change() {
        for (var path : List.copyOf(files.keySet())) {
            switch (random.nextInt(4)) {
                case 0 -> files.put(path, file());
                case 1 -> files.remove(path);
                default -> {}
            }
        }
        for (int i = 20 + random.nextInt(4); i > 20; i--) {
            files.put(path(i), file());
        }
    }

    void write(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var old = Files.walk(folder)) {
                for (var file : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("nightshift.yaml"), "set: random\n");
        for (var file : files.entrySet()) {
            var path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
    }

    private String path(int number) {
        return (random.nextBoolean() ? "" : "deep/er " + number % 3 + "/")
                + "file "
                + number
                + ".md";
    }

    private String file() {
        var lines = new ArrayList<String>();
        lines.add("---");
        lines.add("name: " + quoted(words(4)));
        lines.add(
                "repository: Acme/Shop" + random.nextInt(3) + (random.nextBoolean() ? ".git" : ""));
        lines.add(
                "cron: '%d */%d * * %d'"
                        .formatted(random.nextInt(60), 1 + random.nextInt(9), random.nextInt(8)));
        maybe(lines, "timezone: Asia/Tokyo");
        maybe(lines, "enabled: false");
        maybe(lines, "overlap: " + (random.nextBoolean() ? "skip" : "cancel_previous"));
        maybe(lines, "retry_attempts: " + random.nextInt(6));
        maybe(lines, "retry_delay_seconds: " + (60 + random.nextInt(900)));
        maybe(lines, "retry_on: any");
        maybe(lines, "pause_after_failures: " + random.nextInt(9));
        maybe(lines, "time_limit_seconds: " + (60 + random.nextInt(900)));
        maybe(lines, "branch: " + quoted(words(2)));
        maybe(lines, "environment:\n  LEVEL: " + quoted(words(2)) + "\n  MODE: 7");
        lines.add("---");
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            lines.add(words(6));
        }
        return String.join(random.nextBoolean() ? "\n" : "\r\n", lines) + "\n";
    }

    private void maybe(List<String> lines, String line) {
        if (random.nextInt(3) == 0) {
            lines.add(line);
        }
    }

    private String words(int most) {
        var words = new ArrayList<String>();
        for (int i = 1 + random.nextInt(most); i > 0; i--) {
            words.add(WORDS[random.nextInt(WORDS.length)]);
        }
        return String.join(" ", words);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
