package nightshift.bench;

import static java.util.Objects.requireNonNull;

import module java.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.bench.LambdaJvm.Start;
import nightshift.bench.SampleData.Ids;

/// Measures the cost of a call with little and with much existing data.
final class Growth implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CALLS = 5;
    private static final int KB = 1_024;
    private static final int LARGEST_APPEND_KB = 500;

    private final SampleData data;
    private final LambdaJvm.Host host;
    private final PrintStream progress;
    private final Map<String, LambdaJvm> instances = new HashMap<>();
    private final List<Report.Row> rows = new ArrayList<>();
    private long project = 100;

    private interface Events {
        String next() throws IOException, InterruptedException;
    }

    Growth(SampleData data, LambdaJvm.Host host, PrintStream progress) {
        this.data = data;
        this.host = host;
        this.progress = progress;
    }

    @Override
    public void close() {
        instances.values().forEach(LambdaJvm::close);
    }

    List<Report.Row> measure() throws IOException, InterruptedException {
        for (int count : new int[] {10, 1_000}) runs(count);
        for (int count : new int[] {100, 990}) automations(count);
        for (int kilobytes : new int[] {1, KB, 100 * KB}) log(kilobytes);
        return rows;
    }

    private void runs(int count) throws IOException, InterruptedException {
        var ids = data.automation(++project, "* * * * *");
        var run = data.event("RunTaskAutomation", ids);
        for (int i = 1; i < count; i++) data.call("RunTaskAutomation", run);
        var sample = data.event("FireTaskAutomation", ids);
        var minute = JSON.readTree(sample).path("scheduled_time").asText();
        var ago = new AtomicInteger();
        measure(
                "a firing",
                "%,d earlier runs".formatted(count),
                "FireTaskAutomation",
                () -> sample.replace(minute, SampleData.minute(ago.incrementAndGet()).toString()));
    }

    private void automations(int count) throws IOException, InterruptedException {
        var ids = data.automation(++project, "0 9 * * *");
        var create = data.event("CreateTaskAutomation", ids);
        for (int i = 1; i < count; i++) data.call("CreateTaskAutomation", create);
        var with = count + " automations";
        var first = data.query("ListTaskAutomations", ids, "limit", "50");
        measure("first page of automations", with, "ListTaskAutomations", () -> first);
        var last = data.query("ListTaskAutomations", ids, "offset", count - 50 + "");
        measure("last page of automations", with, "ListTaskAutomations", () -> last);
        var reconcile = data.event("Reconcile", ids);
        measure("reconcile a project", with, "Reconcile", () -> reconcile);
    }

    private void log(int kilobytes) throws IOException, InterruptedException {
        var ids = data.automation(++project, "0 9 * * *");
        var size = kilobytes < KB ? kilobytes + " KB" : kilobytes / KB + " MB";
        for (int left = kilobytes; left > 0; left -= LARGEST_APPEND_KB) {
            append(ids, Math.min(left, LARGEST_APPEND_KB));
        }
        awaitCompaction(kilobytes);
        var one = data.event("AppendTaskRunLog", ids, entries(1));
        measure("append 1 KB to a log", size, "AppendTaskRunLog", () -> one);
        Events follow =
                () -> {
                    var now = Instant.now().toString();
                    append(ids, 1);
                    return data.query("RetrieveTaskRunSessionLogs", ids, "after", now);
                };
        measure("follow a log by 1 KB", size, "RetrieveTaskRunSessionLogs", follow);
        var read = data.event("RetrieveTaskRunLogs", ids);
        Events grow =
                () -> {
                    append(ids, 1);
                    return read;
                };
        measure("read a log that grows", size, "RetrieveTaskRunLogs", grow);
        var end = JSON.createObjectNode().put("status", "completed");
        data.call("UpdateTaskRun", data.event("UpdateTaskRun", ids, end));
        awaitCompaction(kilobytes);
        measure("read a log that has ended", size, "RetrieveTaskRunLogs", () -> read);
    }

    /// Waits for the compaction of a log of this size.
    private static void awaitCompaction(int kilobytes) throws InterruptedException {
        Thread.sleep(1_000 + kilobytes / 20);
    }

    private void append(Ids ids, int kilobytes) throws IOException, InterruptedException {
        data.call("AppendTaskRunLog", data.event("AppendTaskRunLog", ids, entries(kilobytes)));
    }

    /// Entries of about a kilobyte each.
    private static JsonNode entries(int count) {
        var body = JSON.createObjectNode();
        var entries = body.putArray("entries");
        for (int i = 0; i < count; i++) {
            var entry = entries.addObject().put("type", "notification");
            entry.put("timestamp", Instant.now().toString());
            var notification = entry.putObject("notification").put("method", "_posthog/console");
            notification.putObject("params").put("message", "x".repeat(880));
        }
        return body;
    }

    /// Ignores the first call, because it reads the API key.
    private void measure(String work, String with, String function, Events events)
            throws IOException, InterruptedException {
        if (!instances.containsKey(function)) {
            instances.put(
                    function, new LambdaJvm(host, data.function(function), Start.RECORDED).ready());
        }
        var jvm = requireNonNull(instances.get(function));
        var millis = new Samples();
        var usages = new ArrayList<Usage>();
        for (int call = 1; call <= CALLS; call++) {
            var answer = jvm.invoke(events.next());
            SampleData.check(function, answer.payload());
            var usage = jvm.takeCalls();
            if (call == 1) continue;
            millis.add(answer.millis());
            usages.add(usage);
        }
        rows.add(
                new Report.Row()
                        .with("call", work)
                        .with("with", with)
                        .with("ms", millis)
                        .with("AWS calls", samples(usages, usage -> usage.requests().size()))
                        .with("round trips", samples(usages, Usage::roundTrips))
                        .with("bytes", samples(usages, Usage::bytes))
                        .with("read units", samples(usages, Usage::readUnits))
                        .with("write units", samples(usages, Usage::writeUnits))
                        .with("USD a million", samples(usages, Usage::pricePerMillion)));
        progress.printf("%s, %s: %.1f ms%n", work, with, millis.median());
    }

    private static Samples samples(List<Usage> usages, ToDoubleFunction<Usage> value) {
        var samples = new Samples();
        usages.forEach(usage -> samples.add(value.applyAsDouble(usage)));
        return samples;
    }
}
