package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Checks what a changed parameter of `template.yaml` changes.
///
/// A published version keeps the configuration that it was made with. CloudFormation makes a new
/// version if the description of the version changes, and not if only a parameter changes.
class TemplateVersionsTest {
    /// What Lambda stores with a version. The other properties belong to the function or the alias.
    private static final List<String> OF_A_VERSION =
            List.of(
                    "Architectures",
                    "CodeUri",
                    "Environment",
                    "EphemeralStorage",
                    "Handler",
                    "Layers",
                    "LoggingConfig",
                    "MemorySize",
                    "Runtime",
                    "SnapStart",
                    "Timeout",
                    "Tracing",
                    "VpcConfig");

    private static final Map<String, String> NEW_ROWS =
            Map.of(
                    "OCCURRENCES#1#a", "OCCURRENCE_DAYS",
                    "LOGS#1#t#r", "RUN_LOG_DAYS");

    static Stream<String> parameters() throws Exception {
        return document().path("Parameters").propertyStream().map(Map.Entry::getKey);
    }

    @ParameterizedTest
    @MethodSource("parameters")
    void a_parameter_that_reaches_a_function_changes_its_version(String parameter)
            throws Exception {
        var document = document();
        var before = versions(document);
        var value = (ObjectNode) document.path("Parameters").path(parameter);
        value.put("Default", other(value));
        var after = versions(document);

        var reached = new TreeSet<String>();
        before.forEach((function, version) -> {
            if (!version.configuration().equals(after.get(function).configuration())) {
                reached.add(function);
            }
        });
        assertThat(reached)
                .allSatisfy(function ->
                        assertThat(after.get(function).description())
                                .as(function)
                                .isNotEqualTo(before.get(function).description()));
    }

    @Test
    void a_function_that_writes_rows_with_an_end_has_the_parameter_of_their_lifetime() {
        assertThat(functions())
                .allSatisfy(function ->
                        assertThat(function.environment().keySet())
                                .as(function.id())
                                .containsAll(lifetimes(function)));
    }

    /// A run is changed together with its automation by those that may end it.
    @Test
    void a_function_that_may_end_a_run_or_adds_artifacts_has_the_lifetime_of_runs() {
        var adding = Set.of("UploadTaskRunArtifacts", "FinalizeTaskRunArtifactUpload");
        assertThat(functions())
                .filteredOn(function ->
                        adding.contains(function.id())
                                || (may(function, "UpdateItem", "RUNS#1#t")
                                        && may(function, "UpdateItem", "AUTOMATIONS#1")))
                .hasSizeGreaterThan(8)
                .allSatisfy(function ->
                        assertThat(function.environment())
                                .as(function.id())
                                .containsKey("RUN_DAYS"));
    }

    private static Collection<Template.Function> functions() {
        return Template.read(LocalFixture.TEMPLATE).functions().values();
    }

    /// The settings of a function that may write rows with an end.
    private static List<String> lifetimes(Template.Function function) {
        return NEW_ROWS.entrySet().stream()
                .filter(row -> may(function, "PutItem", row.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean may(Template.Function function, String action, String partition) {
        var table = function.environment().getOrDefault("TABLE_NAME", "none");
        var rows = Map.of("dynamodb:LeadingKeys", List.of(partition));
        var resource = LocalAccount.arn("dynamodb", "table/" + table);
        return function.permissions().allow(new IamRequest("dynamodb:" + action, resource, rows));
    }

    private record Version(JsonNode configuration, String description) {}

    private static Map<String, Version> versions(JsonNode document) {
        var intrinsics = new Intrinsics(document);
        var globals = intrinsics.resolveObject(document.path("Globals").path("Function"));
        var versions = new TreeMap<String, Version>();
        intrinsics
                .resources()
                .forEach((id, resource) -> {
                    if (!resource.path("Type").asText().equals("AWS::Serverless::Function")) return;
                    var own = intrinsics.resolveObject(resource.path("Properties"));
                    var configuration = globals.deepCopy();
                    own.forEachEntry((name, value) -> {
                        if (configuration.path(name).isObject())
                            configuration.withObject(name).setAll((ObjectNode) value);
                        else configuration.set(name, value);
                    });
                    var description = configuration.path("VersionDescription").asText();
                    versions.put(id, new Version(configuration.retain(OF_A_VERSION), description));
                });
        return versions;
    }

    /// Another value that the parameter may have.
    private static String other(JsonNode parameter) {
        var old = parameter.path("Default").asText();
        var choices = parameter.path("AllowedValues");
        if (!choices.isMissingNode()) {
            return choices.valueStream()
                    .map(JsonNode::asText)
                    .filter(choice -> !choice.equals(old))
                    .findFirst()
                    .orElseThrow();
        }
        return parameter.path("Type").asText().equals("Number")
                ? String.valueOf(Long.parseLong(old) + 17)
                : old + "other";
    }

    private static JsonNode document() throws Exception {
        return YamlTree.read(Files.readString(Path.of("..", "template.yaml")));
    }
}
