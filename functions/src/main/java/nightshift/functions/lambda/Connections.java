package nightshift.functions.lambda;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Connections of the JDK that are used again without a pause.
///
/// The JDK first listens for a millisecond whether a kept connection is still open, when a POST is
/// to be sent over it whose length it was told (`sun.net.www.http.HttpClient.available`): a
/// millisecond for every call of DynamoDB, Scheduler and EventBridge but the first. Not told, it
/// counts the body itself and sends both at once; should the connection turn out closed, it sends
/// them once more over a new one, as the SDK would after an error.
///
/// The SDK sends `Expect: 100-continue` with each PUT that has a body, and waits for an answer
/// before it sends the body. SDK 2.41 has no switch for it, so the header is removed here.
public final class Connections implements SdkHttpClient {
    private final SdkHttpClient http;

    /// @param http over `url-connection-client`
    public Connections(SdkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var changed = request.httpRequest().toBuilder();
        switch (request.httpRequest().method()) {
            case POST -> changed.removeHeader("Content-Length");
            case PUT -> changed.removeHeader("Expect");
            default -> {}
        }
        return new Retryable(
                http.prepareRequest(
                        HttpExecuteRequest.builder()
                                .request(changed.build())
                                .contentStreamProvider(request.contentStreamProvider().orElse(null))
                                .build()));
    }

    /// `url-connection-client` reports a connection that breaks in the middle of a request as an
    /// `UncheckedIOException`. The SDK repeats a request after an `IOException` only.
    private record Retryable(ExecutableHttpRequest request) implements ExecutableHttpRequest {
        @Override
        public HttpExecuteResponse call() throws IOException {
            try {
                return request.call();
            } catch (UncheckedIOException broken) {
                throw new IOException(broken.getCause());
            }
        }

        @Override
        public void abort() {
            request.abort();
        }
    }

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        http.close();
    }
}
