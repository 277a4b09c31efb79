package nightshift.functions.lambda;

import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;

/// Connections of the JDK that are used again without a pause.
///
/// The JDK first listens for a millisecond whether a kept connection is still open, when a POST is
/// to be sent over it whose length it was told (`sun.net.www.http.HttpClient.available`): a
/// millisecond for every call of DynamoDB, Scheduler and EventBridge but the first. Not told, it
/// counts the body itself and sends both at once; should the connection turn out closed, it sends
/// them once more over a new one, as the SDK would after an error.
final class Connections implements SdkHttpClient {
    private final SdkHttpClient http;

    /// @param http over `url-connection-client`
    Connections(SdkHttpClient http) {
        this.http = http;
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        if (request.httpRequest().method() != SdkHttpMethod.POST) {
            return http.prepareRequest(request);
        }
        var untold = request.httpRequest().toBuilder().removeHeader("Content-Length").build();
        return http.prepareRequest(
                HttpExecuteRequest.builder()
                        .request(untold)
                        .contentStreamProvider(request.contentStreamProvider().orElse(null))
                        .build());
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
