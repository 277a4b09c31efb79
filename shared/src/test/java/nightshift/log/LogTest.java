package nightshift.log;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.CallBuilder;
import nightshift.json.Json;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;

/// What stands in the log is one line of JSON, and no secret.
class LogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(5), ZoneOffset.UTC);

    @Test
    void a_metric_is_a_line_in_the_embedded_format() {
        assertThat(
                        Json.stored(
                                Log.metricLine(
                                        CLOCK, "Late", 1.5, "Seconds", Map.entry("Kind", "cron"))))
                .isEqualTo(
                        Json.stored(
                                """
                                {"timestamp": "1970-01-01T00:00:00.005Z", "level": "INFO",
                                 "_aws": {"Timestamp": 5, "CloudWatchMetrics": [{
                                  "Namespace": "Nightshift",
                                  "Dimensions": [[], ["Kind"]],
                                  "Metrics": [{"Name": "Late", "Unit": "Seconds"}]}]},
                                 "Kind": "cron", "Late": 1.5}\
                                """));
        assertThat(Json.stored(Log.metricLine(CLOCK, "Fired", 1, "Count", null)))
                .isEqualTo(
                        Json.stored(
                                """
                                {"timestamp": "1970-01-01T00:00:00.005Z", "level": "INFO",
                                 "_aws": {"Timestamp": 5, "CloudWatchMetrics": [{
                                  "Namespace": "Nightshift",
                                  "Dimensions": [[]],
                                  "Metrics": [{"Name": "Fired", "Unit": "Count"}]}]},
                                 "Fired": 1.0}\
                                """));
    }

    @Test
    void each_stack_has_a_namespace_of_its_own() {
        assertThat(Log.namespace("acme")).isEqualTo("Nightshift/acme");
        assertThat(Log.namespace(null)).isEqualTo("Nightshift");
    }

    @Test
    void every_line_has_time_level_request_function_and_what_it_is_about() {
        Log.begin(new Invocation("req-1", "stack-CreateTask-X"));
        Log.about(Map.of("project", 7L, "run", "r"));
        Log.with("task", "t");
        try {
            for (var text :
                    List.of(
                            Log.line("INFO", "m", Map.of("attempt", 1), null),
                            Log.line("WARN", "m", Map.of(), new IllegalStateException()),
                            Log.metricLine(CLOCK, "Fired", 1, "Count", null))) {
                var line = Json.stored(text);
                assertThat(Instant.parse(line.path("timestamp").asText())).isNotNull();
                assertThat(line.path("level").asText()).isIn("INFO", "WARN");
                assertThat(line.path("request_id").asText()).isEqualTo("req-1");
                assertThat(line.path("function").asText()).isEqualTo("stack-CreateTask-X");
                assertThat(line.path("project").asText()).isEqualTo("7");
                assertThat(line.path("task").asText()).isEqualTo("t");
                assertThat(line.path("run").asText()).isEqualTo("r");
            }
            Log.begin(new Invocation("req-2", "stack-CreateTask-X"));
            assertThat(Json.stored(Log.line("INFO", "m", Map.of(), null)).has("project")).isFalse();
        } finally {
            Log.begin(null);
        }
    }

    @Test
    void a_thread_that_an_invocation_starts_writes_for_the_same_request() throws Exception {
        Log.begin(new Invocation("req-1", "f"));
        try {
            var lines = new ArrayBlockingQueue<String>(1);
            Thread.startVirtualThread(() -> lines.add(Log.line("INFO", "m", Map.of(), null)))
                    .join();
            assertThat(Json.stored(lines.remove()).path("request_id").asText()).isEqualTo("req-1");
        } finally {
            Log.begin(null);
        }
    }

    @Test
    void a_message_is_one_line_whatever_it_holds() {
        var line = Log.line("INFO", "two\nlines", Map.of("odd", "\u2028\ud800\""), null);
        assertThat(line.lines()).hasSize(1);
        assertThat(Json.stored(line).path("message").asText()).isEqualTo("two\nlines");
    }

    @Test
    void an_error_tells_its_causes() {
        var cause = new IllegalStateException("inner");
        var line =
                Json.stored(
                        Log.line(
                                "ERROR",
                                "failed",
                                Map.of(),
                                new IllegalStateException("outer", cause)));
        assertThat(line.path("level").asText()).isEqualTo("ERROR");
        assertThat(line.path("error").asText()).contains("outer");
        assertThat(line.path("stack").toString()).contains("inner", "LogTest");
    }

    @Test
    void secrets_are_left_out() {
        var cause =
                new IllegalStateException(
                        "\""
                                + CallBuilder.KEY
                                + "\" at https://b.example/o?X-Amz-Signature=abc123&X-Amz-Expires=5"
                                + "&X-Amz-Security-Token=IQo%2F/a+b=");
        var line =
                Log.line(
                        "ERROR",
                        "failed " + CallBuilder.KEY,
                        Map.of("key", CallBuilder.KEY),
                        cause);
        assertThat(line)
                .doesNotContain(CallBuilder.KEY.substring(4), "abc123", "IQo", "a+b")
                .contains("X-Amz-Expires=5");
        assertThat(Json.stored(line).path("message").asText()).isEqualTo("failed phx_...");
    }
}
