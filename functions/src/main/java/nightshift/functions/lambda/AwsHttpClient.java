package nightshift.functions.lambda;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.IOException;
import java.io.UncheckedIOException;

/// The SDK's HTTP client for all of AWS's services, with three habits of the JDK and the SDK
/// corrected.
///
/// | what | why |
/// | --- | --- |
/// | a `POST` is sent without `Content-Length` | with a known length, the JDK waits for a millisecond before it reuses a connection, to see whether the server has closed it (`sun.net.www.http.HttpClient.available`). Without, it counts the body itself and, if the connection is closed, repeats the request over a new one |
/// | `Expect: 100-continue` is removed | the SDK sends it with every `PUT` that has a body. It costs a round trip, and 2.41 has no switch for it |
/// | an `UncheckedIOException` is thrown as an `IOException` | `url-connection-client` throws the first when a connection breaks in the middle of a request, and the SDK retries after the second only |
public final class AwsHttpClient implements SdkHttpClient {
    private final SdkHttpClient http;

    /// @param http over `url-connection-client`
    public AwsHttpClient(SdkHttpClient http) {
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
