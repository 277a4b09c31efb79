package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.files.FileSetReader;
import nightshift.cli.files.FileText;
import nightshift.cli.files.Texts;
import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Writes the automations of the service as files, from which a plan is empty.
public final class Exporter {
    private static final String DEFAULT_SET = "automations";

    private final Path folder;
    private final ServiceState service;
    private final String set;
    private final Map<String, String> files = new TreeMap<>();

    private Exporter(Path folder, ServiceState service, @Nullable String set) {
        this.folder = folder;
        this.service = service;
        this.set = set == null ? usual() : set;
        if (Files.exists(folder.resolve(FileSetReader.DEFAULTS))
                && !this.set.equals(FileSetReader.setName(folder))) {
            throw CliException.refused(
                    folder + " is the folder of the set " + FileSetReader.setName(folder) + ".",
                    "Export into another folder, or without --set.");
        }
    }

    /// Writes the files and returns their paths in the folder.
    ///
    /// @param set the set whose files these are; null: the folder's, else the largest of the
    ///   service
    /// @param force whether files that say something else are replaced
    public static SortedSet<String> export(
            ApiClient api, Path folder, @Nullable String set, boolean force) {
        var exporter = new Exporter(folder, ServiceState.read(api), set);
        exporter.collect();
        exporter.write(force);
        return new TreeSet<>(exporter.files.keySet());
    }

    private String usual() {
        if (Files.exists(folder.resolve(FileSetReader.DEFAULTS))) {
            return FileSetReader.setName(folder);
        }
        return service.automations().stream()
                .map(automation -> automation.path("template_id").asText(""))
                .filter(Exporter::isIdentity)
                .collect(Collectors.groupingBy(Exporter::setOf, Collectors.counting()))
                .entrySet()
                .stream()
                .max(
                        Map.Entry.<String, Long>comparingByValue()
                                .thenComparing(
                                        Map.Entry.<String, Long>comparingByKey(
                                                Comparator.reverseOrder())))
                .map(Map.Entry::getKey)
                .orElse(DEFAULT_SET);
    }

    private static String setOf(String identity) {
        return identity.substring(0, identity.indexOf(':'));
    }

    /// Whether it is `<set>:<path>` with a path that a folder can have.
    private static boolean isIdentity(String templateId) {
        return templateId.matches("[\\w][\\w.-]{0,62}:[^:\\x00-\\x1f\\\\]+\\.md")
                && isBelow(templateId.substring(templateId.indexOf(':') + 1));
    }

    private static boolean isBelow(String path) {
        try {
            var relative = Path.of(path);
            if (relative.isAbsolute()
                    || !relative.normalize().toString().replace('\\', '/').equals(path)) {
                return false;
            }
            for (var part : relative) {
                if (part.toString().startsWith(".")) {
                    return false; // hidden, or it leads out of the folder
                }
            }
            return !("" + relative.getFileName()).equalsIgnoreCase("README.md");
        } catch (InvalidPathException notAPath) {
            return false;
        }
    }

    private void collect() {
        files.put(FileSetReader.DEFAULTS, "set: " + set + "\n");
        var others = new TreeMap<String, JsonNode>();
        for (var automation : service.automations()) {
            String identity = automation.path("template_id").asText("");
            String path =
                    identity.startsWith(set + ":") ? identity.substring(set.length() + 1) : "";
            boolean own = isIdentity(identity) && !path.isEmpty() && isOldest(automation);
            if (own) {
                files.put(path, text(automation, null));
            } else {
                others.put(automation.path("id").asText(), automation);
            }
        }
        others.forEach((id, automation) -> files.put(freePath(automation), text(automation, id)));
    }

    private boolean isOldest(JsonNode automation) {
        return service.automations().stream()
                .filter(other -> other.path("template_id").equals(automation.path("template_id")))
                .allMatch(other -> Planner.older(automation, other).equals(automation));
    }

    private String text(JsonNode automation, @Nullable String id) {
        return FileText.write(
                id,
                automation,
                service.policy(automation.path("id").asText()),
                Planner.channelsOf(automation.path("id").asText(), service.channels()),
                FileSetReader.defaults(folder));
    }

    private String freePath(JsonNode automation) {
        String name =
                Texts.trim(automation.path("name").asText())
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9]+", "-")
                        .replaceAll("^-|-$", "");
        String stem =
                name.isEmpty() || name.equals("readme")
                        ? "automation"
                        : name.substring(0, Math.min(60, name.length()));
        String path = stem + ".md";
        for (int number = 2; files.containsKey(path); number++) {
            path = stem + "-" + number + ".md";
        }
        return path;
    }

    private void write(boolean force) {
        try {
            for (var file : files.entrySet()) {
                var path = folder.resolve(file.getKey());
                boolean defaults = file.getKey().equals(FileSetReader.DEFAULTS);
                if (Files.exists(path)
                        && (defaults || Files.readString(path).equals(file.getValue()))) {
                    continue;
                }
                if (Files.exists(path) && !force) {
                    throw CliException.refused(
                            path + " says something else than the service.",
                            "--force replaces such files; `nightshift plan` shows what differs.");
                }
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.writeString(path, file.getValue());
            }
        } catch (IOException failed) {
            throw CliException.refused(folder + " cannot be written: " + failed.getMessage(), null);
        }
    }
}
