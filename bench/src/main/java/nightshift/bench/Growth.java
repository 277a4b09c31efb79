package nightshift.bench;

import static java.util.Objects.requireNonNull;

import module java.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.bench.SampleData.Ids;

/// Measures the cost of a call with little and with much existing data.
final class Growth implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CALLS = 5;
    private static final int KB = 1_024;
    private static final int LARGEST_APPEND_KB = 500;

    private final SampleData data;
    private final LambdaJvm.Host host;
    private final CountingProxy counter;
    private final PrintStream progress;
    private final Map<String, LambdaJvm> instances = new HashMap<>();
    private final List<Report.Row> rows = new ArrayList<>();
    private long project = 100;

    private interface Events {
        String next() throws IOException, InterruptedException;
    }

    Growth(
            SampleData data,
            LambdaJvm.Host host,
            Map<String, String> endpoints,
            PrintStream progress)
            throws IOException {
        this.data = data;
        this.host = host;
        this.progress = progress;
        counter = new CountingProxy(endpoints);
    }

    @Override
    public void close() {
        instances.values().forEach(LambdaJvm::close);
        counter.close();
    }

    /// Needs a server that does not poll the table's stream, so that no data changes between calls.
    List<Report.Row> measureRows() throws IOException, InterruptedException {
        for (int count : new int[] {1, 300}) artifacts(count);
        for (int count : new int[] {10, 10_000}) fire(count);
        for (int count : new int[] {100, 1_000, 10_000}) list(count);
        // no automation has a schedule: the most work for the reconciliation
        var event = data.event("Reconcile", new Ids(1, "", "", ""));
        measure("reconcile", "11,100 automations", "Reconcile", 1, () -> event);
        return rows;
    }

    /// Needs a server that polls the table's stream, so that logs are compacted.
    List<Report.Row> measureLogs() throws IOException, InterruptedException {
        for (int kilobytes : new int[] {1, KB, 100 * KB}) log(kilobytes);
        return rows;
    }

    private void artifacts(int count) throws IOException, InterruptedException {
        var ids = data.fill(++project);
        data.rows().copy(ids.run() + "/.*0d9f6c2e", "0d9f6c2e", count - 1);
        var event = data.event("RetrieveTaskRun", ids);
        measure("a run", count + " artifacts", "RetrieveTaskRun", CALLS, () -> event);
    }

    private void fire(int count) throws IOException, InterruptedException {
        var ids = data.automation(++project, "* * * * *");
        data.rows().copy(ids.run(), ids.run(), count - 1);
        var sample = data.event("FireTaskAutomation", ids);
        var minute = JSON.readTree(sample).path("scheduled_time").asText();
        var ago = new AtomicInteger();
        measure(
                "a firing",
                "%,d earlier runs".formatted(count),
                "FireTaskAutomation",
                CALLS,
                () -> sample.replace(minute, SampleData.minute(ago.incrementAndGet()).toString()));
    }

    private void list(int count) throws IOException, InterruptedException {
        var ids = data.automation(++project, "0 9 * * *");
        data.rows().copy(ids.automation(), ids.automation(), count - 1);
        data.rows().setAutomations(project, count);
        for (int offset : IntStream.of(0, count - 100).distinct().toArray()) {
            var page = Map.of("limit", "100", "offset", Integer.toString(offset));
            var event = data.query("ListTaskAutomations", ids, page);
            measure(
                    offset == 0 ? "first page of automations" : "last page of automations",
                    "%,d automations".formatted(count),
                    "ListTaskAutomations",
                    CALLS,
                    () -> event);
        }
    }

    private void log(int kilobytes) throws IOException, InterruptedException {
        var ids = data.automation(++project, "0 9 * * *");
        var size = kilobytes < KB ? kilobytes + " KB" : kilobytes / KB + " MB";
        for (int left = kilobytes; left > 0; left -= LARGEST_APPEND_KB) {
            append(ids, Math.min(left, LARGEST_APPEND_KB));
        }
        awaitCompaction(kilobytes);
        var one = data.event("AppendTaskRunLog", ids, entries(1));
        measure("append 1 KB to a log", size, "AppendTaskRunLog", CALLS, () -> one);
        Events follow =
                () -> {
                    var after = Map.of("after", Instant.now().toString());
                    append(ids, 1);
                    return data.query("RetrieveTaskRunSessionLogs", ids, after);
                };
        measure("follow a log by 1 KB", size, "RetrieveTaskRunSessionLogs", CALLS, follow);
        var read = data.event("RetrieveTaskRunLogs", ids);
        Events grow =
                () -> {
                    append(ids, 1);
                    return read;
                };
        measure("read a log that grows", size, "RetrieveTaskRunLogs", CALLS, grow);
        var end = JSON.createObjectNode().put("status", "completed");
        data.call("UpdateTaskRun", data.event("UpdateTaskRun", ids, end));
        awaitCompaction(kilobytes);
        measure("read a log that has ended", size, "RetrieveTaskRunLogs", CALLS, () -> read);
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

    /// Ignores the first of several calls, because it reads the API key.
    private void measure(String work, String with, String function, int calls, Events events)
            throws IOException, InterruptedException {
        if (!instances.containsKey(function)) {
            var jvm = new LambdaJvm(host, data.function(function), counter.endpoints()).ready();
            instances.put(function, jvm);
        }
        var millis = new Samples();
        var usages = new ArrayList<Usage>();
        for (int call = 1; call <= calls; call++) {
            var event = events.next();
            counter.take();
            var answer = requireNonNull(instances.get(function)).invoke(event);
            SampleData.check(function, answer.payload());
            if (call == 1 && calls > 1) continue;
            millis.add(answer.millis());
            usages.add(counter.take());
        }
        rows.add(
                new Report.Row()
                        .with("call", work)
                        .with("with", with)
                        .with("ms", millis)
                        .with("AWS calls", samples(usages, Usage::calls))
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
