package nightshift.s3;

import nightshift.run.ContentType;
import nightshift.run.PresignedUrl;
import nightshift.run.RunKey;
import nightshift.run.StorageLinks;
import nightshift.run.StoragePath;
import nightshift.run.UploadForm;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Presigned URLs and forms for the bucket's objects.
public final class S3Links implements StorageLinks {
    private final UrlSigner signer;

    public S3Links(UrlSigner signer) {
        this.signer = signer;
    }

    @Override
    public Optional<PresignedUrl> log(RunKey run, Duration life) {
        return signer.get(LogKeys.compacted(run), Map.of(), life);
    }

    /// The name is part of what is signed: always a download, so that no upload shows as a page of
    /// the bucket's host.
    @Override
    public Optional<PresignedUrl> artifact(
            StoragePath path, String name, String contentType, Duration life) {
        return signer.get(
                path.value(),
                Map.of(
                        "response-content-disposition",
                        ContentDisposition.attachment(name),
                        "response-content-type",
                        ContentType.forHeader(contentType)),
                life);
    }

    @Override
    public Optional<UploadForm> artifactUpload(
            StoragePath path, String contentType, long largest, Duration life) {
        return signer.post(path.value(), ContentType.forHeader(contentType), largest, life);
    }
}
