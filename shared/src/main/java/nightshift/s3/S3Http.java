package nightshift.s3;

import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

import java.io.IOException;
import java.io.UncheckedIOException;

/// What uploads need of `url-connection-client`, and of the SDK.
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

    /// A client that sends a body as it is. The SDK would send it in chunks, with a checksum behind
    /// the last: 60 classes more for a function's first call, and S3 has refused to complete
    /// uploads in parts that came with checksums it had not been told to expect. TLS protects the
    /// bytes on their way, and S3 keeps a checksum of its own.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html">AWS:
    ///   data integrity protections of the SDKs</a>
    /// @see <a href="https://github.com/aws/aws-sdk-go-v2/issues/3005">refused completions</a>
    public static S3ClientBuilder clientBuilder() {
        return S3Client.builder()
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false));
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
