package nightshift.s3;

import nightshift.run.ContentType;
import nightshift.run.PresignedUrl;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.UploadForm;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.lang.System.Logger.Level;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/// Presigned URLs and forms for the bucket's objects.
///
/// S3 refuses a URL when the credentials that signed it have expired, whatever the URL says. So a
/// URL is signed for the time that was asked for, or for the remaining life of the credentials if
/// that is less. Credentials without an expiration time are taken to live on.
public final class S3Links implements StorageLinks {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final S3Client s3;
    private final S3Presigner presigner;
    private final String bucket;
    private final Clock clock;

    /// @param presigner with the region, credentials and endpoint of the client
    public S3Links(S3Client s3, S3Presigner presigner, String bucket, Clock clock) {
        this.s3 = s3;
        this.presigner = presigner;
        this.bucket = bucket;
        this.clock = clock;
    }

    /// The name is part of what is signed: the link is always a download, so that no upload shows
    /// as a page of the bucket's host.
    @Override
    public Optional<PresignedUrl> artifact(
            StoragePath path, String name, String contentType, Duration life) {
        return get(
                path.value(),
                ContentDisposition.attachment(name),
                ContentType.forHeader(contentType),
                life);
    }

    @Override
    public Optional<UploadForm> artifactUpload(
            StoragePath path, String contentType, long largest, Duration life) {
        return signature(life)
                .map(signature -> {
                    var now = clock.instant();
                    var policy =
                            new PostPolicy(
                                    bucket,
                                    path.value(),
                                    ContentType.forHeader(contentType),
                                    largest,
                                    now.plus(signature.life()));
                    var region = s3.serviceClientConfiguration().region().id();
                    var fields = policy.fields(signature.credentials(), region, now);
                    return new UploadForm(bucketUrl(), fields, signature.life());
                });
    }

    /// A link for one GET; empty without credentials that live.
    ///
    /// @param disposition the `Content-Disposition` of the answer; null: none
    Optional<PresignedUrl> get(String key, @Nullable String disposition, Duration wanted) {
        return get(key, disposition, null, wanted);
    }

    private Optional<PresignedUrl> get(
            String key,
            @Nullable String disposition,
            @Nullable String contentType,
            Duration wanted) {
        return signature(wanted)
                .map(signature -> {
                    var url =
                            presigner
                                    .presignGetObject(presign ->
                                            presign.signatureDuration(signature.life())
                                                    .getObjectRequest(get ->
                                                            get.bucket(bucket)
                                                                    .key(key)
                                                                    .responseContentType(
                                                                            contentType)
                                                                    .responseContentDisposition(
                                                                            disposition)))
                                    .url();
                    return new PresignedUrl(URI.create(url.toString()), signature.life());
                });
    }

    private URI bucketUrl() {
        try {
            var object = s3.utilities().getUrl(get -> get.bucket(bucket).key("key"));
            return object.toURI().resolve(".");
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private Optional<Signature> signature(Duration wanted) {
        AwsCredentialsIdentity current;
        try {
            current =
                    s3.serviceClientConfiguration().credentialsProvider().resolveIdentity().join();
        } catch (SdkClientException | CompletionException unavailable) {
            System.getLogger(S3Links.class.getName())
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

    /// What a link is signed with, and for how long.
    private record Signature(AwsCredentialsIdentity credentials, Duration life) {}
}
