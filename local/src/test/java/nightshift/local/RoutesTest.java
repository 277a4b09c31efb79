package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.StringJoiner;

class RoutesTest {
    private final Routes routes =
            new Routes(
                    Template.parse(
                                    """
                                    Resources:
                                      List: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Method: get, Path: '/p/{p}/things'}}}}}
                                      Preview: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Method: post, Path: '/p/{p}/things/preview'}}}}}
                                      One: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Method: get, Path: '/p/{p}/things/{id}'}}}}}
                                      Refuse:
                                        Type: AWS::Serverless::Function
                                        Properties:
                                          Events:
                                            Root: {Type: Api, Properties: {Method: any, Path: /}}
                                            Rest: {Type: Api, Properties: {Method: any, Path: '/{proxy+}'}}
                                            Things: {Type: Api, Properties: {Method: any, Path: '/p/{p}/things'}}
                                    """)
                            .functions()
                            .values());

    @ParameterizedTest
    @CsvSource({
        "GET, /p/1/things, List",
        "GET, /p/1/things/, List",
        "PUT, /p/1/things/, Refuse",
        "POST, /p/1/things/preview, Preview",
        "GET, /p/1/things/x, One",
        "GET, /p/1/things/x/, One",
        "GET, /p/1/things/x/y, Refuse",
        "GET, /p//things, Refuse",
        "GET, /, Refuse",
        "GET, /elsewhere, Refuse",
    })
    void chooses_as_api_gateway_does(String method, String path, String function) {
        assertThat(routes.match(method, path).flatMap(Routes.Match::function))
                .map(Template.Function::id)
                .hasValue(function);
    }

    @Test
    void chooses_the_same_in_whatever_order_the_template_names_its_paths() {
        var paths =
                new ArrayList<>(
                        List.of(
                                "/p",
                                "/p/{p}",
                                "/p/{p}/{q}",
                                "/p/{p}/fixed",
                                "/p/{p}/{q}/r",
                                "/{p+}"));
        for (int seed = 0; seed < 50; seed++) {
            Collections.shuffle(paths, new Random(seed));
            assertThat(routes(paths).match("GET", "/p/1/fixed"))
                    .as("%s", paths)
                    .map(Routes.Match::resource)
                    .hasValue("/p/{p}/fixed");
        }
    }

    private static Routes routes(List<String> paths) {
        var template = new StringJoiner("\n");
        template.add("Resources:");
        for (var path : paths) {
            template.add(
                    "  F%d: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Api, Properties: {Method: get, Path: '%s'}}}}}"
                            .formatted(paths.indexOf(path), path));
        }
        return new Routes(Template.parse(template.toString()).functions().values());
    }

    @Test
    void a_known_path_without_the_method_has_no_function() {
        var match = routes.match("DELETE", "/p/1/things/x");

        assertThat(match).map(Routes.Match::resource).hasValue("/p/{p}/things/{id}");
        assertThat(match.flatMap(Routes.Match::function)).isEqualTo(Optional.empty());
    }

    @Test
    void decodes_the_variables_of_a_path() {
        assertThat(routes.match("GET", "/p/1/things/a%20b%2Fc+d").orElseThrow().parameters())
                .containsEntry("id", "a b/c+d")
                .containsEntry("p", "1");
    }

    @Test
    void a_malformed_escape_stays_as_it_is() {
        assertThat(routes.match("GET", "/p/1/things/%zz").orElseThrow().parameters())
                .containsEntry("id", "%zz");
    }
}
