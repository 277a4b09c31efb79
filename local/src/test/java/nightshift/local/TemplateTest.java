package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Holds `template.yaml` and the handlers against each other, both ways.
class TemplateTest {
    private static final String HANDLERS = "nightshift.functions";
    private final Template template = Template.read(Path.of("..", "template.yaml"));

    @Test
    void every_function_names_the_handler_of_its_own_name() {
        assertThat(template.functions().values())
                .allSatisfy(function ->
                        assertThat(function.handler())
                                .isEqualTo(HANDLERS + "." + function.id() + "::handleRequest"));
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
