package nightshift.functions.lambda;

import nightshift.dynamo.ProjectRows;
import nightshift.dynamo.Table;

import software.amazon.awssdk.services.s3.S3Client;

import java.util.List;

/// The rows and the objects of a project.
final class AwsProjectData extends ProjectRows {
    private final S3Client s3;
    private final String bucket;

    AwsProjectData(Table table, S3Client s3, String bucket) {
        super(table);
        this.s3 = s3;
        this.bucket = bucket;
    }

    @Override
    public int deleteObjects(long projectId, int most) {
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
