package nightshift.local;

import static nightshift.local.StubFunctions.bytes;
import static nightshift.local.StubFunctions.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

class InvokeApiTest {
    private final Template template =
            Template.parse(
                    """
                    Resources:
                      Echo: {Type: AWS::Serverless::Function, Properties: {Timeout: 20}}
                      Fails: {Type: AWS::Serverless::Function, Properties: {Timeout: 20}}
                    """);
    private final LinkedBlockingQueue<String> taken = new LinkedBlockingQueue<>();
    @TempDir Path folder;
    private LocalLambda lambda;
    private InvokeApi api;

    @BeforeEach
    void open() {
        var functions =
                new StubFunctions()
                        .with(
                                "Echo",
                                input -> {
                                    taken.add(input);
                                    return input;
                                })
                        .with(
                                "Fails",
                                _ -> {
                                    throw new IllegalStateException("broken");
                                });
        lambda = new LocalLambda(functions, folder, Clock.systemUTC(), LocalLambda.PAUSES, _ -> {});
        api = new InvokeApi(template, lambda);
    }

    @AfterEach
    void close() {
        lambda.close();
    }

    @Test
    void invokes_by_id_name_and_arn() {
        for (var name :
                List.of(
                        "Echo",
                        "nightshift-Echo",
                        "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Anightshift-Echo%3Alive")) {
            var answer = invoke(name, "", "{\"a\":1}");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(text(answer.body())).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void an_event_is_accepted_at_once_and_invoked_later() throws Exception {
        assertThat(invoke("Echo", "Event", "{\"a\":1}").status()).isEqualTo(202);
        assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"a\":1}");
    }

    @Test
    void a_dry_run_invokes_nothing() {
        assertThat(invoke("Echo", "DryRun", "{}").status()).isEqualTo(204);
        assertThat(taken).isEmpty();
    }

    @Test
    void a_failed_function_is_a_200_that_says_so() {
        var answer = invoke("Fails", "RequestResponse", "{}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(header(answer, "X-Amz-Function-Error")).isEqualTo("Unhandled");
        assertThat(text(answer.body())).contains("\"errorMessage\":\"broken\"");
    }

    @Test
    void refuses_as_lambda_does() {
        assertThat(header(invoke("Nobody", "", "{}"), "x-amzn-ErrorType"))
                .isEqualTo("ResourceNotFoundException");
        assertThat(header(invoke("Echo", "", "{broken"), "x-amzn-ErrorType"))
                .isEqualTo("InvalidRequestContentException");
        assertThat(header(invoke("Echo", "Later", "{}"), "x-amzn-ErrorType"))
                .isEqualTo("InvalidParameterValueException");
        assertThat(invoke("Echo", "", "\"" + "x".repeat(LocalLambda.LARGEST_PAYLOAD)).status())
                .isEqualTo(413);
    }

    private LoopbackHttpServer.Response invoke(String name, String type, String payload) {
        var headers =
                type.isEmpty()
                        ? List.<LoopbackHttpServer.Header>of()
                        : List.of(new LoopbackHttpServer.Header("X-Amz-Invocation-Type", type));
        return api.answer(
                new LoopbackHttpServer.Request(
                        "POST",
                        "/2015-03-31/functions/" + name + "/invocations",
                        "",
                        headers,
                        bytes(payload),
                        "127.0.0.1"));
    }

    private static String header(LoopbackHttpServer.Response response, String name) {
        return response.headers().stream()
                .filter(header -> header.name().equals(name))
                .map(LoopbackHttpServer.Header::value)
                .findFirst()
                .orElse("");
    }
}
