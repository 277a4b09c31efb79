package nightshift.functions.lambda;

import nightshift.api.Gatekeeper;
import nightshift.api.KeyGatekeeper;
import nightshift.automation.Occurrences;
import nightshift.automation.OneTimeSchedules;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomations;
import nightshift.dynamo.DynamoApiKeyStore;
import nightshift.dynamo.DynamoKeyUses;
import nightshift.dynamo.DynamoNotificationChannels;
import nightshift.dynamo.DynamoOccurrences;
import nightshift.dynamo.DynamoRunLogs;
import nightshift.dynamo.DynamoScheduleHistory;
import nightshift.dynamo.DynamoTaskAutomations;
import nightshift.dynamo.DynamoTaskRuns;
import nightshift.dynamo.DynamoTasks;
import nightshift.dynamo.Lifetimes;
import nightshift.dynamo.ProjectRows;
import nightshift.dynamo.Table;
import nightshift.events.Announcements;
import nightshift.events.EventBridgeAnnouncements;
import nightshift.idempotency.KeyUses;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.ProjectData;
import nightshift.keys.ProjectObjects;
import nightshift.notification.NotificationChannels;
import nightshift.notification.Webhooks;
import nightshift.run.Artifacts;
import nightshift.run.RunLogs;
import nightshift.run.StorageLinks;
import nightshift.run.TaskRuns;
import nightshift.s3.S3Artifacts;
import nightshift.s3.S3Links;
import nightshift.s3.S3LogObjects;
import nightshift.s3.S3ProjectObjects;
import nightshift.scheduler.EventBridgeOneTimeSchedules;
import nightshift.scheduler.EventBridgeSchedules;
import nightshift.task.Tasks;
import nightshift.webhook.WebhookClient;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/// The parts as they are on AWS, made from settings that the template puts into the environment.
public final class AwsWiring implements Wiring {
    /// Microseconds: what the API shows and what ids are ordered by.
    private static final Clock CLOCK = Clock.tick(Clock.systemUTC(), Duration.ofNanos(1_000));

    /// How long AWS may be silent before an attempt fails. There are three attempts. So a function
    /// that waits in vain for two calls, one after the other, still ends within its 29 seconds.
    static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(4);

    private final Map<String, String> settings;
    private final Clock clock;
    private final SdkHttpClient http;
    private final @Nullable AwsCredentialsProvider credentials;
    private @Nullable DynamoDbClient dynamoDb;
    private @Nullable Table table;
    private @Nullable S3Client s3;
    private @Nullable SchedulerClient scheduler;

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
        this.http = new AwsHttpClient(http);
        this.credentials = credentials;
    }

    /// The parts as the functions have them on AWS.
    static AwsWiring of(Map<String, String> environment) {
        return new AwsWiring(
                environment, CLOCK, connections(ATTEMPT_TIMEOUT), credentials(environment));
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

    /// Connections to AWS, with a timeout for each attempt.
    public static SdkHttpClient connections(Duration attemptTimeout) {
        return UrlConnectionHttpClient.builder()
                .connectionTimeout(attemptTimeout)
                .socketTimeout(attemptTimeout)
                .build();
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Gatekeeper gatekeeper() {
        return new KeyGatekeeper(apiKeys(), clock);
    }

    @Override
    public ApiKeyStore apiKeys() {
        return new DynamoApiKeyStore(table());
    }

    @Override
    public KeyUses keyUses() {
        return new DynamoKeyUses(table());
    }

    @Override
    public ProjectData projectData() {
        return new ProjectRows(table());
    }

    @Override
    public ProjectObjects projectObjects() {
        return new S3ProjectObjects(s3(), text("BUCKET_NAME"));
    }

    @Override
    public TaskAutomations automations() {
        return new DynamoTaskAutomations(table(), number("AUTOMATIONS_PER_PROJECT", 1_000), clock);
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
        return new EventBridgeSchedules(scheduler(), scheduleDelivery(), fireFunction());
    }

    @Override
    public OneTimeSchedules oneTimeSchedules() {
        return new EventBridgeOneTimeSchedules(scheduler(), scheduleDelivery(), clock);
    }

    @Override
    public String fireFunction() {
        return text("FIRE_FUNCTION_ARN");
    }

    private EventBridgeSchedules.Delivery scheduleDelivery() {
        return new EventBridgeSchedules.Delivery(
                text("SCHEDULE_GROUP"),
                text("SCHEDULER_ROLE_ARN"),
                text("DEAD_LETTER_QUEUE_ARN"),
                tolerance());
    }

    @Override
    public ScheduleHistory scheduleHistory() {
        return new DynamoScheduleHistory(table());
    }

    @Override
    public RunLogs logs() {
        var objects = new S3LogObjects(s3(), text("BUCKET_NAME"), s3Links());
        return new DynamoRunLogs(table(), objects, clock);
    }

    @Override
    public Artifacts artifacts() {
        return new S3Artifacts(s3(), text("BUCKET_NAME"));
    }

    @Override
    public StorageLinks links() {
        return s3Links();
    }

    @Override
    public Announcements announcements() {
        var client = connected(EventBridgeClient.builder(), http).build();
        return new EventBridgeAnnouncements(client, text("EVENT_BUS_NAME"));
    }

    @Override
    public NotificationChannels channels() {
        return new DynamoNotificationChannels(table());
    }

    @Override
    public Webhooks webhooks() {
        return WebhookClient.with(allowedPrivateHosts());
    }

    @Override
    public Set<String> allowedPrivateHosts() {
        var hosts = settings.get("ALLOWED_PRIVATE_HOSTS");
        return hosts == null || hosts.isBlank() ? Set.of() : Set.of(hosts.split(","));
    }

    @Override
    public String apiUrl() {
        return text("API_URL");
    }

    @Override
    public URI bucketUrl() {
        var bucket = text("BUCKET_NAME");
        // A key is required; the links of all objects have the same host.
        return URI.create(s3().utilities().getUrl(url -> url.bucket(bucket).key("any")).toString());
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
            table = new Table(dynamoDb(), text("TABLE_NAME"), lifetimes());
        }
        return table;
    }

    private SchedulerClient scheduler() {
        if (scheduler == null) {
            scheduler = connected(SchedulerClient.builder(), http).build();
        }
        return scheduler;
    }

    /// How long rows are kept; a number of days of 0 keeps runs for ever.
    private Lifetimes lifetimes() {
        var runs = Duration.ofDays(number("RUN_DAYS", 0));
        return new Lifetimes(
                Duration.ofDays(number("RUN_LOG_DAYS", 30)),
                Duration.ofDays(number("OCCURRENCE_DAYS", 90)),
                runs.isZero() ? null : runs);
    }

    private DynamoDbClient dynamoDb() {
        if (dynamoDb == null) {
            dynamoDb = connected(DynamoDbClient.builder(), http).build();
        }
        return dynamoDb;
    }

    /// Sends a checksum only where S3 requires one. TLS protects the bytes, and S3 refuses
    /// multipart uploads with checksums that their creation did not declare.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-dataintegrity.html">AWS:
    ///   data integrity protections of the SDKs</a>
    private S3Client s3() {
        if (s3 == null) {
            s3 =
                    connected(S3Client.builder(), http)
                            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                            .build();
        }
        return s3;
    }

    private S3Links s3Links() {
        var presigner = S3Presigner.builder().credentialsProvider(credentials).build();
        return new S3Links(s3(), presigner, text("BUCKET_NAME"), clock);
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B connected(
            B client, SdkHttpClient http) {
        return client.httpClient(http)
                .credentialsProvider(credentials)
                .overrideConfiguration(
                        all -> all.retryStrategy(AwsRetryStrategy.standardRetryStrategy()));
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
