package nightshift.s3;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What uploads need of `url-connection-client`.
///
/// The SDK asks S3 for `100 Continue` before each of them. A small one is sent at once instead:
/// asking takes longer than sending it, and a refusal is then an answer, not a broken connection.
///
/// A connection that breaks while the SDK waits, perhaps one that was kept alive for too long, is
/// reported as an `UncheckedIOException`, which the SDK does not retry; as an `IOException` it
/// does.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-expect">RFC 9110: Expect</a>
public final class S3Http implements SdkHttpClient {
    /// In bytes.
    private static final long SMALL = 128 << 10;

    private final SdkHttpClient http;

    public S3Http(SdkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var prepared = http.prepareRequest(withoutAsking(request));
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                try {
                    return prepared.call();
                } catch (UncheckedIOException broken) {
                    throw new IOException(broken.getCause());
                }
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    private static HttpExecuteRequest withoutAsking(HttpExecuteRequest request) {
        var asking = request.httpRequest();
        long length = asking.firstMatchingHeader("Content-Length").map(Long::parseLong).orElse(0L);
        if (length > SMALL || asking.firstMatchingHeader("Expect").isEmpty()) return request;
        var sending = asking.toBuilder().removeHeader("Expect").build();
        return HttpExecuteRequest.builder()
                .request(sending)
                .contentStreamProvider(request.contentStreamProvider().orElse(null))
                .metricCollector(request.metricCollector().orElse(null))
                .build();
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
