package nightshift.functions.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The handlers that the template names, as Lambda's runtime meets them.
class HandlersTest {
    private static final Pattern HANDLER = Pattern.compile("Handler: (nightshift\\S+)::");
    private static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret"));
    private static final Map<String, String> ENVIRONMENT =
            Map.of(
                    "TABLE_NAME", "table",
                    "BUCKET_NAME", "bucket",
                    "EVENT_BUS_NAME", "bus",
                    "API_URL", "https://api.example.com",
                    "SCHEDULE_GROUP", "group",
                    "FIRE_FUNCTION_ARN", "arn:aws:lambda:us-east-1:123456789012:function:fire",
                    "SCHEDULER_ROLE_ARN", "arn:aws:iam::123456789012:role/scheduler",
                    "DEAD_LETTER_QUEUE_ARN", "arn:aws:sqs:us-east-1:123456789012:dead");

    static Stream<String> handlers() throws IOException {
        return HANDLER.matcher(Files.readString(Path.of("..", "template.yaml")))
                .results()
                .map((MatchResult found) -> found.group(1));
    }

    /// The runtime calls the method by reflection, from another package.
    @ParameterizedTest
    @MethodSource("handlers")
    void the_runtime_may_call_each(String handler) throws Exception {
        var methods =
                Stream.of(Class.forName(handler).getMethods())
                        .filter(method -> method.getName().equals("handleRequest"));

        assertThat(methods)
                .isNotEmpty()
                .allSatisfy(method ->
                        assertThat(method.getDeclaringClass().getModifiers())
                                .matches(Modifier::isPublic));
        assertThat(Class.forName(handler).getConstructor()).isNotNull();
    }

    /// A rehearsal that fails half-way leaves the other half cold.
    @ParameterizedTest
    @MethodSource("handlers")
    void each_goes_through_its_rehearsal_to_the_end(String handler) throws Exception {
        boolean refuses = handler.endsWith(".RefuseRequest");
        boolean wantsArtifact = handler.matches(".*\\.(Download|Presign)TaskRunArtifact");
        for (boolean ended : List.of(true, false)) {
            var wiring = Rehearsal.wiring(ENVIRONMENT, CREDENTIALS, ended);
            for (int time = 0; time < 2; time++) {
                var answer = Json.parse(Rehearsal.answer(handler, wiring));
                assertThat(answer.path("statusCode").asInt(200))
                        .as("%s", answer)
                        .matches(status ->
                                refuses
                                        ? status == 405
                                        : status < 400
                                                || (wantsArtifact && !ended && status == 404));
                assertThat(answer.path("batchItemFailures")).as("%s", answer).isEmpty();
            }
        }
    }

    @Test
    void where_a_rehearsal_found_its_credentials_is_forgotten() throws IOException {
        try (var credentials = Rehearsal.credentials()) {
            assertThat(credentials.resolveCredentials().accessKeyId()).isEqualTo("id");
        }
        assertThat(System.getProperties()).doesNotContainKey("aws.containerCredentialsFullUri");
    }

    /// Telling the schedule service what it knows already only reads; both is to be rehearsed.
    @Test
    void a_rehearsal_has_schedules_to_note_and_schedules_that_are_known() {
        var id = UUID.fromString("0198c5f0-0000-7000-8000-00000000000c");
        for (boolean ended : List.of(true, false)) {
            var wiring = Rehearsal.wiring(ENVIRONMENT, CREDENTIALS, ended);
            var known = wiring.scheduleHistory().find(1, id);
            assertThat(known.isCurrent()).isTrue();
            assertThat(known.refusal() == null).isEqualTo(ended);
        }
    }
}
