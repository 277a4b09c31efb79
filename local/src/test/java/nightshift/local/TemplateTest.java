package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import nightshift.functions.site.RefuseRequest;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Checks that `template.yaml` and the handlers match.
class TemplateTest {
    private static final String HANDLERS = "nightshift.functions";
    private final Template template = Template.read(Path.of("..", "template.yaml"));

    @Test
    void every_function_names_the_handler_of_its_own_name_in_one_of_the_rooms() {
        assertThat(template.functions().values())
                .allSatisfy(function ->
                        assertThat(function.handler())
                                .matches(
                                        HANDLERS
                                                + "\\.[a-z]+\\."
                                                + function.id()
                                                + "::handleRequest"));
    }

    /// TemplateVersionsTest checks the other parameters.
    @Test
    void every_version_names_the_tracing_mode_so_that_a_change_makes_a_new_version()
            throws IOException {
        var resources = YamlTree.read(Files.readString(LocalFixture.TEMPLATE)).path("Resources");
        assertThat(template.functions().keySet())
                .allSatisfy(id ->
                        assertThat(resources.path(id).path("Properties").toString())
                                .as(id)
                                .containsPattern("VersionDescription.*\\$\\{TracingMode}"));
    }

    @Test
    void functions_and_handler_classes_are_the_same_set() {
        assertThat(handlerClasses()).isEqualTo(new TreeSet<>(template.functions().keySet()));
    }

    @Test
    void every_get_has_a_head_of_the_same_function() {
        assertThat(template.functions().values())
                .allSatisfy(function ->
                        assertThat(paths(function, "HEAD")).isEqualTo(paths(function, "GET")));
    }

    @Test
    void every_path_refuses_the_methods_that_it_does_not_serve() {
        var all =
                template.functions().values().stream()
                        .flatMap(function -> function.routes().stream())
                        .map(Template.Route::path)
                        .collect(Collectors.toCollection(TreeSet::new));

        assertThat(paths(template.function("RefuseRequest").orElseThrow(), "ANY")).isEqualTo(all);
        assertThat(all).contains("/", "/{proxy+}");
    }

    @Test
    void no_route_has_two_functions() {
        assertThat(
                        template.functions().values().stream()
                                .flatMap(function -> function.routes().stream()))
                .doesNotHaveDuplicates();
    }

    @Test
    void what_a_405_allows_is_what_the_paths_serve() {
        var served = new TreeMap<String, Set<String>>();
        for (var function : template.functions().values()) {
            for (var route : function.routes()) {
                if (route.method().equals("ANY")) continue;
                served.computeIfAbsent(route.path(), _ -> new TreeSet<>()).add(route.method());
            }
        }

        var allowed = new TreeMap<String, String>();
        served.forEach((path, methods) -> allowed.put(path, String.join(", ", methods)));
        assertThat(allowed).isEqualTo(new TreeMap<>(RefuseRequest.ALLOWED));
    }

    @Test
    void every_function_has_the_variables_that_it_reads() throws Exception {
        System.setProperty("aws.region", LocalAccount.REGION); // as Lambda sets it from AWS_REGION
        for (var function : template.functions().values()) {
            var environment = new Environment(function.environment());
            new FunctionHandlers(Clock.systemUTC())
                    .create(function, environment); // throws if a required variable is missing

            var read = new TreeSet<>(environment.read); // variables with a default are set as well
            if (!function.id().equals("CreateTaskAutomation")) {
                read.remove("AUTOMATIONS_PER_PROJECT"); // only this function adds automations
            }
            read.removeAll(Set.of("OCCURRENCE_DAYS", "RUN_DAYS", "RUN_LOG_DAYS")); // ExpiryTest
            assertThat(environment.keySet()).as(function.id()).containsAll(read);
        }
    }

    /// Environment variables that record which of them were read.
    private static final class Environment extends HashMap<String, String> {
        private static final long serialVersionUID = 1;
        private final TreeSet<String> read = new TreeSet<>();

        Environment(Map<String, String> variables) {
            super(variables);
        }

        @Override
        public String get(Object name) {
            read.add((String) name);
            return super.get(name);
        }
    }

    private static Set<String> paths(Template.Function function, String method) {
        return function.routes().stream()
                .filter(route -> route.method().equals(method))
                .map(Template.Route::path)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> handlerClasses() {
        return new ClassFileImporter()
                .importPackages(HANDLERS).stream()
                        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(type ->
                                type.isAssignableTo(RequestStreamHandler.class)
                                        || type.isAssignableTo(RequestHandler.class))
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toCollection(TreeSet::new));
    }
}
