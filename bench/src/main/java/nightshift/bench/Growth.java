package nightshift.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.bench.World.Thing;

import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/// What the same call costs with little and with much data there already.
final class Growth {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CALLS = 11;
    private static final int KB = 1_024;
    private static final int MOST_ENTRIES = 500;

    private final World world;
    private final Plan plan;
    private final PrintStream progress;
    private final List<Row> rows = new ArrayList<>();
    private long project = 100;

    /// What one call of a function used; the time is that of several.
    record Row(String work, String amount, Samples millis, Meter.Usage usage) {}

    Growth(World world, Plan plan, PrintStream progress) {
        this.world = world;
        this.plan = plan;
        this.progress = progress;
    }

    List<Row> measure() throws IOException {
        if (plan.includes("ListTaskAutomations")) {
            for (int count : new int[] {100, 1_000, 10_000}) list(count);
        }
        if (plan.includes("RetrieveTaskRun")) {
            for (int count : new int[] {1, 300}) artifacts(count);
        }
        if (plan.includes("AppendTaskRunLog")) {
            for (int kilobytes : new int[] {1, KB, 100 * KB}) log(kilobytes);
        }
        if (plan.includes("FireTaskAutomation")) {
            for (int count : new int[] {10, 10_000}) fire(count);
        }
        if (plan.includes("Reconcile")) reconcile();
        return rows;
    }

    private void list(int count) throws IOException {
        var thing = world.automation(++project);
        var row = world.rows().get("AUTOMATIONS#" + project, thing.automation());
        world.rows().write(copies(row, thing.automation(), count - 1));
        world.rows().add("PROJECT#" + project, "PROJECT", "automation_count", count - 1);
        var amount = "%,d automations".formatted(count);
        var first = query(world.event("ListTaskAutomations", thing), Map.of("limit", "100"));
        measure("first page of automations", amount, "ListTaskAutomations", () -> first);
        var last =
                query(
                        world.event("ListTaskAutomations", thing),
                        Map.of("limit", "100", "offset", Integer.toString(count - 100)));
        measure("last page of automations", amount, "ListTaskAutomations", () -> last);
    }

    private void artifacts(int count) throws IOException {
        var thing = world.furnish(++project);
        var run = "RUNS#" + project + "#" + thing.task();
        var path =
                "tasks/artifacts/team_%d/task_%s/run_%s/"
                        .formatted(project, thing.task(), thing.run());
        var artifact = world.rows().get(run, thing.run() + "/" + path + "0d9f6c2e_report.md");
        world.rows().write(copies(artifact, "0d9f6c2e", count - 1));
        var event = world.event("RetrieveTaskRun", thing);
        measure("a run", "%,d artifacts".formatted(count), "RetrieveTaskRun", () -> event);
    }

    private void log(int kilobytes) throws IOException {
        var thing = world.automation(++project);
        var amount = kilobytes < KB ? kilobytes + " KB" : kilobytes / KB + " MB";
        for (int left = kilobytes; left > 0; left -= MOST_ENTRIES) {
            append(thing, Math.min(left, MOST_ENTRIES));
        }
        compact(thing);
        var one = world.event("AppendTaskRunLog", thing, entries(1));
        measure("append 1 KB to a log", amount, "AppendTaskRunLog", () -> one);
        measure(
                "follow a log by 1 KB",
                amount,
                "RetrieveTaskRunSessionLogs",
                () -> {
                    var before = Instant.now();
                    append(thing, 1);
                    return query(
                            world.event("RetrieveTaskRunSessionLogs", thing),
                            Map.of("after", before.toString()));
                });
        var read = world.event("RetrieveTaskRunLogs", thing);
        compact(thing);
        measure(
                "read a log that has grown",
                amount,
                "RetrieveTaskRunLogs",
                () -> {
                    append(thing, 1);
                    return read;
                });
        measure("read a log again", amount, "RetrieveTaskRunLogs", () -> read);
        var end = JSON.createObjectNode().put("status", "completed");
        world.functions().body("UpdateTaskRun", world.event("UpdateTaskRun", thing, end));
        compact(thing);
        measure("read it when the run has ended", amount, "RetrieveTaskRunLogs", () -> read);
    }

    private void fire(int count) throws IOException {
        var thing = world.automation(++project);
        var run = world.rows().get("RUNS#" + project + "#" + thing.task(), thing.run());
        world.rows().write(copies(run, thing.run(), count - 1));
        var minute = Instant.parse(World.occurrence());
        // every firing is for another day; the automation's tolerance is that of the benchmark
        var firings = new ArrayList<String>();
        var event = (ObjectNode) JSON.readTree(world.event("FireTaskAutomation", thing));
        for (int call = 0; call <= CALLS; call++) {
            event.put("scheduled_time", minute.minusSeconds(86_400L * call).toString());
            firings.add(event.toString());
        }
        measure(
                "a firing",
                "%,d earlier runs".formatted(count),
                "FireTaskAutomation",
                firings::removeFirst);
    }

    /// All automations of all projects; none has a schedule yet, which is the most there can be to
    /// do.
    private void reconcile() throws IOException {
        measure("reconcile", "11,100 automations, no schedules", 1, "Reconcile", () -> "{}");
    }

    private void append(Thing thing, int kilobytes) {
        try {
            world.functions()
                    .body(
                            "AppendTaskRunLog",
                            world.event("AppendTaskRunLog", thing, entries(kilobytes)));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /// What follows from the appends to a log that has grown; nothing follows by itself here.
    private void compact(Thing thing) throws IOException {
        world.functions().call("CompactTaskRunLog", world.event("CompactTaskRunLog", thing));
    }

    private void measure(String work, String amount, String function, Supplier<String> events)
            throws IOException {
        measure(work, amount, CALLS, function, events);
    }

    /// Calls a function so many times. Its first call, which also looks up the key, only counts if
    /// it is the only one.
    private void measure(
            String work, String amount, int calls, String function, Supplier<String> events)
            throws IOException {
        var instance = world.functions().fresh(function);
        var millis = new Samples();
        Meter.Usage usage = null;
        for (int call = 1; call <= calls; call++) {
            var event = events.get();
            long begun = System.nanoTime();
            var used =
                    Meter.of(() -> ColdStarts.checked(function, Functions.call(instance, event)));
            if (call > 1 || calls == 1) {
                millis.add((System.nanoTime() - begun) / 1e6);
                usage = usage == null ? used : used.orFewerTrips(usage);
            }
        }
        rows.add(new Row(work, amount, millis, requireNonNull(usage)));
        progress.printf("%s, %s: %.1f ms%n", work, amount, millis.median());
    }

    private static List<Map<String, AttributeValue>> copies(
            Map<String, AttributeValue> row, String id, int count) {
        var copies = new ArrayList<Map<String, AttributeValue>>();
        for (int i = 0; i < count; i++) {
            var other = UUID.randomUUID().toString().substring(0, id.length());
            copies.add(Rows.copy(row, Map.of(id, other)));
        }
        return copies;
    }

    /// Entries of about a kilobyte each.
    private static JsonNode entries(int count) {
        var body = JSON.createObjectNode();
        var entries = body.putArray("entries");
        for (int i = 0; i < count; i++) {
            entries.addObject()
                    .put("type", "notification")
                    .put("timestamp", Instant.now().toString())
                    .putObject("notification")
                    .put("method", "_posthog/console")
                    .putObject("params")
                    .put("message", "x".repeat(880));
        }
        return body;
    }

    private static String query(String event, Map<String, String> parameters) {
        try {
            var changed = (ObjectNode) JSON.readTree(event);
            var single = changed.putObject("queryStringParameters");
            var multiple = changed.putObject("multiValueQueryStringParameters");
            parameters.forEach((name, value) -> {
                single.put(name, value);
                multiple.putArray(name).add(value);
            });
            return changed.toString();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
