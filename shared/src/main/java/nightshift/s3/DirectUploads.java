package nightshift.s3;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;

/// Sends an upload's body at once instead of asking the server first.
///
/// The SDK has every upload wait for `100 Continue`. That is one round trip more for an append of a
/// few lines, and a connection that breaks during the wait is reported by `url-connection-client`
/// in a way that the SDK does not retry.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1">RFC 9110: Expect</a>
public final class DirectUploads implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(
            Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        return context.httpRequest().toBuilder().removeHeader("Expect").build();
    }
}
