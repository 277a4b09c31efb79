package nightshift.local;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// The real connection to the server, on which a test can step in before a call, or lose its
/// answer.
final class Interruptions implements SdkHttpClient {
    private final SdkHttpClient http = UrlConnectionHttpClient.create();
    private final List<Interruption> waiting = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();

    /// Does something just before the next call of this method whose path and query contain the
    /// text.
    void before(String method, String text, Runnable step) {
        add(
                new Interruption(
                        request(method, text),
                        () -> {
                            step.run();
                            return true;
                        }));
    }

    /// Lets the next such call reach the server but not its answer the client.
    void loseAnswer(String method, String text) {
        add(new Interruption(request(method, text), () -> false));
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
                        + request.httpRequest().encodedQueryParameters().orElse("");
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                boolean answered = next(call);
                var response = prepared.call();
                if (!answered) throw new IOException("The answer was lost");
                return response;
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

    private static Predicate<String> request(String method, String text) {
        return call -> call.startsWith(method + " ") && call.contains(text);
    }

    private synchronized void add(Interruption interruption) {
        waiting.add(interruption);
    }

    private boolean next(String call) {
        return take(call).getAsBoolean();
    }

    private synchronized BooleanSupplier take(String call) {
        calls.add(call);
        for (var interruption : waiting) {
            if (interruption.when().test(call)) {
                waiting.remove(interruption);
                return interruption.step();
            }
        }
        return () -> true;
    }

    private record Interruption(Predicate<String> when, BooleanSupplier step) {}
}
