package nightshift.local;

import nightshift.functions.lambda.AwsHttpClient;
import nightshift.s3.S3Links;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;

/// The local run's S3 server, shared by all tests. Each test has its own bucket.
final class S3Server {
    private static final LocalS3 SERVER = start();

    private static final StaticCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY));

    private S3Server() {}

    static int port() {
        return SERVER.endpoint().getPort();
    }

    static S3Client client() {
        return client(UrlConnectionHttpClient.create());
    }

    static S3Client client(SdkHttpClient http) {
        return S3Client.builder()
                .endpointOverride(SERVER.endpoint())
                .region(Region.of(LocalAccount.REGION))
                .credentialsProvider(CREDENTIALS)
                .httpClient(new AwsHttpClient(http))
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .build();
    }

    static S3Links links(String bucket, Clock clock) {
        var presigner =
                S3Presigner.builder()
                        .endpointOverride(SERVER.endpoint())
                        .region(Region.of(LocalAccount.REGION))
                        .credentialsProvider(CREDENTIALS)
                        .build();
        return new S3Links(client(), presigner, bucket, clock);
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
