package nightshift.log;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.CallBuilder;
import nightshift.json.Json;

import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

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
                                {"_aws": {"Timestamp": 5, "CloudWatchMetrics": [{
                                  "Namespace": "Nightshift",
                                  "Dimensions": [[], ["Kind"]],
                                  "Metrics": [{"Name": "Late", "Unit": "Seconds"}]}]},
                                 "Kind": "cron", "Late": 1.5}\
                                """));
        assertThat(Json.stored(Log.metricLine(CLOCK, "Fired", 1, "Count", null)))
                .isEqualTo(
                        Json.stored(
                                """
                                {"_aws": {"Timestamp": 5, "CloudWatchMetrics": [{
                                  "Namespace": "Nightshift",
                                  "Dimensions": [[]],
                                  "Metrics": [{"Name": "Fired", "Unit": "Count"}]}]},
                                 "Fired": 1.0}\
                                """));
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
