package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

class StreamPollerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Template TEMPLATE =
            Template.parse(
                    """
                    Resources:
                      Queue: {Type: AWS::SQS::Queue}
                      Table:
                        Type: AWS::DynamoDB::Table
                        Properties:
                          BillingMode: PAY_PER_REQUEST
                          AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}]
                          KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
                          StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
                      Sync:
                        Type: AWS::Serverless::Function
                        Properties:
                          Timeout: 20
                          Events:
                            Changes:
                              Type: DynamoDB
                              Properties:
                                Stream: !GetAtt Table.StreamArn
                                BatchSize: 10
                                MaximumRetryAttempts: 2
                                BisectBatchOnFunctionError: true
                                FunctionResponseTypes: [ReportBatchItemFailures]
                                FilterCriteria: {Filters: [{Pattern: '{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"WANTED"}]}}}}'}]}
                                DestinationConfig: {OnFailure: {Destination: !GetAtt Queue.Arn}}
                      SyncInParallel:
                        Type: AWS::Serverless::Function
                        Properties:
                          Timeout: 20
                          Events:
                            Changes:
                              Type: DynamoDB
                              Properties:
                                Stream: !GetAtt Table.StreamArn
                                BatchSize: 2
                                ParallelizationFactor: 10
                    """);

    @TempDir static Path data;
    private static LocalDynamoDb table;

    @TempDir Path folder;
    private final StubFunctions functions = new StubFunctions();
    private final BlockingQueue<String> delivered = new LinkedBlockingQueue<>();
    private final BlockingQueue<DeadLetter> deadLetters = new LinkedBlockingQueue<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String partition = "";
    private static final AtomicInteger PARTITIONS = new AtomicInteger();

    @BeforeAll
    static void startTable() {
        table = LocalDynamoDb.start(0, data, TEMPLATE);
    }

    @AfterAll
    static void stopTable() {
        table.close();
    }

    @BeforeEach
    void takePartition() {
        partition = "WANTED-" + PARTITIONS.incrementAndGet() + "-";
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) each.close();
    }

    @Test
    void delivers_the_changes_that_the_filter_wants_in_order() throws Exception {
        poll(this::take);
        put("OTHER", "x");
        for (int i = 0; i < 25; i++) put(partition, "key-%02d".formatted(i));

        for (int i = 0; i < 25; i++) assertThat(next()).isEqualTo("key-%02d".formatted(i));
    }

    @Test
    void a_record_has_lambdas_shape() throws Exception {
        var events = new LinkedBlockingQueue<JsonNode>();
        poll(event -> {
            for (var record : records(event)) {
                if (key(record, "pk").equals(partition)) events.add(record);
            }
            return "{}";
        });
        put(partition, "x");

        var record = events.poll(10, TimeUnit.SECONDS);

        assertThat(record).isNotNull();
        assertThat(record.path("eventName").asText()).isEqualTo("INSERT");
        assertThat(record.path("eventSource").asText()).isEqualTo("aws:dynamodb");
        assertThat(record.path("awsRegion").asText()).isEqualTo("us-east-1");
        assertThat(record.path("eventSourceARN").asText())
                .contains(":table/nightshift-Table/stream/");
        assertThat(record.path("dynamodb").path("NewImage").path("flags").toString())
                .isEqualTo("{\"L\":[{\"BOOL\":true}]}");
        assertThat(record.path("dynamodb").path("StreamViewType").asText())
                .isEqualTo("NEW_AND_OLD_IMAGES");
    }

    @Test
    void a_record_is_one_that_awss_own_event_class_reads() throws Exception {
        var events = new LinkedBlockingQueue<String>();
        poll(event -> {
            if (event.contains(partition)) events.add(event);
            return "{}";
        });
        put(partition, "x");

        var event =
                LambdaEventSerializers.serializerFor(
                                DynamodbEvent.class, getClass().getClassLoader())
                        .fromJson(events.poll(10, TimeUnit.SECONDS));

        var record = event.getRecords().getLast();
        assertThat(record.getEventName()).isEqualTo("INSERT");
        assertThat(record.getEventSourceARN()).contains(":table/nightshift-Table/stream/");
        var change = record.getDynamodb();
        assertThat(change.getKeys().get("pk").getS()).isEqualTo(partition);
        assertThat(change.getNewImage().get("flags").getL().getFirst().getBOOL()).isTrue();
        assertThat(change.getOldImage()).isNull();
        assertThat(change.getSequenceNumber()).isNotBlank();
        assertThat(change.getApproximateCreationDateTime()).isNotNull();
        assertThat(change.getStreamViewType()).isEqualTo("NEW_AND_OLD_IMAGES");
    }

    @Test
    void a_restart_continues_after_the_checkpoint() throws Exception {
        poll(this::take);
        put(partition, "first");
        assertThat(next()).isEqualTo("first");
        put(partition, "second"); // so it is read after the checkpoint of "first"
        assertThat(next()).isEqualTo("second");
        close();
        opened.clear();
        put(partition, "meanwhile");

        poll(this::take);
        put(partition, "after");

        var heard = next();
        // stopped before the checkpoint: a stream delivers at least once
        if (heard.equals("second")) heard = next();
        assertThat(List.of(heard, next())).containsExactly("meanwhile", "after");
    }

    @Test
    void a_batch_that_a_stop_interrupts_is_delivered_again() throws Exception {
        var stopped = new CountDownLatch(1);
        poll(event -> {
            take(event);
            if (event.contains(partition)) awaitZero(stopped);
            return "{}";
        });
        put(partition, "cut off");
        assertThat(next()).isEqualTo("cut off");
        close();
        opened.clear();
        stopped.countDown();

        poll(this::take);

        assertThat(next()).isEqualTo("cut off");
    }

    @Test
    void only_the_failed_records_are_delivered_again() throws Exception {
        var refusals = new AtomicInteger();
        poll(event -> {
            for (var record : records(event)) {
                if (!key(record, "pk").equals(partition)) continue;
                if (key(record, "sk").equals("2") && refusals.getAndIncrement() == 0) {
                    return "{\"batchItemFailures\":[{\"itemIdentifier\":\"%s\"}]}"
                            .formatted(record.path("dynamodb").path("SequenceNumber").asText());
                }
                delivered.add(key(record, "sk"));
            }
            return "{\"batchItemFailures\":[]}";
        });
        for (var key : List.of("1", "2", "3")) put(partition, key);

        assertThat(List.of(next(), next(), next())).containsExactly("1", "2", "3");
    }

    @Test
    void a_record_that_always_fails_is_dropped_and_the_next_one_is_delivered() throws Exception {
        poll(event -> {
            for (var record : records(event)) {
                if (!key(record, "pk").equals(partition)) continue;
                if (key(record, "sk").equals("poison")) {
                    throw new IllegalStateException("poison");
                }
                delivered.add(key(record, "sk"));
            }
            return "{}";
        });
        put(partition, "poison");
        var letter = deadLetters.poll(10, TimeUnit.SECONDS);
        put(partition, "healthy");

        assertThat(letter).isNotNull();
        assertThat(letter.queueArn()).endsWith(":nightshift-Queue");
        assertThat(letter.body())
                .contains("\"condition\":\"RetryAttemptsExhausted\"")
                .contains("\"DDBStreamBatchInfo\"");
        assertThat(next()).isEqualTo("healthy");
    }

    @Test
    void one_item_does_not_wait_for_another_but_each_keeps_its_order() throws Exception {
        var others = new CountDownLatch(5);
        var started = new AtomicInteger();
        for (int change = 0; change < 5; change++) {
            for (int item = 0; item < 20; item++) put(partition, "item-" + item, change);
        }
        poll(
                "SyncInParallel",
                event -> {
                    if (!event.contains(partition)) return "{}";
                    if (started.getAndIncrement() == 0) awaitZero(others);
                    for (var record : records(event)) {
                        if (!key(record, "pk").equals(partition)) continue;
                        var image = record.path("dynamodb").path("NewImage");
                        delivered.add(
                                key(record, "sk") + " " + image.path("change").path("N").asText());
                    }
                    others.countDown();
                    return "{}";
                });

        var heard = new HashMap<String, List<String>>();
        for (int i = 0; i < 5 * 20; i++) {
            var change = next().split(" ", 2);
            heard.computeIfAbsent(change[0], _ -> new ArrayList<>()).add(change[1]);
        }
        assertThat(heard.values())
                .hasSize(20)
                .allSatisfy(
                        changes -> assertThat(changes).containsExactly("0", "1", "2", "3", "4"));
    }

    private static void awaitZero(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private String take(String event) {
        for (var record : records(event)) {
            if (key(record, "pk").equals(partition)) delivered.add(key(record, "sk"));
        }
        return "{}";
    }

    private void poll(UnaryOperator<String> body) {
        poll("Sync", body);
    }

    private void poll(String id, UnaryOperator<String> body) {
        functions.with(id, body);
        var lambda =
                new LocalLambda(
                        functions,
                        folder.resolve("lambda"),
                        Clock.systemUTC(),
                        LocalLambda.PAUSES,
                        deadLetters::add);
        opened.add(lambda);
        var function = TEMPLATE.function(id).orElseThrow();
        opened.add(
                new StreamPoller(
                        table.streams(),
                        table.streamArn("nightshift-Table"),
                        function,
                        function.mappings().getFirst(),
                        lambda,
                        folder.resolve("streams"),
                        Clock.systemUTC(),
                        Duration.ofMillis(5),
                        deadLetters::add));
    }

    private static void put(String partition, String key) {
        put(partition, key, 0);
    }

    private static void put(String partition, String key, int change) {
        table.tables()
                .putItem(request ->
                        request.tableName("nightshift-Table")
                                .item(
                                        Map.of(
                                                "pk",
                                                AttributeValue.fromS(partition),
                                                "sk",
                                                AttributeValue.fromS(key),
                                                "change",
                                                AttributeValue.fromN("" + change),
                                                "flags",
                                                AttributeValue.fromL(
                                                        List.of(AttributeValue.fromBool(true))))));
    }

    private String next() throws InterruptedException {
        var next = delivered.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next == null ? "" : next;
    }

    private static JsonNode records(String event) {
        try {
            return JSON.readTree(event).path("Records");
        } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
            throw new IllegalStateException(malformed);
        }
    }

    private static String key(JsonNode record, String name) {
        return record.path("dynamodb").path("Keys").path(name).path("S").asText();
    }
}
