package nightshift.s3;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

import java.time.Instant;
import java.util.Base64;

class PostPolicyTest {
    private static final String ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE";
    private static final String SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    /// The example of Amazon's S3 API reference, "Browser-Based Upload using HTTP POST (Using AWS
    /// Signature Version 4)": its policy, to the byte, and its signature.
    @Test
    void signs_the_published_example_as_published() {
        String policy =
                """
                { "expiration": "2015-12-30T12:00:00.000Z",
                  "conditions": [
                    {"bucket": "sigv4examplebucket"},
                    ["starts-with", "$key", "user/user1/"],
                    {"acl": "public-read"},
                    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},
                    ["starts-with", "$Content-Type", "image/"],
                    {"x-amz-meta-uuid": "14365123651274"},
                    {"x-amz-server-side-encryption": "AES256"},
                    ["starts-with", "$x-amz-meta-tag", ""],

                    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},
                    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
                    {"x-amz-date": "20151229T000000Z" }
                  ]
                }\
                """
                        .replace("\n", "\r\n");
        String encoded = Base64.getEncoder().encodeToString(policy.getBytes(UTF_8));
        assertThat(encoded)
                .startsWith(
                        "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFs");
        assertThat(PostPolicy.signature(SECRET_KEY, "20151229", "us-east-1", encoded))
                .isEqualTo("8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e");
    }

    @Test
    void names_every_field_of_the_form_in_the_policy() {
        var now = Instant.parse("2015-12-29T00:00:00.123Z");
        var policy =
                new PostPolicy(
                        "bucket", "tasks/a \"b\".txt", "text/plain", 65_540, now.plusSeconds(60));
        var session =
                AwsSessionCredentialsIdentity.create(ACCESS_KEY, SECRET_KEY, "a-session-token");
        var fields = policy.fields(session, "us-east-1", now);
        assertThat(fields)
                .containsOnlyKeys(
                        "key",
                        "Content-Type",
                        "x-amz-algorithm",
                        "x-amz-credential",
                        "x-amz-date",
                        "x-amz-security-token",
                        "policy",
                        "x-amz-signature")
                .doesNotContainValue(SECRET_KEY);
        assertThat(new String(Base64.getDecoder().decode(fields.get("policy")), UTF_8))
                .isEqualTo(
                        "{\"expiration\":\"2015-12-29T00:01:00Z\",\"conditions\":[{\"bucket\":\"bucket\"},"
                                + "{\"key\":\"tasks/a \\\"b\\\".txt\"},{\"Content-Type\":\"text/plain\"},"
                                + "{\"x-amz-algorithm\":\"AWS4-HMAC-SHA256\"},"
                                + "{\"x-amz-credential\":\"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},"
                                + "{\"x-amz-date\":\"20151229T000000Z\"},{\"x-amz-security-token\":\"a-session-token\"},"
                                + "[\"content-length-range\",0,65540]]}");
        assertThat(
                        policy.fields(
                                AwsCredentialsIdentity.create(ACCESS_KEY, SECRET_KEY),
                                "us-east-1",
                                now))
                .doesNotContainKey("x-amz-security-token");
    }
}
