package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The contract's rules for pages, one row per rule.
class PageTest {
    private static final String URL =
            "https://example.execute-api.eu-central-1.amazonaws.com/prod/api/projects/1/task_automations";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            textBlock =
                    """
                    -       | 100
                    ``      | 100
                    7       | 7
                    ` 7 `   | 7
                    +7      | 7
                    0       | 100
                    000     | 100
                    -1      | 100
                    2.5     | 100
                    1e2     | 100
                    x       | 100
                    1000    | 1000
                    1001    | 1000
                    99999999999999999999 | 1000
                    """)
    void a_limit_that_makes_no_sense_is_the_default(@Nullable String sent, int limit) {
        var call = sent == null ? call() : call().query("limit", sent);
        assertThat(new Page(call.build(), 100, 1_000).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    -    | 0
                    5    | 5
                    -5   | 0
                    2.5  | 0
                    x    | 0
                    99999999999999999999 | 1000000000
                    """)
    void an_offset_that_makes_no_sense_is_zero(@Nullable String sent, int offset) {
        var call = sent == null ? call() : call().query("offset", sent);
        assertThat(new Page(call.build(), 100, 1_000).offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    0   | 10 | 25 | limit=10&offset=10 | -
                    10  | 10 | 25 | limit=10&offset=20 | limit=10
                    20  | 10 | 25 | -                  | limit=10&offset=10
                    5   | 10 | 25 | limit=10&offset=15 | limit=10
                    15  | 10 | 25 | -                  | limit=10&offset=5
                    0   | 10 | 10 | -                  | -
                    0   | 10 | 0  | -                  | -
                    90  | 10 | 25 | -                  | limit=10&offset=80
                    """)
    void a_page_links_to_its_neighbours(
            int offset, int limit, int count, @Nullable String next, @Nullable String previous) {
        var page = page(call().query("limit", "" + limit).query("offset", "" + offset), count);
        assertThat(link(page, "next")).isEqualTo(next == null ? null : URL + "?" + next);
        assertThat(link(page, "previous"))
                .isEqualTo(previous == null ? null : URL + "?" + previous);
        assertThat(page.path("count").asInt()).isEqualTo(count);
        assertThat(page.path("results").size())
                .isEqualTo(Math.max(0, Math.min(limit, count - offset)));
        assertThat(page.properties())
                .extracting(Map.Entry::getKey)
                .containsExactly("count", "next", "previous", "results");
    }

    @Test
    void links_keep_other_parameters_sorted_and_encoded() {
        var call =
                call().query("z", "a b&c=é*~/")
                        .query("offset", "10")
                        .query("limit", "5")
                        .query("limit", "10")
                        .query("a", "2")
                        .query("a", "1")
                        .query("\ufb01", "x")
                        .query("😀", "")
                        .query("Z", "+");
        assertThat(link(page(call, 100), "next"))
                .isEqualTo(
                        URL
                                + "?Z=%2B&a=2&a=1&limit=10&offset=20&z=a+b%26c%3D%C3%A9%2A~%2F"
                                + "&%EF%AC%81=x&%F0%9F%98%80=");
    }

    @Test
    void a_parameter_without_a_name_is_ignored() {
        var call = call().query("", "1").query("limit", "5").query("a", "");
        assertThat(link(page(call, 100), "next")).isEqualTo(URL + "?a=&limit=5&offset=5");
    }

    @Test
    void links_go_where_the_client_called() {
        var event =
                call().path("/api/projects/@current/tasks/")
                        .header("X-Forwarded-Proto", "http")
                        .header("X-Forwarded-Host", "evil.example")
                        .query("limit", "1")
                        .event();
        event.getRequestContext().setDomainName("localhost:3000");
        event.getRequestContext().setPath("/api/projects/@current/tasks/");
        assertThat(
                        link(
                                Json.stored(
                                        new Page(Call.of(event), 1, 1).reply(2, List.of()).body()),
                                "next"))
                .isEqualTo("http://localhost:3000/api/projects/@current/tasks/?limit=1&offset=1");
        assertThat(Call.of(event).baseUrl()).isEqualTo("http://localhost:3000");
        assertThat(call().build().baseUrl())
                .isEqualTo("https://example.execute-api.eu-central-1.amazonaws.com/prod");
    }

    @Test
    void following_next_visits_each_once_and_previous_walks_back() {
        for (int count : new int[] {0, 1, 7, 50, 101}) {
            for (int limit = 1; limit <= 60; limit++) {
                var first = page(call().query("limit", "" + limit).query("x", "y"), count);
                var visited = numbers(first);
                var last = first;
                for (var next = link(first, "next"); next != null; next = link(last, "next")) {
                    last = page(followed(next), count);
                    visited.addAll(numbers(last));
                }
                assertThat(visited).isEqualTo(IntStream.range(0, count).boxed().toList());

                var backwards = new ArrayList<>(numbers(last));
                for (var previous = link(last, "previous"); previous != null; ) {
                    var page = page(followed(previous), count);
                    backwards.addAll(0, numbers(page));
                    previous = link(page, "previous");
                }
                assertThat(backwards).isEqualTo(visited);
            }
        }
    }

    @Test
    void a_page_too_large_for_lambda_ends_sooner_and_loses_nothing() {
        var prompt = "\"\\\n".repeat(20_000);
        var visited = new ArrayList<Integer>();
        var call = call().query("limit", "100");
        for (var next = URL; next != null; call = next == null ? call : followed(next)) {
            var offset = new Page(call.build(), 100, 1_000).offset();
            var results =
                    IntStream.range(offset, 100)
                            .mapToObj(n -> Json.object().put("n", n).put("prompt", prompt))
                            .toList();
            var reply = new Page(call.build(), 100, 1_000).reply(100, results);
            assertThat(ReplyTest.written(reply).toString().length()).isLessThan(6_000_000);
            visited.addAll(numbers(reply.json()));
            next = link(reply.json(), "next");
        }
        assertThat(visited).isEqualTo(IntStream.range(0, 100).boxed().toList());
    }

    private static JsonNode page(CallBuilder call, int count) {
        var page = new Page(call.build(), 100, 1_000);
        var results =
                IntStream.range(
                                page.offset(),
                                Math.max(
                                        page.offset(),
                                        Math.min(page.offset() + page.limit(), count)))
                        .mapToObj(n -> Json.object().put("n", n))
                        .toList();
        return page.reply(count, List.<ObjectNode>copyOf(results)).json();
    }

    private static List<Integer> numbers(JsonNode page) {
        var numbers = new ArrayList<Integer>();
        page.path("results").forEach(result -> numbers.add(result.path("n").asInt()));
        return numbers;
    }

    private static @Nullable String link(JsonNode page, String name) {
        return page.path(name).textValue();
    }

    private static CallBuilder followed(String link) {
        var call = call();
        for (var parameter : URI.create(link).getRawQuery().split("&", -1)) {
            var parts = parameter.split("=", 2);
            call.query(decoded(parts[0]), decoded(parts[1]));
        }
        return call;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
