package nightshift.s3;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The objects of a bucket, a request each.
///
/// The SDK's own signer, endpoint rules, retries and connections, without the S3 client around
/// them: that one alone made a cold start a quarter longer (`docs/performance.md`). Where its
/// knowledge of the service counts, in uploads of many parts, it is used ([Assembly]).
///
/// Every method throws an [SdkException] if S3 cannot be reached or refuses, after as many attempts
/// as the SDK's clients make.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html">AWS:
///   the operations of S3</a>
public final class S3Objects {
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();
    private static final String METADATA = "x-amz-meta-";
    private static final Pattern LISTED =
            Pattern.compile("<Key>([^<]*)</Key>.*?<Size>([0-9]*)</Size>", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("<Code>([^<]*)</Code>");
    private static final Pattern MESSAGE = Pattern.compile("<Message>([^<]*)</Message>");
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;

    private final Bucket bucket;
    private final SdkHttpClient http;
    private final RetryStrategy retries =
            AwsRetryStrategy.forRetryMode(RetryMode.defaultRetryMode());

    /// What S3 says of an object.
    ///
    /// @param metadata its writer's, by names in lower case
    /// @param length in bytes
    /// @param etag the version, as `If-Match` names it
    record Found(Map<String, String> metadata, long length, String etag, String contentType) {}

    /// What a list says of an object.
    ///
    /// @param size in bytes
    record Listed(String key, long size) {}

    /// An object and its bytes, for the caller to close.
    record Opened(Found found, AbortableInputStream content) {
        /// Lets go of it unread: closed, it would be read to its end.
        void abort() {
            content.abort();
        }
    }

    /// An object with all of its bytes.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Content(Found found, byte[] bytes) {}

    private record Answer(SdkHttpResponse http, AbortableInputStream content) {}

    public S3Objects(Bucket bucket, SdkHttpClient http) {
        this.bucket = bucket;
        this.http = http;
    }

    Bucket bucket() {
        return bucket;
    }

    Optional<Found> find(String key) {
        return there(
                request(SdkHttpMethod.HEAD, key),
                answer -> {
                    drained(answer);
                    return found(answer.http());
                });
    }

    Optional<Opened> open(String key) {
        return opened(request(SdkHttpMethod.GET, key));
    }

    /// The bytes from `start` to before `end`, which must be in the object, for the caller to
    /// close.
    InputStream open(String key, long start, long end) {
        if (start == end) return InputStream.nullInputStream(); // for which HTTP has no range
        var range = "bytes=%s-%s".formatted(start, end - 1);
        return opened(request(SdkHttpMethod.GET, key).putHeader("Range", range))
                .orElseThrow()
                .content();
    }

    Optional<Content> read(String key) {
        return there(
                request(SdkHttpMethod.GET, key),
                answer -> new Content(found(answer.http()), drained(answer)));
    }

    /// The first of the keys that begin so, in ascending order. Of keys that need no escape in XML.
    ///
    /// @param most how many, 1,000 or less
    List<Listed> list(String prefix, int most) {
        var request =
                request(SdkHttpMethod.GET, "")
                        .putRawQueryParameter("list-type", "2")
                        .putRawQueryParameter("max-keys", Integer.toString(most))
                        .putRawQueryParameter("prefix", prefix);
        return LISTED.matcher(text(call(request, null, S3Objects::drained)))
                .results()
                .map(found -> new Listed(found.group(1), Long.parseLong(found.group(2))))
                .toList();
    }

    void put(String key, String contentType, byte[] content) {
        call(upload(key, contentType, content), content, S3Objects::drained);
    }

    /// Writes an object unless somebody else did, or is just doing so.
    ///
    /// @param replaces the version that it follows; null: there must be none
    /// @return whether it was written; false also if the answer to an attempt was lost and what it
    ///   had written was met then
    boolean put(
            String key,
            String contentType,
            byte[] content,
            Map<String, String> metadata,
            @Nullable String replaces) {
        var request = upload(key, contentType, content);
        metadata.forEach((name, value) -> request.putHeader(METADATA + name, value));
        if (replaces == null) request.putHeader("If-None-Match", "*");
        else request.putHeader("If-Match", replaces);
        try {
            call(request, content, S3Objects::drained);
            return true;
        } catch (AwsServiceException refused) {
            if (lost(refused)) return false;
            throw refused;
        } catch (SdkClientException unanswered) {
            // A refusal may close the connection before all is sent: what is there now tells.
            var present = find(key).map(Found::etag);
            if (!present.equals(Optional.ofNullable(replaces))) return false;
            throw unanswered;
        }
    }

    /// Whether a conditional write came too late.
    static boolean lost(AwsServiceException refused) {
        return refused.statusCode() == PRECONDITION_FAILED || refused.statusCode() == CONFLICT;
    }

    private SdkHttpRequest.Builder request(SdkHttpMethod method, String key) {
        return SdkHttpRequest.builder().method(method).uri(bucket.url(key));
    }

    private SdkHttpRequest.Builder upload(String key, String contentType, byte[] content) {
        return request(SdkHttpMethod.PUT, key)
                .putHeader("Content-Type", contentType)
                .putHeader("Content-Length", Integer.toString(content.length));
    }

    private Optional<Opened> opened(SdkHttpRequest.Builder request) {
        return there(request, answer -> new Opened(found(answer.http()), answer.content()));
    }

    /// An object that is not there is an answer like another, and not worth an exception.
    private <T> Optional<T> there(SdkHttpRequest.Builder request, Read<T> read) {
        return answered(
                request,
                null,
                answer -> {
                    if (answer.http().statusCode() != NOT_FOUND) {
                        return Optional.of(accepted(answer, read));
                    }
                    var words = text(drained(answer));
                    if ("NoSuchBucket".equals(inside(CODE, words))) {
                        throw refusal(answer.http(), words);
                    }
                    return Optional.empty();
                });
    }

    /// Reads an answer; a connection that breaks meanwhile is a reason to ask again.
    private interface Read<T> {
        T of(Answer answer) throws IOException;
    }

    private <T> T call(SdkHttpRequest.Builder request, byte @Nullable [] content, Read<T> read) {
        return answered(request, content, answer -> accepted(answer, read));
    }

    private static <T> T accepted(Answer answer, Read<T> read) throws IOException {
        if (answer.http().isSuccessful()) return read.of(answer);
        throw refusal(answer.http(), text(drained(answer)));
    }

    private <T> T answered(
            SdkHttpRequest.Builder request, byte @Nullable [] content, Read<T> read) {
        var wanted = request.build();
        var started = retries.acquireInitialToken(AcquireInitialTokenRequest.create("s3"));
        pause(started.delay());
        var token = started.token();
        while (true) {
            try {
                var answer = read.of(exchanged(wanted, content));
                retries.recordSuccess(RecordSuccessRequest.create(token));
                return answer;
            } catch (IOException broken) {
                token = another(token, SdkClientException.create("S3: " + broken, broken));
            } catch (SdkException failed) {
                token = another(token, failed);
            }
        }
    }

    /// What allows another attempt, in time.
    private RetryToken another(RetryToken last, SdkException failed) {
        try {
            var next =
                    retries.refreshRetryToken(
                            RefreshRetryTokenRequest.builder()
                                    .token(last)
                                    .failure(failed)
                                    .suggestedDelay(Duration.ZERO)
                                    .build());
            pause(next.delay());
            return next.token();
        } catch (TokenAcquisitionFailedException _) { // no reason for one, or too many already
            throw failed;
        }
    }

    private static void pause(Duration delay) {
        try {
            Thread.sleep(delay);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted between two attempts", interrupted);
        }
    }

    private Answer exchanged(SdkHttpRequest request, byte @Nullable [] content) throws IOException {
        var payload = content == null ? null : ContentStreamProvider.fromByteArrayUnsafe(content);
        var signed =
                SIGNER.sign(sign ->
                        sign.identity(bucket.credentials())
                                .request(request)
                                .payload(payload)
                                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                                .putProperty(AwsV4HttpSigner.REGION_NAME, bucket.region())
                                .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                                .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false));
        var response =
                http.prepareRequest(
                                HttpExecuteRequest.builder()
                                        .request(signed.request())
                                        .contentStreamProvider(payload)
                                        .build())
                        .call();
        return new Answer(
                response.httpResponse(),
                response.responseBody()
                        .orElseGet(
                                () -> AbortableInputStream.create(InputStream.nullInputStream())));
    }

    private static AwsServiceException refusal(SdkHttpResponse http, String words) {
        var details =
                AwsErrorDetails.builder()
                        .serviceName("S3")
                        .errorCode(inside(CODE, words))
                        .errorMessage(inside(MESSAGE, words))
                        .sdkHttpResponse(http)
                        .build();
        return AwsServiceException.builder()
                .awsErrorDetails(details)
                .statusCode(http.statusCode())
                .requestId(http.firstMatchingHeader("x-amz-request-id").orElse(null))
                .extendedRequestId(http.firstMatchingHeader("x-amz-id-2").orElse(null))
                .build();
    }

    /// To its end, so that the connection can carry the next request.
    private static byte[] drained(Answer answer) throws IOException {
        try (var content = answer.content()) {
            return content.readAllBytes();
        }
    }

    private static Found found(SdkHttpResponse http) {
        var metadata = new LinkedHashMap<String, String>();
        http.forEachHeader((name, values) -> {
            if (name.regionMatches(true, 0, METADATA, 0, METADATA.length())) {
                var own = name.substring(METADATA.length()).toLowerCase(Locale.ROOT);
                metadata.put(own, values.getFirst());
            }
        });
        return new Found(
                metadata,
                Long.parseLong(header(http, "Content-Length")),
                header(http, "ETag"),
                header(http, "Content-Type"));
    }

    private static String header(SdkHttpResponse http, String name) {
        return http.firstMatchingHeader(name)
                .orElseThrow(() -> SdkClientException.create("S3 answered without " + name));
    }

    private static String text(byte[] xml) {
        return new String(xml, StandardCharsets.UTF_8);
    }

    private static @Nullable String inside(Pattern element, String xml) {
        var found = element.matcher(xml);
        return found.find() ? found.group(1) : null;
    }
}
