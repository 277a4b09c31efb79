package nightshift.s3;

import nightshift.run.PresignedUrl;
import nightshift.run.UploadForm;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.ResolveIdentityRequest;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/// Signs links and upload forms that live exactly as long as they say: never longer than the
/// credentials that signed them.
///
/// Credentials are asked for at every signing, so none that were fetched before a SnapStart
/// snapshot outlive it here, and the provider renews them when it must. Some credentials do not say
/// when they end (static keys; a function's own environment variables): they are taken to live on.
public final class UrlSigner {
    private static final System.Logger LOG = System.getLogger(UrlSigner.class.getName());
    private static final Duration LONGEST = Duration.ofHours(1);

    private final S3Client s3;
    private final S3Presigner presigner;
    private final Clock clock;

    /// Signs with the client's own credentials and region, for the endpoint that the client itself
    /// would call.
    ///
    /// The clock says how long credentials still live. The SDK dates its links by the system's
    /// clock.
    public UrlSigner(S3Client s3, Clock clock) {
        var settings = s3.serviceClientConfiguration();
        var builder =
                S3Presigner.builder()
                        .region(settings.region())
                        .credentialsProvider(settings.credentialsProvider());
        settings.endpointOverride().ifPresent(builder::endpointOverride);
        this.s3 = s3;
        this.presigner = builder.build();
        this.clock = clock;
    }

    /// A link for one GET; nothing without credentials that live.
    Optional<PresignedUrl> get(Consumer<GetObjectRequest.Builder> request, Duration wanted) {
        return signature(wanted)
                .map(signature -> {
                    var presigned =
                            presigner.presignGetObject(presign ->
                                    presign.signatureDuration(signature.life())
                                            .getObjectRequest(get ->
                                                    get.applyMutation(request)
                                                            .overrideConfiguration(with ->
                                                                    with.credentialsProvider(
                                                                            signature))));
                    return new PresignedUrl(
                            URI.create(presigned.url().toString()), signature.life());
                });
    }

    /// A form for one POST; nothing without credentials that live.
    Optional<UploadForm> post(
            String bucket, String key, String contentType, long largest, Duration wanted) {
        return signature(wanted)
                .map(signature -> {
                    var now = clock.instant();
                    var fields =
                            new PostPolicy(
                                            bucket,
                                            key,
                                            contentType,
                                            largest,
                                            now.plus(signature.life()))
                                    .fields(
                                            signature.credentials(),
                                            s3.serviceClientConfiguration().region().id(),
                                            now);
                    return new UploadForm(bucketUrl(bucket), fields, signature.life());
                });
    }

    private Optional<Signature> signature(Duration wanted) {
        AwsCredentialsIdentity credentials;
        try {
            credentials =
                    s3.serviceClientConfiguration().credentialsProvider().resolveIdentity().join();
        } catch (SdkClientException | CompletionException unavailable) {
            LOG.log(System.Logger.Level.WARNING, "no credentials to sign a URL with", unavailable);
            return Optional.empty();
        }
        var life = shorter(wanted, LONGEST);
        var ends = credentials.expirationTime();
        if (ends.isPresent()) life = shorter(life, Duration.between(clock.instant(), ends.get()));
        life = Duration.ofSeconds(life.toSeconds());
        return life.isPositive() ? Optional.of(new Signature(credentials, life)) : Optional.empty();
    }

    /// Where the client would find any key of the bucket, in the style that its endpoint asks for.
    private URI bucketUrl(String bucket) {
        try {
            return s3.utilities().getUrl(url -> url.bucket(bucket).key("key")).toURI().resolve(".");
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// The credentials of one signing, as the provider that the SDK asks for.
    private record Signature(AwsCredentialsIdentity credentials, Duration life)
            implements IdentityProvider<AwsCredentialsIdentity> {
        @Override
        public Class<AwsCredentialsIdentity> identityType() {
            return AwsCredentialsIdentity.class;
        }

        @Override
        public CompletableFuture<AwsCredentialsIdentity> resolveIdentity(
                ResolveIdentityRequest request) {
            return CompletableFuture.completedFuture(credentials);
        }
    }
}
