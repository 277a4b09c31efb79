package nightshift.s3;

import software.amazon.awssdk.awscore.AwsServiceClientConfiguration;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

import java.net.URI;
import java.util.Optional;

/// A bucket: where the SDK's endpoint rules find it, and what requests to it are signed with.
public final class Bucket {
    private final String name;
    private final URI url;
    private final Region region;
    private final IdentityProvider<? extends AwsCredentialsIdentity> credentials;

    /// With the region and the credentials of some client.
    ///
    /// @param endpoint where S3 is, if not at the region's own address
    public Bucket(String name, AwsServiceClientConfiguration client, Optional<URI> endpoint) {
        this.name = name;
        this.region = client.region();
        this.url =
                S3EndpointProvider.defaultProvider()
                        .resolveEndpoint(where ->
                                where.region(region)
                                        .bucket(name)
                                        .endpoint(endpoint.map(URI::toString).orElse(null)))
                        .join()
                        .url();
        this.credentials = client.credentialsProvider();
    }

    String name() {
        return name;
    }

    String region() {
        return region.id();
    }

    /// Of an object; of the bucket itself for an empty key.
    URI url(String key) {
        return URI.create(url + "/" + SdkHttpUtils.urlEncodeIgnoreSlashes(key));
    }

    /// As they are at this moment: the provider renews them when it must.
    ///
    /// @throws software.amazon.awssdk.core.exception.SdkClientException or a `CompletionException`
    ///   if there are none
    AwsCredentialsIdentity credentials() {
        return credentials.resolveIdentity().join();
    }
}
