package nightshift.local;

import static nightshift.run.RunLogsContract.entry;
import static nightshift.run.RunLogsContract.run;
import static nightshift.run.RunLogsContract.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import nightshift.run.LogEntry;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;
import nightshift.run.RunLogsContract;
import nightshift.s3.S3Links;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
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
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class S3RunLogsTest implements RunLogsContract {
    private final Interruptions wire = new Interruptions();
    private final S3Client s3 = S3Server.client();
    private final String bucket = S3Server.bucket(s3);
    private final RunLogs logs = S3Server.logs(bucket, wire);
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
        others.compact(run, 0);
        append(logs, "5");
        append(others, "6");
        assertLog("1\n22\n3\n4\n5\n6\n", 6);
    }

    @Test
    void loses_a_race_between_looking_and_writing_and_wins_the_next_one() {
        append(others, "1");
        wire.before(
                "PUT",
                "/run_",
                () -> {
                    append(others, "2");
                    others.compact(run, 0);
                });
        append(logs, "3");
        assertLog("1\n2\n3\n", 3);
    }

    @Test
    void an_append_whose_answer_was_lost_is_there_once() {
        append(logs, "1");
        wire.loseAnswer("PUT", "/run_");
        append(logs, "2");
        wire.loseAnswer("PUT", "/run_");
        wire.before(
                "HEAD",
                "/run_",
                () -> append(others, "4")); // goes on before the writer knows that it has won
        append(logs, "3");
        append(logs, "5");
        assertLog("1\n2\n3\n4\n5\n", 5);
    }

    @Test
    void what_fails_on_its_way_is_tried_again() {
        for (var method : List.of("PUT", "HEAD", "GET")) {
            wire.slowDown(method, "/run_");
            wire.breakOff(method, "/run_");
        }
        wire.slowDown("GET", "list-type");
        append(logs, "1");
        append(others, "2");
        append(logs, "3"); // asks for the end once more
        assertLog("1\n2\n3\n", 3);
        logs.compact(run, 0);
        assertLog("1\n2\n3\n", 3);
    }

    @Test
    void an_append_costs_the_same_calls_at_any_length_of_the_log() {
        append(logs, "1");
        for (int n = 0; n < 50; n++) append(others, "x".repeat(n));
        wire.calls();
        int repeated = 2; // an upload whose answer was lost on the way, and whose it is
        append(logs, "late");
        // taken; by whom; where is the end; its mark; written
        assertThat(wire.calls()).hasSizeBetween(5, 5 + repeated);
        append(logs, "later");
        assertThat(wire.calls()).hasSizeBetween(1, 1 + repeated);
        append(S3Server.logs(bucket, wire), "from elsewhere");
        assertThat(wire.calls()).hasSizeBetween(4, 4 + repeated);
    }

    @Test
    void a_log_of_few_segments_costs_a_call_for_each_and_two_to_find_them() {
        for (int n = 1; n <= 64; n++) {
            append(others, "x".repeat(n));
            wire.calls();
            assertThat(text(logs.open(run).lines())).hasSize(n * (n + 3) / 2);
            assertThat(wire.calls()).hasSize(2 + n);
        }
    }

    @Test
    void a_log_of_many_segments_becomes_one_object_for_the_next_reader() {
        for (int n = 1; n <= 65; n++) append(others, "x");
        assertLog("x\n".repeat(65), 65);
        wire.calls();
        assertLog("x\n".repeat(65), 65);
        assertThat(wire.calls()).hasSize(2);
    }

    @Test
    void a_log_that_was_compacted_and_went_on_costs_a_call_for_each_new_segment() {
        for (int n = 1; n <= 40; n++) append(others, "x");
        others.compact(others.open(run));
        for (int n = 1; n <= 16; n++) {
            append(others, "y");
            wire.calls();
            try (var log = logs.open(run)) {
                assertThat(text(log.lines())).isEqualTo("x\n".repeat(40) + "y\n".repeat(n));
            }
            assertThat(wire.calls()).hasSize(2 + n);
        }
        others.compact(run, 0);
        wire.calls();
        try (var log = logs.open(run)) {
            assertThat(log.bytes()).isEqualTo(2 * 56);
            logs.compact(log); // it is one object
        } // without its lines
        assertThat(wire.calls()).hasSize(2);
    }

    @Test
    void an_open_log_of_a_run_that_goes_on_is_made_one_object_by_one_call() {
        append(others, "1");
        append(others, "2");
        others.compact(others.open(run));
        append(others, "3");
        append(others, "4");
        try (var log = logs.open(run)) {
            wire.calls();
            logs.compact(log);
            assertThat(wire.calls()).hasSize(1);
        }
        assertLog("1\n2\n3\n4\n", 4);
        assertThat(wire.calls()).hasSize(2);
    }

    @Test
    void a_log_that_has_grown_little_is_not_compacted_for_that() {
        for (int n = 1; n <= 7; n++) append(others, "x");
        logs.compactGrown(run);
        assertThat(wire.calls()).noneMatch(call -> call.startsWith("P")); // put or posted
        append(others, "x");
        logs.compactGrown(run);
        assertThat(wire.calls()).filteredOn(call -> call.startsWith("P")).hasSize(1);
        append(others, run, megabyte(1));
        logs.compactGrown(run);
        assertThat(wire.calls()).filteredOn(call -> call.startsWith("P")).hasSize(1);
        logs.compactGrown(run); // late
        assertThat(wire.calls()).noneMatch(call -> call.startsWith("P"));
    }

    @Test
    void it_is_said_when_the_answer_to_the_sixteenth_append_was_lost() {
        for (int n = 1; n <= 15; n++) append(logs, "x");
        wire.loseAnswer("PUT", "/run_");
        assertThat(logs.append(run, List.of(entry("x", null)), _ -> {})).hasValue(16);
        assertLog("x\n".repeat(16), 16);
    }

    @Test
    void it_is_said_once_in_two_megabytes_that_a_log_has_grown() {
        var said =
                IntStream.rangeClosed(1, 9)
                        .mapToObj(n -> logs.append(run, List.of(megabyte(n)), _ -> {}))
                        .toList();
        assertThat(said)
                .extracting(grown -> grown.orElse(0))
                .containsExactly(0L, 2L, 0L, 4L, 0L, 6L, 0L, 8L, 0L);
    }

    @Test
    void a_log_opened_while_it_is_compacted_is_all_there() {
        for (int n = 1; n <= 5; n++) append(others, String.valueOf(n));
        wire.before("GET", "list-type", () -> others.compact(run, 0));
        assertLog("1\n2\n3\n4\n5\n", 5);
        append(others, "6");
        wire.before("GET", ".jsonl", () -> others.compact(run, 0));
        assertLog("1\n2\n3\n4\n5\n6\n", 6);
    }

    @Test
    void a_log_that_is_large_in_segments_is_not_fetched_to_be_looked_at() {
        appendMegabytes(new StringBuilder(), 17);
        wire.calls();
        try (var log = logs.open(run)) {
            assertThat(log.bytes()).isEqualTo(17 << 20);
        }
        assertThat(wire.calls()).noneMatch(call -> call.matches("GET .*/run_[^/]*/\\d+[?].*"));
    }

    @Test
    void a_whole_log_costs_one_call_at_any_length() {
        append(others, "1", "2");
        append(others, "3");
        logs.compact(run, 0);
        wire.calls();
        try (var whole = logs.openWhole(run)) {
            assertThat(text(whole.lines())).isEqualTo("1\n2\n3\n");
        }
        assertThat(wire.calls()).hasSize(1);
        appendMegabytes(new StringBuilder(), 9);
        logs.compact(run, 1);
        wire.calls();
        logs.openWhole(run).close(); // without its megabytes
        assertThat(wire.calls()).hasSize(1);
    }

    @Test
    void a_compaction_that_is_repeated_adds_nothing() {
        append(logs, "1");
        logs.compact(run, 3);
        wire.calls();
        logs.compact(run, 3);
        others.compact(run, 2);
        assertThat(wire.calls()).noneMatch(call -> call.startsWith("P")); // put or posted
    }

    @Test
    void following_a_log_costs_what_is_new() {
        for (int n = 1; n <= 100; n++)
            append(logs, run, entry("{\"n\":" + n + "}", Instant.ofEpochSecond(n)));
        wire.calls();
        for (int n : List.of(100, 99, 98, 97)) {
            assertThat(text(logs.openEnd(run).linesSince(Instant.ofEpochSecond(n))))
                    .isEqualTo(numbered(n + 1, 100));
            assertThat(wire.calls()).hasSize(2 + 4); // the newest, at the same time
        }
        assertThat(text(logs.openEnd(run).linesSince(Instant.ofEpochSecond(90))))
                .isEqualTo(numbered(91, 100));
        assertThat(wire.calls()).hasSizeLessThanOrEqualTo(2 + 4 + 6 + 7);
        logs.compact(run, 0);
        wire.calls();
        assertThat(text(logs.openEnd(run).linesSince(Instant.ofEpochSecond(50))))
                .startsWith("{\"n\":51}\n")
                .endsWith("{\"n\":100}\n");
        assertThat(wire.calls()).hasSizeLessThanOrEqualTo(2 + 4 + 14 + 1);
    }

    @Test
    void a_compaction_that_is_overtaken_leaves_what_the_faster_one_wrote() {
        append(others, "1");
        wire.before(
                "PUT",
                ".jsonl",
                () -> {
                    append(others, "2");
                    others.compact(run, 0);
                    append(others, "3");
                });
        logs.compact(run, 0);
        assertLog("1\n2\n3\n", 3);
        append(others, "4");
        wire.before("PUT", ".jsonl", () -> others.compact(run, 0));
        logs.compact(run, 0);
        assertLog("1\n2\n3\n4\n", 4);
    }

    @Test
    void a_compaction_whose_answer_was_lost_is_done() {
        append(others, "1");
        wire.loseAnswer("PUT", ".jsonl");
        logs.compact(run, 0);
        assertThat(compacted()).isTrue();
        assertLog("1\n", 1);
    }

    @Test
    void a_compaction_that_died_leaves_the_log_as_it_was() {
        append(others, "1");
        wire.before("PUT", ".jsonl", S3RunLogsTest::die);
        assertThatThrownBy(() -> logs.compact(run, 0)).hasStackTraceContaining("died");
        assertThat(compacted()).isFalse();
        assertLog("1\n", 1);
        logs.compact(run, 0);
        assertThat(compacted()).isTrue();
        assertLog("1\n", 1);
    }

    @Test
    void a_large_log_is_compacted_in_parts_and_later_by_copying() {
        var whole = new StringBuilder();
        appendMegabytes(whole, 9);
        logs.compact(run, 0);
        assertThat(wire.calls()).anyMatch(call -> call.contains("partNumber=2"));
        assertWhole(whole);
        appendMegabytes(whole, 1);
        wire.before("PUT", "partNumber=2", S3RunLogsTest::die);
        assertThatThrownBy(() -> logs.compact(run, 0)).hasStackTraceContaining("died");
        assertWhole(whole);
        wire.before(
                "POST",
                "uploadId",
                () -> { // overtaken just before it would complete
                    appendMegabytes(whole, 1);
                    others.compact(run, 0);
                    appendMegabytes(whole, 1);
                });
        wire.calls();
        logs.compact(run, 0);
        assertThat(wire.calls().stream().filter(call -> call.contains("partNumber=1&"))).hasSize(1);
        assertWhole(whole);
        wire.before("PUT", "partNumber=1&", () -> others.compact(run, 0));
        appendMegabytes(whole, 1);
        logs.compact(run, 0);
        assertThat(s3.listMultipartUploads(list -> list.bucket(bucket)).uploads())
                .hasSize(1); // of the one that died
        assertWhole(whole);
    }

    @Test
    void outlives_the_segments_that_lifecycle_removes() {
        for (int n = 1; n <= 5; n++)
            append(logs, run, entry("{\"n\":" + n + "}", Instant.ofEpochSecond(n)));
        others.compact(run, 0);
        for (int n = 1; n <= 5 + 1; n++) expire(n); // the last one is the seal
        var later = others();
        append(later, "6");
        append(later, run, entry("7", Instant.ofEpochSecond(7)));
        String whole = "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}\n{\"n\":5}\n6\n7\n";
        assertLog(whole, 7);
        assertThat(text(logs.openEnd(run).linesSince(Instant.ofEpochSecond(3))))
                .endsWith("{\"n\":4}\n{\"n\":5}\n6\n7\n");
        later.compact(run, 0);
        assertLog(whole, 7);
        for (int n = 7; n <= 8 + 1; n++) expire(n);
        append(others(), "8");
        assertLog(whole + "8\n", 8);
    }

    @Test
    void a_number_that_lifecycle_freed_is_not_used_again() {
        for (int n = 1; n <= 3; n++) append(others, String.valueOf(n));
        others.compact(run, 0);
        expire(4); // the newest comes first in a listing; it is the seal
        append(logs, "4");
        assertLog("1\n2\n3\n4\n", 4);
    }

    @Test
    void the_url_of_a_compacted_log_opens_all_of_it() throws IOException, InterruptedException {
        append(logs, "1");
        append(logs, "2");
        logs.compact(run, 0);
        var link =
                new S3Links(S3Server.signer(bucket, Clock.systemUTC()))
                        .log(run, Duration.ofMinutes(1))
                        .orElseThrow();
        assertThat(link.expiresIn()).isEqualTo(Duration.ofMinutes(1));
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
        assertThat(wire.calls()).noneMatch(call -> call.startsWith("P")); // put or posted
        append(logs, "2");
        wire.before(
                "PUT",
                ".joined",
                () -> { // a reader who saw more was faster
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
        // pieces that are parts of their own, that lend to the one before, that are too short
        for (int megabytes : new int[] {1, 6, 9, 1, 2, 12, 1, 5}) {
            var one = new RunKey(run.projectId(), run.taskId(), UUID.randomUUID());
            chain.add(one);
            for (int n = 0; n < megabytes; n++) {
                String line = "%d-%d ".formatted(chain.size(), n) + "x".repeat(1 << 20);
                append(others, one, entry(line, null));
                whole.append(line).append('\n');
            }
            others.compact(one, 0);
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

    /// Whether one call opens the log.
    private boolean compacted() {
        wire.calls();
        logs.openWhole(run).close();
        return wire.calls().size() == 1;
    }

    private RunLogs others() {
        return S3Server.logs(bucket, UrlConnectionHttpClient.create());
    }

    private String opened(RunLogs by, List<RunKey> chain) {
        try {
            return get(by.url(chain, Duration.ofMinutes(1)).orElseThrow().url()).body();
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private void append(RunLogs to, String... lines) {
        append(to, run, Stream.of(lines).map(line -> entry(line, null)).toArray(LogEntry[]::new));
    }

    private static void append(RunLogs to, RunKey run, LogEntry... entries) {
        to.append(run, List.of(entries), _ -> {});
    }

    private void appendMegabytes(StringBuilder whole, int count) {
        for (int n = 0; n < count; n++) {
            var entry = megabyte(whole.length() / (1 << 20));
            append(others, run, entry);
            whole.append(entry.json()).append('\n');
        }
    }

    /// A line of a megabyte, another one for each of 26 numbers.
    private static LogEntry megabyte(int n) {
        return entry(Character.toString('a' + n % 26).repeat((1 << 20) - 1), null);
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

    private void expire(int number) {
        String key =
                "tasks/logs/team_%d/task_%s/run_%s/%010d"
                        .formatted(
                                run.projectId(),
                                run.taskId(),
                                run.runId(),
                                9_999_999_999L - number);
        assertThat(s3.headObject(head -> head.bucket(bucket).key(key)).contentLength())
                .isNotNegative();
        s3.deleteObject(delete -> delete.bucket(bucket).key(key));
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
