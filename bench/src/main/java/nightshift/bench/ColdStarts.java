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

    /// How many functions are measured between two measurements of the bare GetItem. A machine that
    /// others use, too, is not equally fast for long.
    private static final int GROUP = 10;

    /// One of so many rounds also calls the functions again.
    private static final int WARM_ROUNDS = 3;

    /// How many warm calls are not counted, and how long those of one start may take in all.
    private static final int WARMING_CALLS = 50;

    private static final Duration WARM_TIME = Duration.ofSeconds(3);

    private final World world;
    private final LambdaJvm.Host host;
    private final Plan plan;
    private final PrintStream progress;

    /// What was measured of one function.
    ///
    /// @param coldRatio to the bare GetItem, started shortly before
    /// @param warmRatio to the bare GetItem's warm calls shortly before
    /// @param firstUsage what its first call asks of AWS, and every later one
    record Row(
            String name,
            Kind kind,
            Samples cold,
            Samples coldRatio,
            Samples init,
            Samples first,
            Samples primed,
            Samples primedInit,
            Samples warm,
            Samples warmRatio,
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
            new Round(subjects, bare, number).measure();
            progress.printf(
                    "round %d of %d: %d functions in %.0f s%n",
                    number, plan.rounds(), subjects.size(), (System.nanoTime() - begun) / 1e9);
        }
        return List.copyOf(subjects.keySet());
    }

    /// One start of each function, cold and from a snapshot.
    private final class Round {
        private final Map<Row, Subject> subjects;
        private final Row bare;
        private final boolean counts;
        private final boolean warm;
        private Started reference = new Started(Double.NaN, Double.NaN);

        /// What is compared: the milliseconds of a cold start and of the median warm call after it.
        private record Started(double cold, double warm) {}

        Round(Map<Row, Subject> subjects, Row bare, int number) {
            this.subjects = subjects;
            this.bare = bare;
            this.counts = number > 1;
            this.warm = number % WARM_ROUNDS == 0;
        }

        void measure() throws IOException, InterruptedException {
            var rows = List.copyOf(subjects.keySet());
            for (int i = 0; i < rows.size(); i++) {
                if (i > 0 && i % GROUP == 0) cold(bare);
                cold(rows.get(i));
            }
            for (int i = 0; i < rows.size(); i += 2) {
                primed(rows.subList(i, Math.min(i + 2, rows.size())));
            }
        }

        private void cold(Row row) throws IOException, InterruptedException {
            var subject = subject(row);
            try (var jvm = LambdaJvm.cold(host, subject.handler(), settings(subject))) {
                var event = event(subject);
                double init = jvm.since(jvm.api().awaitReady());
                double first = answered(row, jvm.api().invoke(event));
                var calls = warm ? warm(row, jvm) : new Samples();
                if (!counts) return;
                row.init().add(init);
                row.first().add(first);
                row.cold().add(init + first);
                row.warm().addAll(calls);
                row.resident().add(jvm.residentMegabytes());
                var started = new Started(init + first, calls.median());
                if (row.name().equals(BARE)) reference = started;
                row.coldRatio().add(started.cold() / reference.cold());
                if (warm) row.warmRatio().add(started.warm() / reference.warm());
            }
        }

        private Samples warm(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            var counted = new Samples();
            long end = System.nanoTime() + WARM_TIME.toNanos();
            for (int call = 0; counted.count() < plan.warmCalls(); call++) {
                double millis = answered(row, jvm.api().invoke(event(subject(row))));
                boolean late = System.nanoTime() > end;
                if (call >= WARMING_CALLS || late) counted.add(millis);
                if (late) break;
            }
            return counted;
        }

        /// Prepares several snapshots at the same time, and lets their functions answer one after
        /// the other.
        private void primed(List<Row> rows) throws IOException, InterruptedException {
            var jvms = new ArrayList<LambdaJvm>();
            try {
                for (var row : rows) {
                    var subject = subject(row);
                    jvms.add(
                            LambdaJvm.snapshot(
                                    host,
                                    subject.handler(),
                                    settings(subject),
                                    jvms.isEmpty() ? Cores::forFunction : Cores::forPreparation));
                }
                for (int i = 0; i < jvms.size(); i++) {
                    double init = jvms.get(i).since(jvms.get(i).api().awaitSnapshot());
                    if (counts) rows.get(i).primedInit().add(init);
                }
                for (int i = 0; i < jvms.size(); i++) {
                    var row = rows.get(i);
                    var event = event(subject(row));
                    jvms.get(i).restore();
                    double first = answered(row, jvms.get(i).api().invoke(event));
                    if (counts) row.primed().add(first);
                }
            } finally {
                jvms.forEach(LambdaJvm::close);
            }
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
