package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.testing.Together;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;

import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Tests the properties of S3 that the logs rely on.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html">AWS:
///   conditional writes</a>
class LocalS3Test {
    private static final int WRITERS = 16;

    private final S3Client s3 = S3Server.client();
    private final String bucket = S3Server.bucket(s3);

    @AfterEach
    void close() {
        s3.close();
    }

    @Test
    void of_writers_who_replace_the_same_version_one_wins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String seen = put("before", null, "*");
            var won = Together.all(WRITERS, n -> wins(() -> put("by " + n, seen, null)));
            assertThat(won).containsOnlyOnce(true);
            s3.deleteObject(delete -> delete.bucket(bucket).key("key"));
        }
    }

    @Test
    void a_refusal_waits_for_the_body_so_that_a_slow_client_receives_it() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), S3Server.port())) {
            var output = socket.getOutputStream();
            var head =
                    "PUT /%s/key HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 4\r\n\r\n"
                            .formatted(bucket, S3Server.port());
            output.write(head.getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout(200);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(SocketTimeoutException.class);
            output.write("body".getBytes(StandardCharsets.UTF_8));
            socket.setSoTimeout(10_000);
            var answer = new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
            assertThat(answer).isEqualTo("HTTP/1.1 403");
        }
    }

    @ParameterizedTest
    @NullSource
    @EnumSource(names = "CRC32")
    void of_uploads_in_parts_that_replace_the_same_version_one_wins(
            @Nullable ChecksumAlgorithm checksum) throws Exception {
        String seen = put("before", null, "*");
        var won = Together.all(WRITERS, n -> wins(() -> upload("by " + n, seen, checksum)));
        assertThat(won).containsOnlyOnce(true);
    }

    @Test
    void lists_the_first_of_many_keys() {
        for (var key : List.of("a/b/12", "a/b/11", "a/b/13", "a/x", "a/c/1/2", "a/c/report.md")) {
            s3.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString(key));
        }
        for (var prefix : List.of("a/b/", "a/", "a/c/", "a/b/1", "none/")) {
            var all = s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix));
            var first = s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix).maxKeys(1));
            assertThat(first.contents()).isEqualTo(all.contents().stream().limit(1).toList());
            assertThat(first.isTruncated()).isEqualTo(all.contents().size() > 1);
            if (first.isTruncated()) {
                var second =
                        s3.listObjectsV2(list ->
                                list.bucket(bucket)
                                        .prefix(prefix)
                                        .maxKeys(1)
                                        .continuationToken(first.nextContinuationToken()));
                assertThat(second.contents()).containsExactly(all.contents().get(1));
            }
        }
    }

    private static boolean wins(Runnable write) {
        try {
            write.run();
            return true;
        } catch (S3Exception refused) {
            assertThat(refused.statusCode()).isEqualTo(412);
            return false;
        }
    }

    private String put(String content, String ifMatch, String ifNoneMatch) {
        return s3.putObject(
                        put ->
                                put.bucket(bucket)
                                        .key("key")
                                        .ifMatch(ifMatch)
                                        .ifNoneMatch(ifNoneMatch),
                        RequestBody.fromString(content))
                .eTag();
    }

    private void upload(String content, String ifMatch, @Nullable ChecksumAlgorithm checksum) {
        var id =
                s3.createMultipartUpload(create ->
                                create.bucket(bucket).key("key").checksumAlgorithm(checksum))
                        .uploadId();
        var part =
                s3.uploadPart(
                        one ->
                                one.bucket(bucket)
                                        .key("key")
                                        .uploadId(id)
                                        .partNumber(1)
                                        .checksumAlgorithm(checksum),
                        RequestBody.fromString(content));
        var sent =
                CompletedPart.builder()
                        .partNumber(1)
                        .eTag(part.eTag())
                        .checksumCRC32(part.checksumCRC32())
                        .build();
        s3.completeMultipartUpload(complete ->
                complete.bucket(bucket)
                        .key("key")
                        .uploadId(id)
                        .multipartUpload(all -> all.parts(sent))
                        .ifMatch(ifMatch));
    }
}
