package nightshift.bench;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Each function under Lambda's runtime: started cold, called again, and started from a snapshot.
final class ColdStarts {
    /// What the others are compared with.
    static final String EMPTY = "empty handler";

    static final String BARE = "bare GetItem";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final World world;
    private final LambdaJvm.Host host;
    private final Plan plan;
    private final PrintStream progress;

    /// What was measured of one function.
    ///
    /// @param firstUsage what its first call asks of AWS, and every later one
    record Row(
            String name,
            Kind kind,
            Samples cold,
            Samples init,
            Samples first,
            Samples primed,
            Samples primedInit,
            Samples warm,
            Samples resident,
            Meter.Usage firstUsage,
            Meter.Usage usage) {
        private static Row of(String name, Kind kind, Meter.Usage firstUsage, Meter.Usage usage) {
            return new Row(
                    name,
                    kind,
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    firstUsage,
                    usage);
        }
    }

    /// What a function is held against.
    enum Kind {
        BASELINE,
        READ,
        WRITE,
        ASYNCHRONOUS
    }

    /// How a function is called.
    private record Subject(String handler, Map<String, String> settings, String sample) {}

    ColdStarts(World world, LambdaJvm.Host host, Plan plan, PrintStream progress) {
        this.world = world;
        this.host = host;
        this.plan = plan;
        this.progress = progress;
    }

    List<Row> measure(List<String> names) throws IOException, InterruptedException {
        var rows = new LinkedHashMap<Row, Subject>();
        var bare = world.functions().settings("RetrieveTask");
        var unused = new Meter.Usage(0, 0, 0, 0);
        rows.put(
                Row.of(EMPTY, Kind.BASELINE, unused, unused),
                new Subject(EmptyHandler.class.getName(), bare, "RetrieveTask"));
        var one = new Meter.Usage(1, 0, 1, 0);
        rows.put(
                Row.of(BARE, Kind.BASELINE, one, one),
                new Subject(BareGetItem.class.getName(), bare, "RetrieveTask"));
        for (var name : names) {
            var function = world.functions().fresh(name);
            var first = usage(name, function);
            rows.put(
                    Row.of(name, kind(name), first, usage(name, function)),
                    new Subject(
                            world.functions().get(name).handler(),
                            world.functions().settings(name),
                            name));
        }
        for (int round = 1; round <= plan.rounds(); round++) {
            long begun = System.nanoTime();
            for (var each : rows.entrySet()) {
                measure(each.getKey(), each.getValue(), round > 1);
            }
            progress.printf(
                    "round %d of %d: %d functions in %.0f s%n",
                    round, plan.rounds(), rows.size(), (System.nanoTime() - begun) / 1e9);
        }
        return new ArrayList<>(rows.keySet());
    }

    private void measure(Row row, Subject subject, boolean counts)
            throws IOException, InterruptedException {
        try (var jvm = LambdaJvm.cold(host, subject.handler(), settings(subject))) {
            var event = event(subject);
            double init = jvm.since(jvm.api().awaitReady());
            double first = answered(row, jvm.api().invoke(event));
            if (counts) {
                row.init().add(init);
                row.first().add(first);
                row.cold().add(init + first);
            }
            for (int call = 0; call < plan.warmCalls(); call++) {
                double warm = answered(row, jvm.api().invoke(event(subject)));
                if (counts) row.warm().add(warm);
            }
            if (counts) row.resident().add(jvm.residentMegabytes());
        }
        try (var jvm = LambdaJvm.snapshot(host, subject.handler(), settings(subject))) {
            double init = jvm.since(System.nanoTime());
            var event = event(subject);
            jvm.api().restore();
            jvm.api().awaitReady();
            double first = answered(row, jvm.api().invoke(event));
            if (counts) {
                row.primedInit().add(init);
                row.primed().add(first);
            }
        }
    }

    private Map<String, String> settings(Subject subject) {
        if (plan.javaToolOptions().isEmpty()) return subject.settings();
        var settings = new LinkedHashMap<>(subject.settings());
        settings.put("JAVA_TOOL_OPTIONS", plan.javaToolOptions());
        return settings;
    }

    private byte[] event(Subject subject) {
        return world.event(subject.sample()).getBytes(StandardCharsets.UTF_8);
    }

    private Meter.Usage usage(String name, RequestStreamHandler function) throws IOException {
        var event = world.event(name);
        return Meter.of(() -> checked(name, Functions.call(function, event)));
    }

    /// A refusal would be fast, and is not what is to be measured.
    private static double answered(Row row, RuntimeApi.Answer answer) throws IOException {
        if (row.kind() != Kind.BASELINE) checked(row.name(), JSON.readTree(answer.payload()));
        return answer.millis();
    }

    static void checked(String name, JsonNode answer) {
        int status = answer.path("statusCode").asInt(200);
        boolean refuses = name.equals("RefuseRequest");
        if ((status >= 400) != refuses || !answer.path("batchItemFailures").isEmpty()) {
            throw new IllegalStateException(name + " answered " + answer);
        }
    }

    private Kind kind(String name) {
        if (world.functions().get(name).routes().isEmpty()) return Kind.ASYNCHRONOUS;
        return world.reads(name) ? Kind.READ : Kind.WRITE;
    }
}
