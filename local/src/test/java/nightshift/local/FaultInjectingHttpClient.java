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

/// An HTTP client that injects faults. Before a call it can run code of the test. It can lose the
/// answer, break the connection, or answer that the server is busy.
final class FaultInjectingHttpClient implements SdkHttpClient {
    private static final byte[] SLOW_DOWN =
            "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
                    .getBytes(UTF_8);

    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final List<Interruption> waiting = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();

    /// Runs code before the next call with this method whose path, query or DynamoDB operation
    /// contains the text.
    void before(String method, String text, Runnable step) {
        add(
                method,
                text,
                call -> {
                    step.run();
                    return call.call();
                });
    }

    /// Loses the answer to the next such call, after the server has handled it.
    void loseAnswer(String method, String text) {
        add(
                method,
                text,
                call -> {
                    call.call();
                    throw new IOException("The answer was lost");
                });
    }

    /// Breaks the connection of the next such call, with the exception of `url-connection-client`.
    void breakOff(String method, String text) {
        add(
                method,
                text,
                _ -> {
                    throw new UncheckedIOException(new IOException("Broken pipe"));
                });
    }

    /// Throttles the next such call, as S3 does.
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

    /// The calls since the last call of this method.
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

    /// What happens to a call.
    private interface Step {
        HttpExecuteResponse of(ExecutableHttpRequest call) throws IOException;
    }

    private record Interruption(Predicate<String> when, Step step) {}
}
