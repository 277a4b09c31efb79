package nightshift.local;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Verifies AWS Signature Version 4 in the `Authorization` header. Without it, a client without
/// credentials would fail only after the deployment.
final class Signature {
    private static final Pattern AUTHORIZATION =
            Pattern.compile(
                    "AWS4-HMAC-SHA256 Credential=(?<key>[^/,]+)/(?<scope>[^,]+),"
                            + "\\s*SignedHeaders=(?<headers>[^,]+),\\s*Signature=(?<signature>\\w+)");

    private Signature() {}

    static void check(AwsApiRequest request) {
        var authorization = AUTHORIZATION.matcher(request.header("Authorization").orElse(""));
        if (!authorization.matches()) {
            throw new AwsApiException(
                    403, "MissingAuthenticationTokenException", "Missing Authentication Token");
        }
        if (!authorization.group("key").equals(LocalAccount.ACCESS_KEY)) {
            throw new AwsApiException(
                    403,
                    "UnrecognizedClientException",
                    "The security token included in the request is invalid.");
        }
        var expected =
                signature(request, authorization.group("scope"), authorization.group("headers"));
        if (!expected.equals(authorization.group("signature"))) {
            throw new AwsApiException(
                    403,
                    "InvalidSignatureException",
                    "The request signature we calculated does not match the signature you"
                            + " provided.");
        }
    }

    private static String signature(AwsApiRequest request, String scope, String signedHeaders) {
        var toSign =
                String.join(
                        "\n",
                        "AWS4-HMAC-SHA256",
                        request.header("X-Amz-Date").orElse(""),
                        scope,
                        sha256(canonical(request, signedHeaders)));
        var key = ("AWS4" + LocalAccount.SECRET_KEY).getBytes(StandardCharsets.UTF_8);
        for (var part : scope.split("/", -1)) key = hmac(key, part);
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static String canonical(AwsApiRequest request, String signedHeaders) {
        var headers =
                Arrays.stream(signedHeaders.split(";", -1))
                        .map(name -> name + ":" + canonicalHeader(request.header(name)) + "\n")
                        .collect(Collectors.joining());
        var query =
                request.query().entrySet().stream()
                        .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                        .sorted()
                        .collect(Collectors.joining("&"));
        return String.join(
                "\n",
                request.method(),
                canonicalPath(request.rawPath()),
                query,
                headers,
                signedHeaders,
                sha256(request.body()));
    }

    private static String canonicalHeader(Optional<String> value) {
        return value.orElse("").strip().replaceAll(" +", " ");
    }

    /// All services except S3 sign the path URI-encoded twice.
    private static String canonicalPath(String rawPath) {
        return Arrays.stream(rawPath.split("/", -1))
                .map(Signature::encode)
                .collect(Collectors.joining("/"));
    }

    private static String encode(String text) {
        var encoded = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    octet > 0 && (Character.isLetterOrDigit(octet) || "-_.~".indexOf(octet) >= 0);
            encoded.append(
                    plain
                            ? String.valueOf((char) octet)
                            : String.format(Locale.ROOT, "%%%02X", octet));
        }
        return encoded.toString();
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
