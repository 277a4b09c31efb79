package nightshift.s3;

import nightshift.keys.ProjectObjects;

import software.amazon.awssdk.services.s3.S3Client;

import java.util.List;

/// The logs and artifacts of a project in a bucket.
public final class S3ProjectObjects implements ProjectObjects {
    private final S3Client s3;
    private final String bucket;

    /// @param bucket its name
    public S3ProjectObjects(S3Client s3, String bucket) {
        this.s3 = s3;
        this.bucket = bucket;
    }

    @Override
    public int delete(long projectId, int most) {
        int deleted = 0;
        for (var kind : List.of("logs", "artifacts")) {
            var prefix = "tasks/%s/team_%d/".formatted(kind, projectId);
            int left = most - deleted;
            if (left == 0) break;
            var found =
                    s3.listObjectsV2(list -> list.bucket(bucket).prefix(prefix).maxKeys(left))
                            .contents();
            for (var object : found) {
                s3.deleteObject(delete -> delete.bucket(bucket).key(object.key()));
                deleted++;
            }
        }
        return deleted;
    }
}
