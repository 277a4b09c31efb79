package nightshift.bench;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Each function under Lambda's runtime: started cold, called again, and started from a snapshot.
final class ColdStarts {
    /// What the others are compared with.
    static final String EMPTY = "empty handler";

    static final String BARE = "bare GetItem";

    private static final ObjectMapper JSON = new ObjectMapper();

    /// The bare GetItem is started once more behind so many functions: everything is compared with
    /// it, and a machine that others use, too, is not equally fast for long.
    private static final int GROUP = 20;

    /// One of so many rounds also calls the functions again.
    private static final int WARM_ROUNDS = 4;

    /// How many warm calls are not counted, and how long those of one start may take in all.
    private static final int WARMING_CALLS = 50;

    private static final Duration WARM_TIME = Duration.ofSeconds(2);

    private final World world;
    private final LambdaJvm.Host host;
    private final Plan plan;
    private final PrintStream progress;

    /// What was measured of one function.
    ///
    /// @param primed the first call behind a snapshot
    /// @param firstUsage what its first call asks of AWS, and every later one
    record Row(
            String name,
            Kind kind,
            Samples cold,
            Samples init,
            Samples first,
            Samples primed,
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
        var settings = world.functions().settings("RetrieveTask");
        var unused = new Meter.Usage(0, 0, 0, 0);
        var empty = Row.of(EMPTY, Kind.BASELINE, unused, unused);
        var one = new Meter.Usage(1, 0, 1, 0);
        var bare = Row.of(BARE, Kind.BASELINE, one, one);
        var subjects = new LinkedHashMap<Row, Subject>();
        subjects.put(bare, new Subject(BareGetItem.class.getName(), settings, "RetrieveTask"));
        subjects.put(empty, new Subject(EmptyHandler.class.getName(), settings, "RetrieveTask"));
        for (var name : names) {
            var function = world.functions().fresh(name);
            var first = usage(name, function);
            subjects.put(
                    Row.of(name, kind(name), first, usage(name, function)),
                    new Subject(
                            world.functions().get(name).handler(),
                            world.functions().settings(name),
                            name));
        }
        for (int number = 1; number <= plan.rounds(); number++) {
            long begun = System.nanoTime();
            new Round(subjects, number).measure();
            progress.printf(
                    "round %d of %d: %d functions in %.0f s%n",
                    number, plan.rounds(), subjects.size(), (System.nanoTime() - begun) / 1e9);
        }
        return List.copyOf(subjects.keySet());
    }

    /// One start of each function, cold and from a snapshot.
    ///
    /// While a function is started cold on its core, its snapshot is prepared on the other one,
    /// where only what the stand-ins leave is spent on it.
    private final class Round {
        private final Map<Row, Subject> subjects;
        private final boolean counts;
        private final boolean warm;

        Round(Map<Row, Subject> subjects, int number) {
            this.subjects = subjects;
            this.counts = number > 1;
            this.warm = number % WARM_ROUNDS == 0;
        }

        void measure() throws IOException, InterruptedException {
            var rows = new ArrayList<>(subjects.keySet());
            for (int again = GROUP; again < rows.size(); again += GROUP) {
                rows.add(again, rows.getFirst());
            }
            var next = prepared(rows.getFirst());
            try {
                for (int i = 0; i < rows.size(); i++) {
                    try (var snapshot = next) {
                        cold(rows.get(i), snapshot);
                        snapshot.moveToFunction(); // whose core has nothing else to do now
                        if (i + 1 < rows.size()) next = prepared(rows.get(i + 1));
                        primed(rows.get(i), snapshot);
                    }
                }
            } finally {
                next.close();
            }
        }

        private LambdaJvm prepared(Row row) throws IOException {
            var subject = subject(row);
            return LambdaJvm.snapshot(host, subject.handler(), settings(subject));
        }

        /// @param other the JVM that has to be done before anything short can be measured
        private void cold(Row row, LambdaJvm other) throws IOException, InterruptedException {
            var subject = subject(row);
            try (var jvm = LambdaJvm.cold(host, subject.handler(), settings(subject))) {
                var event = event(subject);
                double init = jvm.since(jvm.api().awaitReady());
                double first = answered(row, jvm.api().invoke(event));
                double resident = jvm.residentMegabytes();
                if (warm) {
                    other.api().awaitSnapshot();
                    warm(row, jvm);
                }
                if (!counts) return;
                row.init().add(init);
                row.first().add(first);
                row.cold().add(init + first);
                row.resident().add(resident);
            }
        }

        private void warm(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            long end = System.nanoTime() + WARM_TIME.toNanos();
            boolean late = false;
            for (int call = 0; call < WARMING_CALLS + plan.warmCalls() && !late; call++) {
                double millis = answered(row, jvm.api().invoke(event(subject(row))));
                late = System.nanoTime() > end;
                if (call >= WARMING_CALLS || late) row.warm().add(millis);
            }
        }

        private void primed(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            jvm.api().awaitSnapshot();
            var event = event(subject(row));
            jvm.restore();
            double first = answered(row, jvm.api().invoke(event));
            if (counts) row.primed().add(first);
        }

        private Subject subject(Row row) {
            return Objects.requireNonNull(subjects.get(row));
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
