package nightshift.s3;

import nightshift.run.PresignedUrl;
import nightshift.run.UploadForm;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Signs links and upload forms that live exactly as long as they say: never longer than the
/// credentials that signed them.
///
/// Credentials are asked for at every signing, so none that were fetched before a SnapStart
/// snapshot outlive it here, and the provider renews them when it must. Some credentials do not say
/// when they end (static keys; a function's own environment variables): they are taken to live on.
///
/// This is the SDK's own signer without the S3 client and its presigner around it, which load some
/// 500 classes.
public final class UrlSigner {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

    private final Bucket bucket;
    private final Clock clock;

    public UrlSigner(Bucket bucket, Clock clock) {
        this.bucket = bucket;
        this.clock = clock;
    }

    /// A link for one GET; nothing without credentials that live.
    ///
    /// @param parameters that change the answer, as `response-content-disposition` does
    Optional<PresignedUrl> get(String key, Map<String, String> parameters, Duration wanted) {
        return signature(wanted).map(signature -> signed(key, parameters, signature));
    }

    private PresignedUrl signed(String key, Map<String, String> parameters, Signature signature) {
        var request = SdkHttpRequest.builder().method(SdkHttpMethod.GET).uri(bucket.url(key));
        parameters.forEach(request::putRawQueryParameter);
        var signed =
                SIGNER.sign(sign ->
                        sign.identity(signature.credentials())
                                .request(request.build())
                                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                .putProperty(AwsV4HttpSigner.REGION_NAME, bucket.region())
                                .putProperty(
                                        AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                                .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, signature.life())
                                .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        return new PresignedUrl(signed.request().getUri(), signature.life());
    }

    /// A form for one POST; nothing without credentials that live.
    Optional<UploadForm> post(String key, String contentType, long largest, Duration wanted) {
        return signature(wanted)
                .map(signature -> {
                    var now = clock.instant();
                    var ends = now.plus(signature.life());
                    var fields =
                            new PostPolicy(bucket.name(), key, contentType, largest, ends)
                                    .fields(signature.credentials(), bucket.region(), now);
                    return new UploadForm(bucket.url(""), fields, signature.life());
                });
    }

    private Optional<Signature> signature(Duration wanted) {
        AwsCredentialsIdentity current;
        try {
            current = bucket.credentials();
        } catch (SdkClientException | CompletionException unavailable) {
            System.getLogger(UrlSigner.class.getName())
                    .log(Level.WARNING, "no credentials to sign a URL with", unavailable);
            return Optional.empty();
        }
        var life = shorter(wanted, LONGEST);
        var ends = current.expirationTime();
        if (ends.isPresent()) life = shorter(life, Duration.between(clock.instant(), ends.get()));
        life = Duration.ofSeconds(life.toSeconds());
        return life.isPositive() ? Optional.of(new Signature(current, life)) : Optional.empty();
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// With what is signed, and for how long.
    private record Signature(AwsCredentialsIdentity credentials, Duration life) {}
}
