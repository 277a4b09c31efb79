package nightshift.notification;

import org.jspecify.annotations.Nullable;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Receivers that keep what they are sent, or refuse it.
public final class RecordedWebhooks implements Webhooks {
    /// What a receiver was sent.
    public record Request(URI url, Map<String, String> headers, String body) {}

    private final List<Request> requests = new ArrayList<>();
    private @Nullable String refusal;

    /// Every receiver refuses from now on; null: takes what it is sent.
    public void refuse(@Nullable String reason) {
        refusal = reason;
    }

    /// All that was sent, also what was refused.
    public List<Request> requests() {
        return requests;
    }

    @Override
    public void post(URI url, Map<String, String> headers, byte[] body)
            throws NotDeliveredException {
        requests.add(new Request(url, headers, new String(body, StandardCharsets.UTF_8)));
        if (refusal != null) {
            throw new NotDeliveredException(refusal);
        }
    }
}
