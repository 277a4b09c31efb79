package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.eventbridge.model.PutEventsRequestEntry;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;

import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// Tests the authorization requests of the SDK's calls.
class IamRequestTest {
    private static final String ROWS = "arn:aws:dynamodb:us-east-1:000000000000:table/rows";
    private static final String SCHEDULES = "arn:aws:scheduler:us-east-1:000000000000:schedule";

    private final Wanted wanted = new Wanted();

    @Test
    void an_item_is_in_the_partition_of_its_key() {
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            var key = key("RUNS#1#t", "r");
            assertWants(
                    () -> dynamoDb.getItem(get -> get.tableName("rows").key(key)),
                    led("GetItem", "RUNS#1#t"));
            assertWants(
                    () -> dynamoDb.putItem(put -> put.tableName("rows").item(key)),
                    led("PutItem", "RUNS#1#t"));
            assertWants(
                    () -> dynamoDb.updateItem(update -> update.tableName("rows").key(key)),
                    led("UpdateItem", "RUNS#1#t"));
            assertWants(
                    () -> dynamoDb.deleteItem(delete -> delete.tableName("rows").key(key)),
                    led("DeleteItem", "RUNS#1#t"));
            assertWants(
                    () -> dynamoDb.scan(scan -> scan.tableName("rows")),
                    new IamRequest("dynamodb:Scan", ROWS, Map.of()));
        }
    }

    @Test
    void an_update_wants_the_attributes_that_it_names() {
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            assertWants(
                    () ->
                            dynamoDb.updateItem(update ->
                                    update.tableName("rows")
                                            .key(key("API_KEYS", "k"))
                                            .updateExpression(
                                                    "SET #n = if_not_exists(#n, :zero), size = :b"
                                                            + " REMOVE owner")
                                            .conditionExpression(
                                                    "attribute_exists(pk) AND version < :v")
                                            .expressionAttributeNames(Map.of("#n", "count"))
                                            .expressionAttributeValues(
                                                    Map.of(
                                                            ":zero",
                                                            AttributeValue.fromN("0"),
                                                            ":b",
                                                            AttributeValue.fromN("1"),
                                                            ":v",
                                                            AttributeValue.fromN("2")))),
                    new IamRequest(
                            "dynamodb:UpdateItem",
                            ROWS,
                            Map.of(
                                    "dynamodb:LeadingKeys",
                                    List.of("API_KEYS"),
                                    "dynamodb:Attributes",
                                    List.of("count", "owner", "pk", "size", "sk", "version"))));
        }
    }

    @Test
    void a_batch_wants_all_of_its_partitions_by_one_statement() {
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            var keys =
                    KeysAndAttributes.builder()
                            .keys(List.of(key("API_KEYS", "k"), key("PROJECT#1", "p")));
            assertWants(
                    () ->
                            dynamoDb.batchGetItem(
                                    get -> get.requestItems(Map.of("rows", keys.build()))),
                    led("BatchGetItem", "API_KEYS", "PROJECT#1"));
        }
    }

    @Test
    void a_transaction_wants_what_its_writes_want() {
        var key = key("TASKS#1", "t");
        var writes =
                List.of(
                        TransactWriteItem.builder()
                                .put(put -> put.tableName("rows").item(key("RUNS#1#t", "r")))
                                .build(),
                        TransactWriteItem.builder()
                                .update(update -> update.tableName("rows").key(key))
                                .build(),
                        TransactWriteItem.builder()
                                .delete(delete -> delete.tableName("rows").key(key))
                                .build(),
                        TransactWriteItem.builder()
                                .conditionCheck(check -> check.tableName("rows").key(key))
                                .build());
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            assertWants(
                    () -> dynamoDb.transactWriteItems(write -> write.transactItems(writes)),
                    led("PutItem", "RUNS#1#t"),
                    led("UpdateItem", "TASKS#1"),
                    led("DeleteItem", "TASKS#1"),
                    led("ConditionCheckItem", "TASKS#1"));
        }
    }

    @Test
    void a_query_wants_a_partition_of_a_table_or_of_its_index() {
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            var values = Map.of(":of", AttributeValue.fromS("UNFINISHED"));
            assertWants(
                    () ->
                            dynamoDb.query(query ->
                                    query.tableName("rows")
                                            .keyConditionExpression("pk = :of AND sk < :x")
                                            .expressionAttributeValues(values)),
                    led("Query", "UNFINISHED"));
            assertWants(
                    () ->
                            dynamoDb.query(query ->
                                    query.tableName("rows")
                                            .indexName("by_lease")
                                            .keyConditionExpression("#hash = :of")
                                            .expressionAttributeValues(values)),
                    new IamRequest(
                            "dynamodb:Query",
                            ROWS + "/index/by_lease",
                            Map.of("dynamodb:LeadingKeys", List.of("UNFINISHED"))));
        }
    }

    @Test
    void an_unknown_operation_is_an_error() {
        try (var dynamoDb = at(DynamoDbClient.builder()).build()) {
            assertThatThrownBy(dynamoDb::listTables).hasStackTraceContaining("ListTables");
        }
    }

    @Test
    void an_event_wants_its_bus() {
        try (var events = at(EventBridgeClient.builder()).build()) {
            assertWants(
                    () ->
                            events.putEvents(put ->
                                    put.entries(
                                            PutEventsRequestEntry.builder()
                                                    .eventBusName("own")
                                                    .build())),
                    new IamRequest(
                            "events:PutEvents",
                            "arn:aws:events:us-east-1:000000000000:event-bus/own",
                            Map.of()));
        }
    }

    @Test
    void creating_a_schedule_needs_pass_role() {
        var role = "arn:aws:iam::000000000000:role/scheduler";
        var lent =
                new IamRequest(
                        "iam:PassRole",
                        role,
                        Map.of("iam:PassedToService", List.of("scheduler.amazonaws.com")));
        var schedule = SCHEDULES + "/group/task-automation-1";
        var group = SCHEDULES + "-group/group";
        try (var scheduler = at(SchedulerClient.builder()).build()) {
            assertWants(
                    () ->
                            scheduler.createSchedule(create ->
                                    create.name("task-automation-1")
                                            .groupName("group")
                                            .scheduleExpression("rate(1 day)")
                                            .flexibleTimeWindow(
                                                    no -> no.mode(FlexibleTimeWindowMode.OFF))
                                            .target(target ->
                                                    target.arn("function").roleArn(role))),
                    new IamRequest("scheduler:CreateSchedule", schedule, Map.of()),
                    lent);
            assertWants(
                    () ->
                            scheduler.updateSchedule(update ->
                                    update.name("task-automation-1")
                                            .groupName("group")
                                            .scheduleExpression("rate(1 day)")
                                            .flexibleTimeWindow(
                                                    no -> no.mode(FlexibleTimeWindowMode.OFF))
                                            .target(target ->
                                                    target.arn("function").roleArn(role))),
                    new IamRequest("scheduler:UpdateSchedule", schedule, Map.of()),
                    lent);
            assertWants(
                    () ->
                            scheduler.deleteSchedule(
                                    delete -> delete.name("task-automation-1").groupName("group")),
                    new IamRequest("scheduler:DeleteSchedule", schedule, Map.of()));
            assertWants(
                    () -> scheduler.listSchedules(list -> list.groupName("group")),
                    new IamRequest("scheduler:ListSchedules", "*", Map.of()));
            assertWants(
                    () -> scheduler.createScheduleGroup(create -> create.name("group")),
                    new IamRequest("scheduler:CreateScheduleGroup", group, Map.of()));
        }
    }

    @Test
    void an_object_is_read_written_and_copied() {
        try (var s3 = at(S3Client.builder()).build()) {
            assertWants(
                    () -> s3.headObject(head -> head.bucket("bucket").key("logs/a b+c")),
                    object("GetObject", "logs/a b+c"));
            assertWants(
                    () ->
                            s3.putObject(
                                    put -> put.bucket("bucket").key("logs/a"),
                                    RequestBody.fromString("x")),
                    object("PutObject", "logs/a"));
            assertWants(
                    () ->
                            s3.uploadPartCopy(copy ->
                                    copy.sourceBucket("bucket")
                                            .sourceKey("logs/a b+c")
                                            .destinationBucket("bucket")
                                            .destinationKey("logs/b")
                                            .uploadId("u")
                                            .partNumber(1)),
                    object("PutObject", "logs/b"),
                    object("GetObject", "logs/a b+c"));
            assertWants(
                    () -> s3.createMultipartUpload(create -> create.bucket("bucket").key("logs/a")),
                    object("PutObject", "logs/a"));
            assertWants(
                    () ->
                            s3.abortMultipartUpload(
                                    abort -> abort.bucket("bucket").key("logs/a").uploadId("u")),
                    object("AbortMultipartUpload", "logs/a"));
            assertWants(
                    () -> s3.deleteObject(delete -> delete.bucket("bucket").key("logs/a")),
                    object("DeleteObject", "logs/a"));
            assertWants(
                    () -> s3.listObjectsV2(list -> list.bucket("bucket").prefix("logs/")),
                    new IamRequest(
                            "s3:ListBucket",
                            "arn:aws:s3:::bucket",
                            Map.of("s3:prefix", List.of("logs/"))));
        }
    }

    /// Without the permission to list the bucket, a missing object is a 403, as on AWS.
    @Test
    void a_missing_object_is_a_404_with_the_permission_to_list() {
        try (var owner = S3Server.client()) {
            var bucket = S3Server.bucket(owner);
            var reading =
                    "- {Statement: [{Effect: Allow, Action: s3:GetObject, Resource: 'arn:aws:s3:::%s/*'}]}%n"
                            .formatted(bucket);
            var listing = reading.replace("s3:GetObject", "s3:ListBucket").replace("/*", "");
            var key = UUID.randomUUID().toString();
            try (var reader = allowed(reading)) {
                assertThatThrownBy(() -> reader.getObject(get -> get.bucket(bucket).key(key)))
                        .hasMessageContaining("s3:ListBucket");
                owner.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromString("x"));
                assertThat(
                                reader.getObjectAsBytes(get -> get.bucket(bucket).key(key))
                                        .asUtf8String())
                        .isEqualTo("x");
                assertThatThrownBy(
                                () -> reader.deleteObject(delete -> delete.bucket(bucket).key(key)))
                        .hasMessageContaining("s3:DeleteObject");
            }
            try (var reader = allowed(reading + listing)) {
                assertThatThrownBy(
                                () -> reader.getObject(get -> get.bucket(bucket).key("elsewhere")))
                        .hasMessageContaining("404");
            }
        }
    }

    @Test
    void what_is_refused_is_a_refusal_to_the_sdk_and_never_sent() {
        var none = PermissionsTest.permissions("[]");
        try (var dynamoDb =
                at(DynamoDbClient.builder()).httpClient(new IamHttpClient(wanted, none)).build()) {
            assertThatThrownBy(() ->
                            dynamoDb.getItem(get -> get.tableName("rows").key(key("RUNS#1", "r"))))
                    .hasMessageContaining("not authorized to perform: dynamodb:GetItem")
                    .hasMessageContaining(ROWS)
                    .hasMessageContaining("400");
        }
        assertThat(wanted.sent).isFalse();
    }

    private static S3Client allowed(String policies) {
        return S3Server.client(
                new IamHttpClient(
                        UrlConnectionHttpClient.create(), PermissionsTest.permissions(policies)));
    }

    private void assertWants(Runnable call, IamRequest... accesses) {
        wanted.accesses.clear();
        assertThatThrownBy(call::run).isInstanceOf(SdkClientException.class);
        assertThat(wanted.accesses).containsExactly(accesses);
    }

    private <B extends AwsClientBuilder<B, ?> & AwsSyncClientBuilder<B, ?>> B at(B client) {
        return client.region(Region.of(LocalAccount.REGION))
                .endpointOverride(URI.create("http://127.0.0.1:9"))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create("id", "secret")))
                .overrideConfiguration(
                        override -> override.retryStrategy(retry -> retry.maxAttempts(1)))
                .httpClient(wanted);
    }

    private static Map<String, AttributeValue> key(String pk, String sk) {
        return Map.of("pk", AttributeValue.fromS(pk), "sk", AttributeValue.fromS(sk));
    }

    private static IamRequest led(String operation, String... partitions) {
        return new IamRequest(
                "dynamodb:" + operation, ROWS, Map.of("dynamodb:LeadingKeys", List.of(partitions)));
    }

    private static IamRequest object(String operation, String key) {
        return new IamRequest("s3:" + operation, "arn:aws:s3:::bucket/" + key, Map.of());
    }

    /// An HTTP client that records the authorization requests and sends nothing.
    private static final class Wanted implements SdkHttpClient {
        private final Set<IamRequest> accesses = new LinkedHashSet<>();
        private boolean sent;

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            accesses.addAll(IamHttpClient.accesses(request));
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() throws IOException {
                    sent = true;
                    throw new IOException("connection refused");
                }

                @Override
                public void abort() {
                    // no call to abort
                }
            };
        }

        @Override
        public void close() {
            // no resources to close
        }
    }
}
