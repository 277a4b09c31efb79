package nightshift.dynamo;

import nightshift.testing.Ports;

import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.LocalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// DynamoDB Local in memory, one for all tests of a JVM.
public final class DynamoServer {
    private static final Projection KEYS =
            Projection.builder().projectionType(ProjectionType.KEYS_ONLY).build();

    private static final Projection IN_PROJECT_LISTS =
            Projection.builder()
                    .projectionType(ProjectionType.INCLUDE)
                    .nonKeyAttributes(
                            "outcome",
                            "run_id",
                            "deliveries",
                            "late_millis",
                            "recorded_at",
                            "run_status",
                            "attempt",
                            "status",
                            "stage",
                            "automation_id")
                    .build();

    public static final DynamoDbClient CLIENT = client(start());

    private DynamoServer() {}

    /// The real adapters on a table.
    static Ports ports(Table table) {
        return new Ports(
                new DynamoTaskAutomations(table, Ports.MOST_AUTOMATIONS, Clock.systemUTC()),
                new DynamoOccurrences(table),
                new DynamoScheduleHistory(table),
                new DynamoTasks(table),
                new DynamoTaskRuns(table),
                new DynamoApiKeyStore(table),
                new DynamoNotificationChannels(table));
    }

    /// The name of a new table, made as the template makes it.
    public static String create() {
        var name = "table-" + UUID.randomUUID();
        var attributes =
                Stream.of(
                        "pk", "sk", "listing", "lease", "touched_at", "project_list", "list_order");
        CLIENT.createTable(table ->
                table.tableName(name)
                        .billingMode(BillingMode.PAY_PER_REQUEST)
                        .attributeDefinitions(attributes.map(DynamoServer::text).toList())
                        .keySchema(keyed("pk", "sk"))
                        .localSecondaryIndexes(
                                LocalSecondaryIndex.builder()
                                        .indexName("by_listing")
                                        .keySchema(keyed("pk", "listing"))
                                        .projection(KEYS)
                                        .build())
                        .globalSecondaryIndexes(
                                GlobalSecondaryIndex.builder()
                                        .indexName("by_lease")
                                        .keySchema(keyed("lease", "touched_at"))
                                        .projection(KEYS)
                                        .build(),
                                GlobalSecondaryIndex.builder()
                                        .indexName("by_project")
                                        .keySchema(keyed("project_list", "list_order"))
                                        .projection(IN_PROJECT_LISTS)
                                        .build()));
        return name;
    }

    /// Writes items as they are.
    static void write(String table, List<WriteRequest> writes) {
        for (int from = 0; from < writes.size(); from += 25) {
            var batch = writes.subList(from, Math.min(from + 25, writes.size()));
            CLIENT.batchWriteItem(write -> write.requestItems(Map.of(table, batch)));
        }
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder()
                .attributeName(name)
                .attributeType(ScalarAttributeType.S)
                .build();
    }

    private static List<KeySchemaElement> keyed(String hash, String range) {
        return List.of(
                KeySchemaElement.builder().attributeName(hash).keyType(KeyType.HASH).build(),
                KeySchemaElement.builder().attributeName(range).keyType(KeyType.RANGE).build());
    }

    /// A client that tells an interceptor what it does.
    static DynamoDbClient watched(ExecutionInterceptor interceptor) {
        var endpoint = CLIENT.serviceClientConfiguration().endpointOverride().orElseThrow();
        return client(endpoint, interceptor);
    }

    /// A client over other connections.
    public static DynamoDbClient over(SdkHttpClient http) {
        var same = CLIENT.serviceClientConfiguration();
        return DynamoDbClient.builder()
                .endpointOverride(same.endpointOverride().orElseThrow())
                .region(same.region())
                .credentialsProvider(same.credentialsProvider())
                .httpClient(http)
                .build();
    }

    private static DynamoDbClient client(URI endpoint, ExecutionInterceptor... interceptors) {
        return DynamoDbClient.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("nightshift", "nightshift")))
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(
                        configuration -> configuration.executionInterceptors(List.of(interceptors)))
                .build();
    }

    /// Amazon's own server would listen on every interface and report its use, so only its handler
    /// is taken. Its threads end with the JVM.
    private static URI start() {
        var threads = new QueuedThreadPool();
        threads.setDaemon(true);
        var server = new Server(threads);
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(0);
        server.addConnector(connector);
        var requests = new LocalDynamoDBRequestHandler(0, true, null, true, false);
        server.setHandler(new LocalDynamoDBServerHandler(requests, null));
        try {
            server.start();
        } catch (Exception failed) {
            throw new IllegalStateException("DynamoDB Local does not start", failed);
        }
        return URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }
}
