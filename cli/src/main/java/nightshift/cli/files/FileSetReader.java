package nightshift.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;

import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads a folder of automations. All that is wrong is reported at once.
public final class FileSetReader {
    /// The file of the defaults.
    public static final String DEFAULTS = "nightshift.yaml";

    private static final int PROMPT_BYTES = 65_536;
    private static final int IDENTITY = 255;

    private final Path folder;
    private final List<Problem> problems = new ArrayList<>();
    private final Map<Key, JsonNode> defaults = new EnumMap<>(Key.class);

    private FileSetReader(Path folder) {
        this.folder = folder;
    }

    /// Reads all files, or throws with everything that is wrong.
    public static FileSet read(Path folder) {
        return new FileSetReader(folder).read();
    }

    /// The name of the set of a folder: what `nightshift.yaml` says, else the folder's own.
    public static String setName(Path folder) {
        return ofDefaults(folder).set();
    }

    /// What `nightshift.yaml` says that the files of a folder may leave out.
    public static Map<Key, JsonNode> defaults(Path folder) {
        return ofDefaults(folder).defaults;
    }

    private static FileSetReader ofDefaults(Path folder) {
        var reader = new FileSetReader(folder);
        reader.readDefaults();
        reader.check();
        return reader;
    }

    private FileSet read() {
        if (!Files.isDirectory(folder)) {
            throw CliException.refused(
                    "There is no folder " + folder + ".",
                    "`nightshift export " + folder + "` makes one of what the service has.");
        }
        readDefaults();
        String set = set();
        var files = new ArrayList<AutomationFile>();
        paths().forEach((path, file) -> {
            if ((set + ":" + path).length() > IDENTITY) {
                report(path, Position.START, "Set and path have more than 255 characters.");
            }
            files.add(file(path, text(path, file)));
        });
        checkIds(files);
        check();
        return new FileSet(set, List.copyOf(files));
    }

    private void check() {
        if (!problems.isEmpty()) {
            throw new FileProblemsException(problems);
        }
    }

    private String set() {
        var named = defaults.get(Key.SET);
        if (named != null) {
            return named.asText();
        }
        var own = folder.toAbsolutePath().normalize().getFileName();
        String name = (own == null ? "" : own.toString()).replaceAll("[^\\w.-]", "-");
        return name.isEmpty() ? "automations" : name;
    }

    /// Markdown files, but README.md; nothing in hidden folders.
    private Map<String, Path> paths() {
        var paths = new TreeMap<String, Path>();
        try {
            Files.walkFileTree( // links too: a file that is left out would be removed by `--prune`
                    folder,
                    EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                    Integer.MAX_VALUE,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult preVisitDirectory(
                                Path visited, BasicFileAttributes attributes) {
                            boolean hidden = !visited.equals(folder) && hidden(visited);
                            return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFile(
                                Path file, BasicFileAttributes attributes) {
                            String name = "" + file.getFileName();
                            if (name.endsWith(".md")
                                    && !name.equalsIgnoreCase("README.md")
                                    && !hidden(file)) {
                                paths.put(
                                        folder.relativize(file).toString().replace('\\', '/'),
                                        file);
                            }
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException unreadable) {
            throw CliException.refused(
                    folder + " cannot be read: " + unreadable.getMessage(), null);
        }
        return paths;
    }

    private static boolean hidden(Path path) {
        return ("" + path.getFileName()).startsWith(".");
    }

    private String text(String path, Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException notText) {
            report(path, Position.START, "The file is not UTF-8.");
        } catch (IOException unreadable) {
            report(path, Position.START, "The file cannot be read.");
        }
        return "";
    }

    private void readDefaults() {
        var file = folder.resolve(DEFAULTS);
        if (!Files.exists(file)) {
            return;
        }
        String text = text(DEFAULTS, file);
        findSecret(DEFAULTS, text);
        var matter = FrontMatter.read(DEFAULTS, text, 0, problems);
        values(matter, false).forEach(defaults::put);
    }

    private AutomationFile file(String path, String text) {
        findSecret(path, text);
        var lines = text.split("\n", -1);
        int end = 1;
        while (end < lines.length && !lines[end].stripTrailing().equals("---")) {
            end++;
        }
        if (!lines[0].stripTrailing().equals("---") || end >= lines.length) {
            report(
                    path,
                    Position.START,
                    "A file begins with a line ---, then keys such as `name: Nightly`, then a line ---, then the prompt.");
            return made(path, Map.of(), "", Map.of());
        }
        var matter =
                FrontMatter.read(
                        path, String.join("\n", List.of(lines).subList(1, end)), 1, problems);
        var values = values(matter, true);
        var positions = new EnumMap<Key, Position>(Key.class);
        for (var key : Key.values()) {
            var entry = matter.entry(key);
            if (entry != null) {
                positions.put(key, matter.at(entry.value()));
            }
        }
        for (var key : List.of(Key.NAME, Key.REPOSITORY, Key.CRON)) {
            if (matter.isReadable() && matter.entry(key) == null && !defaults.containsKey(key)) {
                report(path, Position.START, "The key \"" + key.text() + "\" is missing.");
            }
        }
        String prompt =
                Texts.prompt(
                        String.join(
                                "\n",
                                List.of(lines).subList(end + 1, Math.max(end + 1, lines.length))));
        checkPrompt(path, prompt, end + 2);
        return made(path, values, prompt, positions);
    }

    private void checkPrompt(String path, String prompt, int line) {
        if (prompt.isEmpty()) {
            report(
                    path,
                    new Position(line, 1),
                    "The prompt is missing: it stands after the second ---.");
        } else if (prompt.getBytes(StandardCharsets.UTF_8).length > PROMPT_BYTES) {
            report(path, new Position(line, 1), "The prompt has more than 64 KiB.");
        } else if (prompt.indexOf('\0') >= 0) {
            report(path, new Position(line, 1), "The prompt has a null character.");
        }
    }

    private AutomationFile made(
            String path, Map<Key, JsonNode> values, String prompt, Map<Key, Position> positions) {
        var automation = Json.object();
        var policy = Json.object();
        for (var key : Key.values()) {
            var value = values.getOrDefault(key, defaults.getOrDefault(key, key.otherwise()));
            if (value != null && key.ofAutomation()) {
                automation.set(key.field(), value);
                if (key == Key.NAME) {
                    automation.put("prompt", prompt);
                }
            } else if (value != null && key.ofPolicy()) {
                policy.set(key.field(), value);
            }
        }
        var notify = new TreeSet<String>();
        var named =
                values.getOrDefault(
                        Key.NOTIFY, defaults.getOrDefault(Key.NOTIFY, NullNode.instance));
        named.forEach(name -> notify.add(name.asText()));
        var id = values.get(Key.ID);
        return new AutomationFile(
                path, id == null ? null : id.asText(), automation, policy, notify, positions);
    }

    private Map<Key, JsonNode> values(FrontMatter matter, boolean file) {
        var values = new EnumMap<Key, JsonNode>(Key.class);
        var reader = new Values(matter);
        var left = new HashMap<>(matter.entries());
        for (var key : Key.values()) {
            boolean known = file ? key.inFiles() : key.inDefaults();
            var entry = known ? left.remove(key.text()) : null;
            var value = entry == null ? null : reader.read(key, entry.value());
            if (value != null) {
                values.put(key, value);
            }
        }
        left.forEach((name, entry) -> matter.report(entry.at(), unknown(name, file)));
        return values;
    }

    private static String unknown(String name, boolean file) {
        var known = new ArrayList<String>();
        for (var key : Key.values()) {
            if (file ? key.inFiles() : key.inDefaults()) {
                known.add(key.text());
            }
        }
        return "The key \"%s\" is unknown. Keys are: %s.".formatted(name, String.join(", ", known));
    }

    private void findSecret(String path, String text) {
        int line = 1;
        for (var content : text.split("\n", -1)) {
            int number = line++;
            SecretLook.in(content)
                    .ifPresent(column ->
                            report(
                                    path,
                                    new Position(number, column + 1),
                                    "This looks like a secret. Secrets come from the worker's own settings (docs/worker.md)."));
        }
    }

    private void checkIds(List<AutomationFile> files) {
        var seen = new HashMap<String, String>();
        for (var file : files) {
            var other = file.id() == null ? null : seen.putIfAbsent(file.id(), file.path());
            if (other != null) {
                report(file.path(), file.position(Key.ID), other + " has this id as well.");
            }
        }
    }

    private void report(String path, Position at, String message) {
        problems.add(new Problem(path, at, message));
    }
}
