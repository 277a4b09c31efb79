package nightshift.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The real connection to the server, on which a test can step in before a call, lose its answer or
/// break it, or answer for the server that it is busy.
final class FaultInjectingHttpClient implements SdkHttpClient {
    private static final byte[] SLOW_DOWN =
            "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
                    .getBytes(UTF_8);

    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final List<Interruption> waiting = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();

    /// Does something just before the next call of this method whose path, query and, of DynamoDB,
    /// operation contain the text.
    void before(String method, String text, Runnable step) {
        add(
                method,
                text,
                call -> {
                    step.run();
                    return call.call();
                });
    }

    /// Lets the next such call reach the server but not its answer the client.
    void loseAnswer(String method, String text) {
        add(
                method,
                text,
                call -> {
                    call.call();
                    throw new IOException("The answer was lost");
                });
    }

    /// Ends the connection of the next such call as `url-connection-client` reports it.
    void breakOff(String method, String text) {
        add(
                method,
                text,
                _ -> {
                    throw new UncheckedIOException(new IOException("Broken pipe"));
                });
    }

    /// Answers the next such call as S3 does when it is asked too often.
    void slowDown(String method, String text) {
        add(
                method,
                text,
                _ ->
                        HttpExecuteResponse.builder()
                                .response(SdkHttpResponse.builder().statusCode(503).build())
                                .responseBody(
                                        AbortableInputStream.create(
                                                new ByteArrayInputStream(SLOW_DOWN)))
                                .build());
    }

    /// The calls since the last time this was asked.
    synchronized List<String> calls() {
        var made = List.copyOf(calls);
        calls.clear();
        return made;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var prepared = http.prepareRequest(request);
        String call =
                request.httpRequest().method()
                        + " "
                        + request.httpRequest().getUri().getRawPath()
                        + "?"
                        + request.httpRequest().encodedQueryParameters().orElse("")
                        + request.httpRequest().firstMatchingHeader("X-Amz-Target").orElse("");
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return next(call).of(prepared);
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    @Override
    public void close() {
        http.close();
    }

    private synchronized void add(String method, String text, Step step) {
        Predicate<String> when = call -> call.startsWith(method + " ") && call.contains(text);
        waiting.add(new Interruption(when, step));
    }

    private synchronized Step next(String call) {
        calls.add(call);
        for (var interruption : waiting) {
            if (interruption.when().test(call)) {
                waiting.remove(interruption);
                return interruption.step();
            }
        }
        return ExecutableHttpRequest::call;
    }

    /// What becomes of a call.
    private interface Step {
        HttpExecuteResponse of(ExecutableHttpRequest call) throws IOException;
    }

    private record Interruption(Predicate<String> when, Step step) {}
}
