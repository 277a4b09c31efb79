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

/// Connections that say what the SDK must know to try again: `url-connection-client` reports one
/// that breaks in the middle of a request, perhaps one that was kept alive for too long, as an
/// `UncheckedIOException`, which nobody retries; here it is an `IOException`.
public final class S3Http implements SdkHttpClient {
    private final SdkHttpClient http;

    public S3Http(SdkHttpClient http) {
        this.http = http;
    }

    /// A client that sends a body as it is. The SDK would send it in chunks, with a checksum behind
    /// the last, and S3 has refused to complete uploads in parts that came with checksums it had
    /// not been told to expect. TLS protects the bytes on their way, and S3 keeps a checksum of its
    /// own.
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
        var prepared = http.prepareRequest(request);
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
