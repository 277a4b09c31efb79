package nightshift.webhook;

import nightshift.text.Hmac;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Signatures by the Standard Webhooks specification: an HMAC-SHA256 of id, time and body.
///
/// @see <a
///   href="https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md">Standard
///   Webhooks</a>
public final class StandardWebhook {
    private static final String PREFIX = "whsec_";

    /// The specification asks for 24 to 64 bytes.
    private static final int SECRET_BYTES = 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    private StandardWebhook() {}

    /// A new secret: `whsec_` and random bytes in Base64.
    public static String newSecret() {
        var bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return PREFIX + Base64.getEncoder().encodeToString(bytes);
    }

    /// The headers of a message.
    ///
    /// @param sent when this attempt is made
    public static Map<String, String> headers(
            String secret, String messageId, Instant sent, byte[] body) {
        var time = String.valueOf(sent.getEpochSecond());
        var key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        var signed = messageId + "." + time + "." + new String(body, StandardCharsets.UTF_8);
        var headers = new LinkedHashMap<String, String>();
        headers.put("webhook-id", messageId);
        headers.put("webhook-timestamp", time);
        headers.put(
                "webhook-signature",
                "v1," + Base64.getEncoder().encodeToString(Hmac.sha256(key, signed)));
        return headers;
    }
}
