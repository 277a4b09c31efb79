package nightshift.local;

import nightshift.run.RunLogs;
import nightshift.s3.Bucket;
import nightshift.s3.S3Http;
import nightshift.s3.S3Objects;
import nightshift.s3.S3RunLogs;
import nightshift.s3.UrlSigner;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The local run's S3, one for all tests; each takes a bucket of its own.
final class S3Server {
    private static final LocalS3 SERVER = start();

    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY));

    private S3Server() {}

    static S3Client client() {
        return client(UrlConnectionHttpClient.create());
    }

    static S3Client client(SdkHttpClient http) {
        return S3Http.clientBuilder()
                .endpointOverride(SERVER.endpoint())
                .region(Region.of(LocalAccount.REGION))
                .credentialsProvider(CREDENTIALS)
                .httpClient(new S3Http(http))
                .build();
    }

    static S3Objects objects(String bucket, SdkHttpClient http) {
        return new S3Objects(at(bucket), new S3Http(http));
    }

    static RunLogs logs(String bucket, SdkHttpClient http) {
        return new S3RunLogs(
                objects(bucket, http), () -> client(http), signer(bucket, Clock.systemUTC()));
    }

    static UrlSigner signer(String bucket, Clock clock) {
        return new UrlSigner(at(bucket), clock);
    }

    private static Bucket at(String bucket) {
        try (var s3 = client()) {
            var client = s3.serviceClientConfiguration();
            return new Bucket(bucket, client, Optional.of(SERVER.endpoint()));
        }
    }

    static String bucket(S3Client s3) {
        String bucket = "bucket-" + UUID.randomUUID();
        s3.createBucket(create -> create.bucket(bucket));
        return bucket;
    }

    private static LocalS3 start() {
        try {
            return LocalS3.start(0, Files.createTempDirectory("nightshift-s3-"), Set.of());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
