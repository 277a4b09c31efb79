package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.api.Json;
import nightshift.cli.files.AutomationFile;
import nightshift.cli.files.FileProblemsException;
import nightshift.cli.files.FileSet;
import nightshift.cli.files.Key;
import nightshift.cli.files.Problem;
import nightshift.cli.files.Texts;
import nightshift.cli.plan.Change.Action;
import nightshift.cli.plan.Change.Field;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Compares files with what the service has.
public final class Planner {
    private final FileSet files;
    private final ServiceState service;
    private final Instant now;
    private final Map<String, JsonNode> channels = new HashMap<>();
    private final Set<String> matched = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private Planner(FileSet files, ServiceState service, Instant now) {
        this.files = files;
        this.service = service;
        this.now = now;
    }

    /// Reads the service and compares.
    ///
    /// @param prune whether automations of the set without a file are to be removed
    public static Plan plan(FileSet files, ApiClient api, boolean prune, Instant now) {
        return plan(files, ServiceState.read(api), prune, now);
    }

    static Plan plan(FileSet files, ServiceState service, boolean prune, Instant now) {
        return new Planner(files, service, now).plan(prune);
    }

    private Plan plan(boolean prune) {
        readChannels();
        var found = matches();
        var changes = new ArrayList<Change>();
        for (var file : files.files()) {
            checkChannels(file);
            var current = found.get(file.path());
            changes.add(current == null ? creation(file) : change(file, current));
        }
        if (!problems.isEmpty()) {
            throw new FileProblemsException(problems);
        }
        var left = left();
        if (prune) {
            left.forEach(automation -> changes.add(removal(automation)));
        }
        return new Plan(
                files,
                service,
                List.copyOf(changes),
                prune ? List.of() : left,
                BusiestMinute.of(result(changes), now));
    }

    /// A name that two channels have is no name for either.
    private void readChannels() {
        var twice = new HashSet<String>();
        for (var channel : service.channels()) {
            String name = channel.path("name").asText();
            if (channels.put(name, channel) != null) {
                twice.add(name);
            }
        }
        channels.keySet().removeAll(twice);
    }

    private void checkChannels(AutomationFile file) {
        for (var name : file.channels()) {
            if (!channels.containsKey(name)) {
                problems.add(
                        new Problem(
                                file.path(),
                                file.position(Key.NOTIFY),
                                "There is no one channel named \""
                                        + name
                                        + "\"; `nightshift channels` shows those that there are."));
            }
        }
    }

    /// The automation of each file: by identity, else by the id that the file names. Of several
    /// with the same identity, the oldest.
    private Map<String, JsonNode> matches() {
        var byIdentity = new HashMap<String, JsonNode>();
        var byId = new HashMap<String, JsonNode>();
        for (var automation : service.automations()) {
            byId.put(automation.path("id").asText(), automation);
            var identity = automation.path("template_id");
            if (identity.isTextual()) {
                byIdentity.merge(identity.asText(), automation, Planner::older);
            }
        }
        var found = new HashMap<String, JsonNode>();
        for (var file : files.files()) {
            var own = byIdentity.get(files.templateId(file.path()));
            if (own == null && file.id() != null) {
                own = byId.get(file.id());
            }
            if (own != null && matched.add(own.path("id").asText())) {
                found.put(file.path(), own);
            } else if (own != null) {
                problems.add(
                        new Problem(
                                file.path(),
                                file.position(Key.ID),
                                "The automation of this id has another file."));
            }
        }
        return found;
    }

    static JsonNode older(JsonNode one, JsonNode other) {
        var age =
                Comparator.comparing((JsonNode automation) ->
                                Instant.parse(automation.path("created_at").asText()))
                        .thenComparing(automation -> automation.path("id").asText());
        return age.compare(one, other) <= 0 ? one : other;
    }

    private List<JsonNode> left() {
        return service.automations().stream()
                .filter(automation -> files.owns(automation.path("template_id").asText()))
                .filter(automation -> !matched.contains(automation.path("id").asText()))
                .toList();
    }

    private Change creation(AutomationFile file) {
        var automation = file.automation().deepCopy();
        automation.put("template_id", files.templateId(file.path()));
        var fields = new ArrayList<Field>();
        fields.addAll(differences(file.automation(), MissingNode.getInstance(), false));
        fields.addAll(differences(file.policy(), defaults(), true));
        var joins = joins(file, "");
        if (!file.channels().isEmpty()) {
            fields.add(new Field("notify", MissingNode.getInstance(), names(file.channels())));
        }
        return new Change(
                Action.CREATE,
                file,
                null,
                List.copyOf(fields),
                automation,
                file.policy(),
                joins,
                new TreeSet<>(),
                null,
                Meaning.of(file.automation(), now));
    }

    private Change change(AutomationFile file, JsonNode current) {
        String id = current.path("id").asText();
        var own = differences(file.automation(), current, false);
        var ofPolicy = differences(file.policy(), service.policy(id), true);
        var joins = joins(file, id);
        var leaves = leaves(file, id);
        var fields = new ArrayList<>(own);
        fields.addAll(ofPolicy);
        if (!joins.isEmpty() || !leaves.isEmpty()) {
            fields.add(new Field("notify", names(explicit(id)), names(file.channels())));
        }
        boolean timing =
                own.stream()
                        .anyMatch(field ->
                                Set.of("cron_expression", "timezone", "enabled")
                                        .contains(field.name()));
        return new Change(
                fields.isEmpty() ? Action.UNCHANGED : Action.CHANGE,
                file,
                current,
                List.copyOf(fields),
                values(own),
                values(ofPolicy),
                joins,
                leaves,
                timing ? Meaning.of(current, now) : null,
                timing ? Meaning.of(file.automation(), now) : null);
    }

    private Change removal(JsonNode automation) {
        return new Change(
                Action.REMOVE,
                null,
                automation,
                List.of(),
                Json.object(),
                Json.object(),
                new TreeSet<>(),
                new TreeSet<>(),
                Meaning.of(automation, now),
                null);
    }

    /// The fields whose values are not those of the service.
    static List<Field> differences(JsonNode wanted, JsonNode current, boolean policy) {
        var fields = new ArrayList<Field>();
        for (var key : Key.values()) {
            var value = wanted.path(key.field());
            boolean asked = policy ? key.ofPolicy() : key.ofAutomation();
            if (asked && !value.isMissingNode() && !same(value, current.path(key.field()))) {
                fields.add(new Field(key.field(), current.path(key.field()), value));
            }
        }
        var prompt = wanted.path("prompt");
        if (!policy && prompt.isTextual()) {
            var before = current.path("prompt");
            boolean same =
                    before.isTextual()
                            && Texts.prompt(before.asText()).equals(Texts.prompt(prompt.asText()));
            if (!same) {
                fields.add(new Field("prompt", before, prompt));
            }
        }
        return fields;
    }

    private static boolean same(JsonNode one, JsonNode other) {
        boolean numbers = one.isNumber() && other.isNumber();
        return numbers ? one.asLong() == other.asLong() : one.equals(other);
    }

    private static ObjectNode values(List<Field> fields) {
        var values = Json.object();
        fields.forEach(field -> values.set(field.name(), field.after()));
        return values;
    }

    static ObjectNode defaults() {
        var defaults = Json.object();
        for (var key : Key.values()) {
            if (key.ofPolicy()) {
                defaults.set(key.field(), key.otherwise());
            }
        }
        return defaults;
    }

    /// The channels that the file names and that do not tell of the automation yet.
    private SortedSet<String> joins(AutomationFile file, String id) {
        var joins = new TreeSet<String>();
        for (var name : file.channels()) {
            var channel = channels.get(name);
            if (channel != null && !tells(channel, id) && !tellsOfAll(channel)) {
                joins.add(channel.path("id").asText());
            }
        }
        return joins;
    }

    /// The channels that tell of the automation by its id although the file does not name them.
    private SortedSet<String> leaves(AutomationFile file, String id) {
        var leaves = new TreeSet<String>();
        for (var channel : service.channels()) {
            if (tells(channel, id) && !file.channels().contains(channel.path("name").asText())) {
                leaves.add(channel.path("id").asText());
            }
        }
        return leaves;
    }

    private SortedSet<String> explicit(String id) {
        return channelsOf(id, service.channels());
    }

    /// The names of the channels that tell of an automation by its id.
    static SortedSet<String> channelsOf(String id, List<JsonNode> channels) {
        var names = new TreeSet<String>();
        for (var channel : channels) {
            if (tells(channel, id)) {
                names.add(channel.path("name").asText());
            }
        }
        return names;
    }

    private static boolean tells(JsonNode channel, String id) {
        return channel.path("automations").valueStream().anyMatch(one -> one.asText().equals(id));
    }

    private static boolean tellsOfAll(JsonNode channel) {
        return channel.path("automations").isNull();
    }

    private static JsonNode names(SortedSet<String> names) {
        var array = Json.MAPPER.createArrayNode();
        names.forEach(array::add);
        return array;
    }

    /// All automations of the project as they will be.
    private List<JsonNode> result(List<Change> changes) {
        var after = new HashMap<String, @Nullable JsonNode>();
        var result = new ArrayList<JsonNode>();
        for (var change : changes) {
            if (change.action() == Action.CREATE) {
                result.add(change.automation());
            } else {
                after.put(change.id(), change.file() == null ? null : change.file().automation());
            }
        }
        for (var automation : service.automations()) {
            var changed = after.getOrDefault(automation.path("id").asText(), automation);
            if (changed != null) {
                result.add(changed);
            }
        }
        return result;
    }

    /// A value for people; empty for none.
    static String text(JsonNode value) {
        return switch (value) {
            case MissingNode _, NullNode _ -> "none";
            case TextNode text -> text.asText();
            default -> value.toString();
        };
    }
}
