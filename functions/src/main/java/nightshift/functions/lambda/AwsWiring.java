package nightshift.functions.lambda;

import nightshift.api.Gatekeeper;
import nightshift.api.KeyGatekeeper;
import nightshift.automation.Occurrences;
import nightshift.automation.ScheduleStates;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomations;
import nightshift.dynamo.DynamoKeyring;
import nightshift.dynamo.DynamoOccurrences;
import nightshift.dynamo.DynamoScheduleStates;
import nightshift.dynamo.DynamoTaskAutomations;
import nightshift.dynamo.DynamoTaskRuns;
import nightshift.dynamo.DynamoTasks;
import nightshift.dynamo.Table;
import nightshift.events.Announcements;
import nightshift.events.EventBridgeAnnouncements;
import nightshift.keys.Keyring;
import nightshift.run.Artifacts;
import nightshift.run.RunLogs;
import nightshift.run.StorageLinks;
import nightshift.run.TaskRuns;
import nightshift.s3.Bucket;
import nightshift.s3.S3Artifacts;
import nightshift.s3.S3Http;
import nightshift.s3.S3Links;
import nightshift.s3.S3Objects;
import nightshift.s3.S3RunLogs;
import nightshift.s3.UrlSigner;
import nightshift.scheduler.EventBridgeSchedules;
import nightshift.task.Tasks;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// The parts as they are on AWS, made from settings that the template puts into the environment.
public final class AwsWiring implements Wiring {
    /// Microseconds: what the API shows and what ids are ordered by.
    private static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));

    private final Map<String, String> settings;
    private final Clock clock;
    private final SdkHttpClient http;
    private final @Nullable AwsCredentialsProvider credentials;
    private @Nullable DynamoDbClient dynamoDb;
    private @Nullable Table table;
    private @Nullable Bucket bucket;
    private @Nullable S3Client s3;

    /// @param http the connections
    public AwsWiring(Map<String, String> settings, SdkHttpClient http) {
        this(settings, CLOCK, http);
    }

    /// The same at another time.
    public AwsWiring(Map<String, String> settings, Clock clock, SdkHttpClient http) {
        this(settings, clock, http, null);
    }

    /// The same with other credentials.
    ///
    /// @param credentials null: those that the SDK finds by itself
    AwsWiring(
            Map<String, String> settings,
            Clock clock,
            SdkHttpClient http,
            @Nullable AwsCredentialsProvider credentials) {
        this.settings = settings;
        this.clock = clock;
        this.http = new Connections(http);
        this.credentials = credentials;
    }

    public static AwsWiring fromEnvironment() {
        var environment = System.getenv();
        Rehearsal.beforeSnapshot(environment);
        return new AwsWiring(
                environment, CLOCK, UrlConnectionHttpClient.create(), credentials(environment));
    }

    /// Where Lambda keeps a function's credentials, under SnapStart and without it; null:
    /// elsewhere. Asked directly, because the SDK would look through all the places where
    /// credentials can be.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html#snapstart-credentials">AWS:
    ///   SnapStart and credentials</a>
    /// @see <a
    ///   href="https://aws.amazon.com/blogs/developer/tuning-the-aws-java-sdk-2-x-to-reduce-startup-time">AWS:
    ///   reducing the SDK's startup time</a>
    private static @Nullable AwsCredentialsProvider credentials(Map<String, String> environment) {
        if (environment.containsKey("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            return ContainerCredentialsProvider.create();
        }
        return environment.containsKey("AWS_ACCESS_KEY_ID")
                ? EnvironmentVariableCredentialsProvider.create()
                : null;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Gatekeeper gatekeeper() {
        return new KeyGatekeeper(keyring(), clock);
    }

    @Override
    public Keyring keyring() {
        return new DynamoKeyring(table());
    }

    @Override
    public TaskAutomations automations() {
        return new DynamoTaskAutomations(table(), number("AUTOMATIONS_PER_PROJECT", 1_000));
    }

    @Override
    public Tasks tasks() {
        return new DynamoTasks(table());
    }

    @Override
    public TaskRuns runs() {
        return new DynamoTaskRuns(table());
    }

    @Override
    public Occurrences occurrences() {
        return new DynamoOccurrences(table());
    }

    @Override
    public Schedules schedules() {
        var client = connected(SchedulerClient.builder(), http).build();
        return new EventBridgeSchedules(
                client,
                new EventBridgeSchedules.Bell(
                        text("SCHEDULE_GROUP"),
                        text("FIRE_FUNCTION_ARN"),
                        text("SCHEDULER_ROLE_ARN"),
                        text("DEAD_LETTER_QUEUE_ARN"),
                        tolerance()));
    }

    @Override
    public ScheduleStates scheduleStates() {
        return new DynamoScheduleStates(table());
    }

    @Override
    public RunLogs logs() {
        return new S3RunLogs(objects(), this::s3, signer());
    }

    @Override
    public Artifacts artifacts() {
        return new S3Artifacts(objects());
    }

    @Override
    public StorageLinks links() {
        return new S3Links(signer());
    }

    @Override
    public Announcements announcements() {
        var client = connected(EventBridgeClient.builder(), http).build();
        return new EventBridgeAnnouncements(client, text("EVENT_BUS_NAME"));
    }

    @Override
    public String apiUrl() {
        return text("API_URL");
    }

    @Override
    public Duration tolerance() {
        return Duration.ofSeconds(number("OCCURRENCE_TOLERANCE_SECONDS", 900));
    }

    @Override
    public Duration lease() {
        return Duration.ofMinutes(number("RUN_LEASE_MINUTES", 120));
    }

    @Override
    public Duration queueLease() {
        return Duration.ofMinutes(number("RUN_QUEUE_MINUTES", 1_440));
    }

    private Table table() {
        if (table == null) {
            table = new Table(dynamoDb(), text("TABLE_NAME"));
        }
        return table;
    }

    private DynamoDbClient dynamoDb() {
        if (dynamoDb == null) {
            dynamoDb = connected(DynamoDbClient.builder(), http).build();
        }
        return dynamoDb;
    }

    private S3Client s3() {
        if (s3 == null) {
            s3 = connected(S3Http.clientBuilder(), new S3Http(http)).build();
        }
        return s3;
    }

    private S3Objects objects() {
        return new S3Objects(bucket(), new S3Http(http));
    }

    private UrlSigner signer() {
        return new UrlSigner(bucket(), clock);
    }

    /// With the region and the credentials that the table's client found.
    private Bucket bucket() {
        if (bucket == null) {
            var client = dynamoDb().serviceClientConfiguration();
            bucket = new Bucket(text("BUCKET_NAME"), client, s3Endpoint());
        }
        return bucket;
    }

    /// As a client of S3 would find it.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html">AWS:
    ///   service-specific endpoints</a>
    private Optional<URI> s3Endpoint() {
        var property = System.getProperty("aws.endpointUrlS3");
        return Optional.ofNullable(
                        property == null ? settings.get("AWS_ENDPOINT_URL_S3") : property)
                .map(URI::create);
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B connected(
            B client, SdkHttpClient http) {
        return client.httpClient(http).credentialsProvider(credentials);
    }

    private String text(String name) {
        var value = settings.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException("the environment variable " + name + " is not set");
        }
        return value;
    }

    private long number(String name, long otherwise) {
        var value = settings.get(name);
        try {
            return value == null ? otherwise : Long.parseLong(value);
        } catch (NumberFormatException _) {
            throw new IllegalStateException(
                    "the environment variable " + name + " is no whole number: " + value);
        }
    }
}
