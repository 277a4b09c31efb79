package nightshift.log;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.CallBuilder;
import nightshift.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// No secret reaches a log line, wherever it stands and however it is written.
class SecretMaskTest {
    private static final String HMAC = "5b1f".repeat(16);
    private static final String WORKER_KEY =
            "phr_7.0190a0de-0000-7000-8000-000000000001.0190a0de-0000-7000-8000-000000000002.1900000000."
                    + HMAC;
    private static final String SESSION_TOKEN = "IQoJb3JpZ2luX2VjE/+Zm9vYmFy==";

    /// A text, and the part of it that is a secret.
    record Leak(String text, String secret) {}

    static Stream<Leak> leaks() {
        return Stream.of(
                new Leak(CallBuilder.KEY, CallBuilder.KEY),
                new Leak("the key " + CallBuilder.KEY + ".", CallBuilder.KEY),
                new Leak("?personal_api_key=" + CallBuilder.KEY + "&limit=1", CallBuilder.KEY),
                new Leak("personal_api_key=sesame&limit=1", "sesame"),
                new Leak("PHX_ABCDEFGH", "ABCDEFGH"),
                new Leak("phx%5Fabcdefgh", "abcdefgh"),
                new Leak(WORKER_KEY, WORKER_KEY),
                new Leak("{\"key\":\"" + WORKER_KEY + "\"}", HMAC),
                new Leak("signed with whsec_c2VzYW1l+/=", "c2VzYW1l"),
                new Leak("{\"s\":\"whsec_c2VzYW1l\"}", "c2VzYW1l"),
                new Leak("whsec%5Fc2VzYW1l", "c2VzYW1l"),
                new Leak("claim_token=sesame", "sesame"),
                new Leak("{\"claim_token\": \"sesame\"}", "sesame"),
                new Leak("{\"claim_token\":{\"S\":\"sesame\"}}", "sesame"),
                new Leak("{claim_token=AttributeValue(S=sesame)}", "sesame"),
                new Leak("Claim[claimToken=sesame, run=1]", "sesame"),
                new Leak("The claim token " + HMAC + " is not this run's.", HMAC),
                new Leak("TaskRun[id=1, secret=sesame, claimant=null]", "sesame"),
                new Leak("https://b.example/o?X-Amz-Signature=" + HMAC + "&X-Amz-Date=1", HMAC),
                new Leak("https://b.example/o?x-amz-signature=abc123", "abc123"),
                new Leak("X-Amz-Signature\\u003dabc123\\u0026X-Amz-Date\\u003d1", "abc123"),
                new Leak("X-Amz-Signature%3Dabc123%26X-Amz-Date%3D1", "abc123"),
                new Leak("{\"x-amz-signature\":\"abc123\",\"key\":\"o\"}", "abc123"),
                new Leak("X-Amz-Security-Token=" + SESSION_TOKEN + "&a=b", SESSION_TOKEN),
                new Leak("{\"x-amz-security-token\": \"" + SESSION_TOKEN + "\"}", SESSION_TOKEN),
                new Leak("<Token-0>" + SESSION_TOKEN + "</Token-0>", SESSION_TOKEN),
                new Leak("<SignatureProvided>" + HMAC + "</SignatureProvided>", HMAC),
                new Leak("/logs/?expires=1900000000&signature=" + HMAC, HMAC),
                new Leak("/logs/?expires=1900000000&signature=abc123", "abc123"),
                new Leak("Authorization: Bearer sesame", "sesame"),
                new Leak("authorization=[Bearer sesame]", "sesame"),
                new Leak("{\"Authorization\":\"Basic c2VzYW1l\"}", "c2VzYW1l"),
                new Leak("Authorization: Token sesame", "sesame"),
                new Leak("curl -H 'Authorization: Bearer sesame' https://a", "sesame"),
                new Leak("Bearer sesame-sesame", "sesame"),
                new Leak(
                        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/2026/r/s3/aws4_request,"
                                + " SignedHeaders=host, Signature=abc123",
                        "abc123"),
                new Leak("aws_secret_access_key = sesame", "sesame"),
                new Leak("https://x-access-token:sesame@git.example/a/b", "sesame"));
    }

    @ParameterizedTest
    @MethodSource("leaks")
    void a_secret_is_masked_in_every_part_of_a_line(Leak leak) {
        var shapes =
                List.of(
                        leak.text(),
                        "before\n" + leak.text() + "\nafter",
                        Json.text(Json.object().put("detail", leak.text())),
                        Json.text(
                                Json.object()
                                        .put("a", Json.text(Json.object().put("b", leak.text())))),
                        Json.text(Json.object().put("detail", leak.text())).replace("/", "\\/"),
                        URLEncoder.encode(leak.text(), StandardCharsets.UTF_8));
        for (var shape : shapes) {
            var cause = new IllegalStateException("outer", new IllegalStateException(shape));
            var suppressed = new IllegalStateException("outer");
            suppressed.addSuppressed(new IllegalArgumentException(shape));
            assertMasked(leak, Log.line("INFO", shape, Map.of(), null));
            assertMasked(leak, Log.line("INFO", "m", Map.of("detail", shape), null));
            assertMasked(leak, Log.line("WARN", "m", Map.of(), new IllegalStateException(shape)));
            assertMasked(leak, Log.line("ERROR", "m", Map.of(), cause));
            assertMasked(leak, Log.line("ERROR", "m", Map.of(), suppressed));
        }
    }

    @Test
    void a_field_whose_name_says_secret_is_masked_whole() {
        for (var name : List.of("claim_token", "signature", "secret", "Authorization")) {
            assertThat(Log.line("INFO", "m", Map.of(name, "open sesame"), null))
                    .doesNotContain("sesame");
        }
    }

    @Test
    void what_is_no_secret_stays() {
        for (var text :
                List.of(
                        "automation 0190a0de-0000-7000-8000-000000000001 was changed",
                        "Personal API key found in request Authorization header is invalid.",
                        "Unrecognized token 'abc': was expecting JSON",
                        "https://b.example/o?X-Amz-Expires=5",
                        "Invalid signature",
                        "WWW-Authenticate: Bearer",
                        "git@github.com:a/b")) {
            assertThat(SecretMask.mask(text)).isEqualTo(text);
        }
    }

    @Test
    @Timeout(10)
    void a_long_text_is_masked_in_bounded_time() {
        for (var part :
                List.of(
                        "token",
                        "\\",
                        "a",
                        "=",
                        "\"",
                        "%25",
                        "+",
                        "authorization:",
                        "://",
                        "Bearer ")) {
            for (var start : List.of("", "token", "token=", "authorization=", "phx_", "https://")) {
                var text = start + part.repeat(200_000 / part.length());
                assertThat(SecretMask.mask(text)).isNotNull();
            }
        }
    }

    private static void assertMasked(Leak leak, String line) {
        assertThat(Json.text(Json.stored(line))).isEqualTo(line);
        assertThat(line)
                .doesNotContain(leak.secret())
                .doesNotContain(URLEncoder.encode(leak.secret(), StandardCharsets.UTF_8))
                .doesNotContain(leak.secret().replace("/", "\\\\/"));
    }
}
