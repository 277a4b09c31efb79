package nightshift.local;

import static nightshift.run.RunLogsContract.entry;
import static nightshift.run.RunLogsContract.run;
import static nightshift.run.RunLogsContract.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import nightshift.dynamo.DynamoRunLogs;
import nightshift.dynamo.DynamoServer;
import nightshift.dynamo.Table;
import nightshift.functions.lambda.AwsHttpClient;
import nightshift.run.LogEntry;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;
import nightshift.run.RunLogsContract;
import nightshift.s3.S3LogObjects;
import nightshift.testing.Together;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class DynamoRunLogsTest implements RunLogsContract {
    private static final String TABLE = DynamoServer.create();
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final FaultInjectingHttpClient table = new FaultInjectingHttpClient();
    private final FaultInjectingHttpClient wire = new FaultInjectingHttpClient();
    private final S3Client s3 = S3Server.client();
    private final String bucket = S3Server.bucket(s3);
    private final RunLogs logs = logs(table, wire, Clock.systemUTC());
    private final RunLogs others = others();
    private final RunKey run = run();

    @Override
    public RunLogs logs() {
        return logs;
    }

    @AfterEach
    void close() {
        s3.close();
    }

    @Test
    void a_writer_with_an_old_idea_of_the_end_goes_on_at_the_new_one() {
        append(logs, "1");
        append(others, "22", "3");
        append(others, "4");
        others.compact(run);
        append(logs, "5");
        append(others, "6");
        assertLog("1\n22\n3\n4\n5\n6\n", 6);
    }

    @Test
    void loses_a_race_between_looking_and_writing_and_wins_the_next_one() {
        append(others, "1");
        table.before(
                "POST",
                "PutItem",
                () -> {
                    append(others, "2");
                    others.compact(run);
                });
        append(logs, "3");
        assertLog("1\n2\n3\n", 3);
    }

    @Test
    void an_append_whose_answer_was_lost_is_there_once() {
        append(logs, "1");
        table.loseAnswer("POST", "PutItem");
        append(logs, "2");
        append(logs, "3");
        table.loseAnswer("POST", "PutItem");
        append(logs, entryOf(20_000)); // stored as an object
        append(logs, "5");
        assertThat(logs.open(run).entries()).isEqualTo(5);
        assertThat(text(logs.open(run).lines()))
                .startsWith("1\n2\n3\n")
                .endsWith("\n5\n")
                .hasSize(3 * 2 + 20_001 + 2);
    }

    @Test
    void an_append_whose_answer_was_lost_knows_itself_though_others_have_gone_on() {
        append(logs, "1");
        table.loseAnswer("POST", "PutItem");
        table.before("POST", "PutItem", () -> append(others, "3")); // before the retry
        append(logs, "2");
        append(logs, "4");
        assertLog("1\n2\n3\n4\n", 4);
    }

    @Test
    void what_fails_on_its_way_is_tried_again() {
        for (var operation : List.of("PutItem", "Query")) table.breakOff("POST", operation);
        append(logs, "1");
        append(others, "2");
        append(logs, "3");
        append(logs, entryOf(20_000));
        for (var method : List.of("PUT", "HEAD", "GET")) {
            wire.slowDown(method, "/run_");
            wire.breakOff(method, "/run_");
        }
        logs.compact(run);
        assertThat(text(logs.open(run).lines())).startsWith("1\n2\n3\n").hasSize(6 + 20_001);
    }

    @Test
    void an_append_costs_the_same_calls_at_any_length_of_the_log() {
        append(logs, "1");
        for (int n = 0; n < 50; n++) append(others, "x".repeat(n));
        table.calls();
        append(logs, "late");
        assertThat(table.calls()).hasSize(3); // a conflict, a read of the end, the write
        append(logs, "later");
        assertThat(table.calls()).hasSize(1);
        append(logs(table, wire, Clock.systemUTC()), "from elsewhere");
        assertThat(table.calls()).hasSize(2);
        assertThat(wire.calls()).isEmpty();
    }

    @Test
    void an_append_of_a_kilobyte_is_one_write_unit() {
        append(logs, "{\"text\":\"" + words(1_000) + "\"}");
        var item = items().getFirst();
        int size =
                item.entrySet().stream()
                        .mapToInt(attribute ->
                                attribute.getKey().length() + size(attribute.getValue()))
                        .sum();
        assertThat(size).isLessThan(1_000);
    }

    @Test
    void many_lines_are_in_an_object_and_read_at_the_same_time() {
        for (int n = 1; n <= 5; n++) append(others, entryOf(100_000));
        table.calls();
        assertThat(text(logs.open(run).lines())).hasSize(5 * 100_001);
        assertThat(table.calls()).hasSize(1);
        assertThat(wire.calls()).hasSize(5);
    }

    @Test
    void a_log_costs_one_query_and_one_object_at_any_length() {
        for (int n = 1; n <= 100; n++) {
            append(others, "x");
            if (n % 16 == 0) others.compact(run);
            table.calls();
            wire.calls();
            assertThat(text(logs.open(run).lines())).hasSize(2 * n);
            assertThat(table.calls()).hasSize(1);
            assertThat(wire.calls()).hasSize(n < 16 ? 0 : 1);
        }
    }

    @Test
    void a_log_without_compaction_is_complete() {
        var whole = new StringBuilder();
        for (int n = 1; n <= 300; n++) {
            var line = words(8_000);
            append(others, line);
            whole.append(line).append('\n');
        }
        assertWhole(whole);
        others.compact(run);
        assertWhole(whole);
    }

    @Test
    void a_log_is_to_be_compacted_after_each_sixteen_appends() throws Exception {
        Together.all(
                100,
                n -> {
                    logs.append(run, List.of(entry("{\"n\":" + n + "}", null)), false);
                    return n;
                });
        assertThat(compactAfter()).containsExactly(16, 32, 48, 64, 80, 96);
    }

    @Test
    void a_log_is_to_be_compacted_after_each_two_megabytes() {
        for (int n = 1; n <= 9; n++) logs.append(run, List.of(megabyte(n)), false);
        assertThat(compactAfter()).containsExactly(2, 4, 6, 8);
    }

    @Test
    void a_log_is_to_be_compacted_after_an_append_that_says_so() {
        append(logs, "1");
        logs.append(run, List.of(entry("2", null)), true);
        append(logs, "3");
        assertThat(compactAfter()).containsExactly(2);
    }

    @Test
    void a_log_opened_during_a_compaction_is_complete() {
        for (int n = 1; n <= 5; n++) append(others, String.valueOf(n));
        table.before("POST", "Query", () -> others.compact(run));
        assertLog("1\n2\n3\n4\n5\n", 5);
        append(others, "6");
        var log = logs.open(run);
        others.compact(run);
        append(others, "7");
        others.compact(run);
        assertThat(text(log.lines())).isEqualTo("1\n2\n3\n4\n5\n6\n");
    }

    @Test
    void a_compaction_that_is_repeated_writes_nothing() {
        append(logs, "1");
        logs.compact(run);
        table.calls();
        wire.calls();
        logs.compact(run);
        assertThat(table.calls()).hasSize(1);
        assertThat(wire.calls()).isEmpty();
    }

    @Test
    void following_a_log_costs_what_is_new() {
        for (int n = 1; n <= 100; n++) {
            append(logs, run, entry("{\"n\":" + n + "}", Instant.ofEpochSecond(n)));
            if (n == 50 || n == 99) others.compact(run);
        }
        for (int n : List.of(100, 99, 98, 97, 90)) {
            table.calls();
            assertThat(text(logs.open(run).linesSince(Instant.ofEpochSecond(n))))
                    .isEqualTo(numbered(n + 1, 100));
            assertThat(table.calls()).hasSize(1);
        }
        assertThat(text(logs.open(run).linesSince(Instant.ofEpochSecond(20))))
                .isEqualTo(numbered(21, 100));
        assertThat(table.calls()).hasSize(2);
        assertThat(wire.calls()).isEmpty();
    }

    @Test
    void a_compaction_that_is_overtaken_leaves_what_the_faster_one_wrote() {
        append(others, "1");
        wire.before(
                "PUT",
                ".jsonl",
                () -> {
                    append(others, "2");
                    others.compact(run);
                    append(others, "3");
                });
        logs.compact(run);
        assertLog("1\n2\n3\n", 3);
        append(others, "4");
        wire.before("PUT", ".jsonl", () -> others.compact(run));
        logs.compact(run);
        assertLog("1\n2\n3\n4\n", 4);
        append(others, "5");
        table.before(
                "POST",
                "PutItem",
                () -> { // the object is written, the head is not
                    append(others, "6");
                    others.compact(run);
                });
        logs.compact(run);
        assertLog("1\n2\n3\n4\n5\n6\n", 6);
    }

    @Test
    void a_compaction_whose_answer_was_lost_is_done() {
        append(others, "1");
        wire.loseAnswer("PUT", ".jsonl");
        logs.compact(run);
        assertThat(compacted()).isTrue();
        assertLog("1\n", 1);
    }

    @Test
    void a_compaction_that_died_leaves_the_log_as_it_was() {
        append(others, "1");
        for (int time = 0; time < 2; time++) {
            wire.before("PUT", ".jsonl", DynamoRunLogsTest::die);
            assertThatThrownBy(() -> logs.compact(run)).hasStackTraceContaining("died");
            table.before("POST", "PutItem", DynamoRunLogsTest::die); // the write of the head
            assertThatThrownBy(() -> logs.compact(run)).hasStackTraceContaining("died");
            assertThat(compacted()).isFalse();
            assertLog("1\n2\n".substring(0, 2 + 2 * time), 1 + time);
            append(others, "2");
        }
        logs.compact(run);
        assertThat(compacted()).isTrue();
        assertLog("1\n2\n2\n", 3);
    }

    @Test
    void a_large_log_is_compacted_in_parts_and_later_by_copying() {
        var whole = new StringBuilder();
        appendMegabytes(whole, 9);
        logs.compact(run);
        assertWhole(whole);
        appendMegabytes(whole, 1);
        wire.before("PUT", "partNumber=2", DynamoRunLogsTest::die);
        assertThatThrownBy(() -> logs.compact(run)).hasStackTraceContaining("died");
        assertWhole(whole);
        wire.before(
                "POST",
                "uploadId",
                () -> { // another compaction wins just before the completion
                    appendMegabytes(whole, 1);
                    others.compact(run);
                    appendMegabytes(whole, 1);
                });
        wire.calls();
        logs.compact(run);
        assertWhole(whole);
        logs.compact(run);
        appendMegabytes(whole, 1);
        wire.calls();
        logs.compact(run);
        assertThat(wire.calls()).hasSize(1 + 1 + 2 + 1); // the lines; create, two parts, complete
        assertWhole(whole);
    }

    @Test
    void outlives_the_items_that_expire() {
        for (int n = 1; n <= 5; n++)
            append(logs, run, entry("{\"n\":" + n + "}", Instant.ofEpochSecond(n)));
        others.compact(run);
        for (int n = 1; n <= 5; n++) expire(n);
        var later = others();
        append(later, "6");
        append(later, run, entry("7", Instant.ofEpochSecond(7)));
        String whole = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n{\"n\":5}\n6\n7\n";
        assertLog(whole, 7);
        assertThat(text(logs.open(run).linesSince(Instant.ofEpochSecond(3))))
                .endsWith("{\"n\":4}\n{\"n\":5}\n6\n7\n");
        later.compact(run);
        assertLog(whole, 7);
        for (int n = 6; n <= 7; n++) expire(n);
        append(others(), "8");
        assertLog(whole + "8\n", 8);
    }

    @Test
    void a_log_whose_beginning_has_expired_has_the_rest() {
        for (int n = 1; n <= 5; n++) append(others, String.valueOf(n));
        for (int n = 1; n <= 2; n++) expire(n);
        assertThat(text(logs.open(run).lines())).isEqualTo("3\n4\n5\n");
        others.compact(run);
        s3.deleteObject(delete -> delete.bucket(bucket).key(key()));
        append(others, "6");
        assertThat(text(logs.open(run).lines())).isEqualTo("6\n");
        logs.compact(run);
        assertThat(text(logs.open(run).lines())).isEqualTo("6\n");
        var inAMonth = Clock.offset(Clock.systemUTC(), Duration.ofDays(31));
        var late = logs(table, wire, inAMonth);
        append(late, "7");
        assertThat(text(late.open(run).lines())).isEqualTo("7\n");
        assertThat(late.link(run, MINUTE)).isEmpty();
        late.compact(run);
        assertThat(text(late.open(run).lines())).isEqualTo("7\n");
    }

    @Test
    void items_expire_after_thirty_days() {
        append(logs, "1");
        logs.compact(run);
        var month = Instant.now().plus(Duration.ofDays(30)).getEpochSecond();
        assertThat(items())
                .hasSize(2)
                .allSatisfy(item ->
                        assertThat(Long.parseLong(item.get("expires_at").n()))
                                .isBetween(month - 100, month));
    }

    @Test
    void the_link_of_a_compacted_log_opens_all_of_it() throws IOException, InterruptedException {
        append(logs, "1");
        append(logs, "2");
        logs.compact(run);
        var link = logs.link(run, MINUTE).orElseThrow();
        assertThat(link.expiresIn()).isEqualTo(MINUTE);
        assertThat(link.url().getPath()).endsWith(key());
        assertThat(get(link.url()).body()).isEqualTo("1\n2\n");
        assertThat(get(link.url()).headers().firstValue("Content-Type"))
                .contains("application/jsonl");
        String altered = link.url().toString().replace("Expires=60", "Expires=61");
        assertThat(get(URI.create(altered)).statusCode()).isEqualTo(403);
    }

    @Test
    void the_url_of_a_chain_opens_its_logs_one_after_the_other() throws Exception {
        var first = new RunKey(run.projectId(), run.taskId(), UUID.randomUUID());
        var silent = new RunKey(run.projectId(), run.taskId(), UUID.randomUUID());
        var chain = List.of(first, silent, run);
        append(logs, "1");
        assertThat(opened(logs, chain)).isEqualTo("1\n");
        append(logs, first, entry("of the first", null));
        assertThat(opened(logs, chain)).isEqualTo("of the first\n1\n");
        wire.calls();
        assertThat(opened(logs, chain)).isEqualTo("of the first\n1\n");
        assertThat(wire.calls()).noneMatch(call -> call.startsWith("P")); // PUT or POST
        append(logs, "2");
        wire.before(
                "PUT",
                ".joined",
                () -> { // another reader with more lines was faster
                    append(others, "3");
                    opened(others, chain);
                });
        assertThat(opened(logs, chain)).isEqualTo("of the first\n1\n2\n3\n");
        append(logs, "4");
        wire.loseAnswer("PUT", ".joined");
        assertThat(opened(logs, chain)).isEqualTo("of the first\n1\n2\n3\n4\n");
    }

    @Test
    void a_chain_of_any_length_is_joined_by_copying() throws Exception {
        var whole = new StringBuilder();
        var chain = new ArrayList<RunKey>();
        // logs that are a part of their own, that fill up the part before, or that are too short
        for (int megabytes : new int[] {1, 6, 9, 1, 2, 12, 1, 5}) {
            var one = new RunKey(run.projectId(), run.taskId(), UUID.randomUUID());
            chain.add(one);
            for (int n = 0; n < megabytes; n++) {
                String line = "%d-%d ".formatted(chain.size(), n) + "x".repeat(1 << 20);
                append(others, one, entry(line, null));
                whole.append(line).append('\n');
            }
            others.compact(one);
        }
        wire.calls();
        assertThat(opened(logs, chain).contentEquals(whole)).isTrue();
        assertThat(wire.calls().stream().filter(call -> call.contains("partNumber="))).hasSize(5);
    }

    private static String numbered(int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj("{\"n\":%d}\n"::formatted)
                .collect(joining());
    }

    private boolean compacted() {
        return logs.link(run, MINUTE).isPresent();
    }

    private RunLogs others() {
        return logs(
                UrlConnectionHttpClient.create(),
                UrlConnectionHttpClient.create(),
                Clock.systemUTC());
    }

    private RunLogs logs(SdkHttpClient table, SdkHttpClient objects, Clock clock) {
        return new DynamoRunLogs(
                new Table(DynamoServer.over(new AwsHttpClient(table)), TABLE),
                new S3LogObjects(
                        S3Server.client(objects),
                        bucket,
                        S3Server.links(bucket, Clock.systemUTC())),
                clock);
    }

    private String opened(RunLogs by, List<RunKey> chain) {
        try {
            return get(by.url(chain, MINUTE).orElseThrow().url()).body();
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void append(RunLogs to, String... lines) {
        append(to, run, Stream.of(lines).map(line -> entry(line, null)).toArray(LogEntry[]::new));
    }

    private static void append(RunLogs to, RunKey run, LogEntry... entries) {
        to.append(run, List.of(entries), false);
    }

    private void appendMegabytes(StringBuilder whole, int count) {
        for (int n = 0; n < count; n++) {
            var entry = megabyte(whole.length() / (1 << 20));
            append(others, run, entry);
            whole.append(entry.json()).append('\n');
        }
    }

    /// A line of a megabyte, different for 26 numbers.
    private static LogEntry megabyte(int n) {
        return entry(Character.toString('a' + n % 26).repeat((1 << 20) - 1), null);
    }

    private static String entryOf(int length) {
        return "x".repeat(length);
    }

    /// Text that compresses to about a half.
    private static String words(int length) {
        return new Random(length)
                .ints(length, 0, 16)
                .mapToObj(Integer::toHexString)
                .collect(joining());
    }

    private void assertLog(String lines, int entries) {
        var log = logs.open(run);
        assertThat(text(log.lines())).isEqualTo(lines);
        assertThat(log.bytes()).isEqualTo(lines.getBytes(UTF_8).length);
        assertThat(log.entries()).isEqualTo(entries);
    }

    private void assertWhole(StringBuilder whole) {
        assertThat(text(logs.open(run).lines()).contentEquals(whole)).isTrue();
        assertThat(logs.open(run).bytes()).isEqualTo(whole.length());
    }

    private List<Map<String, AttributeValue>> items() {
        return DynamoServer.CLIENT
                .queryPaginator(query ->
                        query.tableName(TABLE)
                                .keyConditionExpression("pk = :pk")
                                .expressionAttributeValues(
                                        Map.of(":pk", AttributeValue.fromS(partition()))))
                .items()
                .stream()
                .toList();
    }

    private List<Integer> compactAfter() {
        return items().stream()
                .filter(item -> item.containsKey("compact"))
                .map(item -> Integer.valueOf(item.get("number").n()))
                .toList();
    }

    private static int size(AttributeValue value) {
        return switch (value.type()) {
            case S -> value.s().length();
            case B -> value.b().asByteArray().length;
            default -> 10;
        };
    }

    private void expire(int number) {
        DynamoServer.CLIENT.deleteItem(delete ->
                delete.tableName(TABLE)
                        .key(
                                Map.of(
                                        "pk", AttributeValue.fromS(partition()),
                                        "sk", AttributeValue.fromS("%010d".formatted(number)))));
    }

    private String partition() {
        return "LOGS#%d#%s#%s".formatted(run.projectId(), run.taskId(), run.runId());
    }

    private String key() {
        return "tasks/logs/team_%d/task_%s/run_%s.jsonl"
                .formatted(run.projectId(), run.taskId(), run.runId());
    }

    private static void die() {
        throw new AssertionError("died");
    }

    private static HttpResponse<String> get(URI url) throws IOException, InterruptedException {
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
