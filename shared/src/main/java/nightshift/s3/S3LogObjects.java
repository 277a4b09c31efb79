package nightshift.s3;

import nightshift.run.LogObjects;
import nightshift.run.PresignedUrl;
import nightshift.run.RunKey;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The bytes of logs in S3. A version is the ETag of an object.
public final class S3LogObjects implements LogObjects {
    static final String TYPE = "application/jsonl";

    /// The metadata of a joined object that says what it holds.
    private static final String CONTENTS = "contents";

    private final S3Client s3;
    private final String bucket;
    private final S3Links links;
    private final ComposedObject composed;

    /// @param links to objects of the same bucket
    public S3LogObjects(S3Client s3, String bucket, S3Links links) {
        this.s3 = s3;
        this.bucket = bucket;
        this.links = links;
        this.composed = new ComposedObject(s3, bucket);
    }

    @Override
    public String put(RunKey run, byte[] lines) {
        var key = "%s/%s.jsonl".formatted(prefix(run), UUID.randomUUID());
        s3.putObject(
                put -> put.bucket(bucket).key(key).contentType(TYPE), RequestBody.fromBytes(lines));
        return key;
    }

    @Override
    public byte[] read(String name) {
        try {
            return s3.getObjectAsBytes(get -> get.bucket(bucket).key(name)).asByteArrayUnsafe();
        } catch (NoSuchKeyException expired) {
            return new byte[0];
        }
    }

    @Override
    public InputStream open(Compacted log) {
        try {
            return s3.getObject(get ->
                    get.bucket(bucket)
                            .key(compacted(log.run()))
                            .range("bytes=0-" + (log.length() - 1)));
        } catch (NoSuchKeyException expired) {
            return InputStream.nullInputStream();
        }
    }

    @Override
    public Optional<String> version(RunKey run) {
        try {
            var found = s3.headObject(head -> head.bucket(bucket).key(compacted(run)));
            return Optional.of(found.eTag());
        } catch (NoSuchKeyException missing) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> extend(Compacted log, byte[] lines, @Nullable String version) {
        var pieces =
                List.of(stored(log), new ComposedObject.Bytes(SdkBytes.fromByteArrayUnsafe(lines)));
        return composed.write(compacted(log.run()), Map.of(), pieces, version);
    }

    @Override
    public Optional<PresignedUrl> url(RunKey run, Duration life) {
        return links.get(compacted(run), null, life);
    }

    @Override
    public Optional<Joined> joined(RunKey last) {
        try {
            var found = s3.headObject(head -> head.bucket(bucket).key(joinedKey(last)));
            var contents = found.metadata().getOrDefault(CONTENTS, "");
            return Optional.of(new Joined(found.eTag(), contents));
        } catch (NoSuchKeyException missing) {
            return Optional.empty();
        }
    }

    @Override
    public boolean join(RunKey last, List<Compacted> logs, @Nullable String version) {
        var pieces = logs.stream().map(S3LogObjects::stored).toList();
        var metadata = Map.of(CONTENTS, LogObjects.contents(logs));
        return composed.write(joinedKey(last), metadata, pieces, version).isPresent();
    }

    @Override
    public Optional<PresignedUrl> joinedUrl(RunKey last, Duration life) {
        return links.get(joinedKey(last), null, life);
    }

    private static ComposedObject.Piece stored(Compacted log) {
        return new ComposedObject.Stored(compacted(log.run()), log.length());
    }

    private static String compacted(RunKey run) {
        return prefix(run) + ".jsonl";
    }

    private static String joinedKey(RunKey last) {
        return prefix(last) + ".joined.jsonl";
    }

    private static String prefix(RunKey run) {
        return "tasks/logs/team_%s/task_%s/run_%s"
                .formatted(run.projectId(), run.taskId(), run.runId());
    }
}
