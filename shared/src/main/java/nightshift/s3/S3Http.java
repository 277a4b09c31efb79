package nightshift.s3;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What lets the SDK repeat an upload over `url-connection-client` when a connection breaks.
///
/// The SDK asks with `Expect: 100-continue` before every upload, however small. That costs a round
/// trip, and a connection that breaks while it waits is reported as an `UncheckedIOException`,
/// which the SDK does not retry.
public final class S3Http implements SdkHttpClient {
    private final SdkHttpClient http;

    public S3Http(SdkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var builder =
                HttpExecuteRequest.builder()
                        .request(
                                request.httpRequest()
                                        .copy(headers -> headers.removeHeader("Expect")));
        request.contentStreamProvider().ifPresent(builder::contentStreamProvider);
        request.metricCollector().ifPresent(builder::metricCollector);
        var prepared = http.prepareRequest(builder.build());
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

    @Override
    public String clientName() {
        return http.clientName();
    }

    @Override
    public void close() {
        http.close();
    }
}
