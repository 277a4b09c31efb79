package nightshift.s3;

import nightshift.json.Json;
import nightshift.text.Hmac;

import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a browser-based upload may do: one key, one content type, a size, for a while. The SDK has
/// no signer for this form of Signature Version 4.
record PostPolicy(String bucket, String key, String contentType, long largest, Instant expiration) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    /// The fields of the form, signed at this moment.
    Map<String, String> fields(AwsCredentialsIdentity credentials, String region, Instant now) {
        String time = TIME.format(now);
        String date = time.substring(0, 8);
        var fields = new LinkedHashMap<String, String>();
        fields.put("key", key);
        fields.put("Content-Type", contentType);
        fields.put("x-amz-algorithm", "AWS4-HMAC-SHA256");
        fields.put(
                "x-amz-credential",
                "%s/%s/%s/s3/aws4_request".formatted(credentials.accessKeyId(), date, region));
        fields.put("x-amz-date", time);
        if (credentials instanceof AwsSessionCredentialsIdentity session) {
            fields.put("x-amz-security-token", session.sessionToken());
        }
        String policy =
                Base64.getEncoder().encodeToString(json(fields).getBytes(StandardCharsets.UTF_8));
        fields.put("policy", policy);
        fields.put(
                "x-amz-signature", signature(credentials.secretAccessKey(), date, region, policy));
        return fields;
    }

    /// The signature of a policy in its Base64 form.
    static String signature(String secret, String date, String region, String policy) {
        byte[] signingKey = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (var part : new String[] {date, region, "s3", "aws4_request"}) {
            signingKey = Hmac.sha256(signingKey, part);
        }
        return HexFormat.of().formatHex(Hmac.sha256(signingKey, policy));
    }

    private String json(Map<String, String> fields) {
        var policy = Json.object();
        policy.put("expiration", expiration.truncatedTo(ChronoUnit.SECONDS).toString());
        var conditions = policy.putArray("conditions");
        conditions.addObject().put("bucket", bucket);
        fields.forEach((name, value) -> conditions.addObject().put(name, value));
        conditions.addArray().add("content-length-range").add(0).add(largest);
        return Json.text(policy);
    }
}
