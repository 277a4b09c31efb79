package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The HTTP client of a function. It refuses each request that the function's role does not allow.
///
/// It replaces IAM. The check is on the client's side, because the stand-ins know one account and
/// no roles.
final class IamHttpClient implements SdkHttpClient {
    private final SdkHttpClient http;
    private final Permissions permissions;

    IamHttpClient(SdkHttpClient http, Permissions permissions) {
        this.http = http;
        this.permissions = permissions;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var accesses = accesses(request);
        var prepared = http.prepareRequest(request);
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                for (var access : accesses) {
                    if (!permissions.allow(access)) return refusal(access);
                }
                var response = prepared.call();
                return response.httpResponse().statusCode() == 404
                        ? missing(accesses.getFirst(), response)
                        : response;
            }

            @Override
            public void abort() {
                prepared.abort();
            }
        };
    }

    static List<IamRequest> accesses(HttpExecuteRequest request) {
        return IamRequest.of(request.httpRequest(), body(request));
    }

    /// Answers 403 for a missing object if the role may not list the bucket, as S3 does.
    private HttpExecuteResponse missing(IamRequest access, HttpExecuteResponse response) {
        if (!access.action().equals("s3:GetObject")) return response;
        var listing = IamRequest.listing(access);
        return permissions.allow(listing) ? response : refusal(listing);
    }

    private static HttpExecuteResponse refusal(IamRequest access) {
        var message =
                "The function's role is not authorized to perform: %s on resource: %s %s"
                        .formatted(access.action(), access.resource(), access.context());
        boolean s3 = access.action().startsWith("s3:");
        var body =
                s3
                        ? "<Error><Code>AccessDenied</Code><Message>"
                                + message
                                + "</Message></Error>"
                        : JsonNodeFactory.instance
                                .objectNode()
                                .put("__type", "AccessDeniedException")
                                .put("message", message)
                                .toString();
        return HttpExecuteResponse.builder()
                .response(
                        SdkHttpResponse.builder()
                                .statusCode(s3 ? 403 : 400)
                                .putHeader("x-amzn-ErrorType", "AccessDeniedException")
                                .build())
                .responseBody(
                        AbortableInputStream.create(
                                new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                .build();
    }

    /// The body of a JSON request. Other requests name their action in the request line and
    /// headers.
    private static byte[] body(HttpExecuteRequest request) {
        var type = request.httpRequest().firstMatchingHeader("Content-Type").orElse("");
        var content = request.contentStreamProvider();
        if (content.isEmpty() || !type.matches("application/(x-amz-json-.*|json)"))
            return new byte[0];
        try (var stream = content.get().newStream()) {
            return stream.readAllBytes();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
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
