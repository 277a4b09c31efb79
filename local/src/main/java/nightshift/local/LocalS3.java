package nightshift.local;

import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;

/// Runs S3Proxy in this process, with objects on disk. It verifies signatures and expiry.
final class LocalS3 implements AutoCloseable {
    private final S3Proxy proxy;

    private LocalS3(S3Proxy proxy) {
        this.proxy = proxy;
    }

    static LocalS3 start(int port, Path folder, Set<String> buckets) {
        try {
            for (var bucket : buckets) {
                Files.createDirectories(
                        folder.resolve(bucket)); // S3Proxy stores a bucket as a folder
            }
            var properties = new Properties();
            properties.setProperty(
                    "jclouds.filesystem.basedir", folder.toAbsolutePath().toString());
            var proxy =
                    S3Proxy.builder()
                            .blobStore(
                                    new AtomicBlobStore(
                                            BlobStores.create("filesystem-nio2", properties)))
                            .endpoint(URI.create("http://127.0.0.1:" + port))
                            .awsAuthentication(
                                    AuthenticationType.AWS_V4,
                                    LocalAccount.ACCESS_KEY,
                                    LocalAccount.SECRET_KEY)
                            .stopTimeout(0)
                            .build();
            S3LoopbackFilter.install(proxy);
            proxy.start();
            return new LocalS3(proxy);
        } catch (Exception failed) { // S3Proxy declares Exception
            throw new StartupException(
                    "The objects in %s cannot be served (%s): move the state folder away to begin anew."
                            .formatted(folder, failed),
                    failed);
        }
    }

    /// The endpoint has an IP address, so that the SDK puts the bucket into the path and not into
    /// the host.
    URI endpoint() {
        return URI.create("http://127.0.0.1:" + proxy.getPort());
    }

    @Override
    public void close() {
        try {
            proxy.stop();
        } catch (Exception failed) { // S3Proxy declares Exception
            throw new IllegalStateException("S3 did not stop", failed);
        }
    }
}
