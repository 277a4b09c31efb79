package nightshift.bench;

import static java.util.Objects.requireNonNull;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Each function under Lambda's runtime: started cold, called again, and started from a snapshot.
final class ColdStarts {
    /// What the others are compared with.
    static final String EMPTY = "empty handler";

    static final String BARE = "bare GetItem";
    static final String BARE_TRANSACTION = "bare transaction";

    private static final ObjectMapper JSON = new ObjectMapper();

    /// The bare GetItem is started once more behind so many functions, because everything is
    /// compared with it.
    private static final int GROUP = 18;

    /// So many snapshots are prepared before any of them is called. Not a divisor of the above: the
    /// bare GetItem is not to be started behind them more often than others.
    private static final int TOGETHER = 14;

    /// How many warm calls are not counted: the JIT compiles a method at its 256th call, and a
    /// function of several AWS calls goes through the SDK as often sooner. By number and not by
    /// time, so that a slower host finds as much compiled.
    private static final int WARMING_CALLS = 300;

    private static final int WARMING_CALLS_OF_SEVERAL = 130;

    /// How many instances of a function say what its calls ask of AWS.
    private static final int COUNTED_INSTANCES = 3;

    /// So many calls of one function, then of the other.
    private static final int TURN = 10;

    private final World world;
    private final LambdaJvm.Host host;
    private final Plan plan;
    private final PrintStream progress;

    /// The functions, the bare GetItem first, and their starts, one after the other.
    record Measured(List<Row> rows, List<Start> starts) {}

    /// One start of a function that counts, in milliseconds.
    ///
    /// @param position in its round
    /// @param resident in MB
    record Start(
            int round,
            int position,
            Row row,
            double init,
            double first,
            double resident,
            FirstCall primed) {
        double cold() {
            return init + first;
        }
    }

    /// A first call behind a snapshot.
    ///
    /// @param loaded how many classes it loaded
    /// @param compiled how many methods the JIT compiled or threw away meanwhile
    record FirstCall(double millis, double loaded, double compiled) {}

    /// What was measured of one function.
    ///
    /// @param primed the first call behind a snapshot
    /// @param loaded how many classes that one loads
    /// @param compiled how many methods the JIT compiles or throws away meanwhile
    /// @param warmRounds if it makes one AWS call: its warm calls beside those of a bare GetItem
    /// @param firstUsage what its first call asks of AWS, and every later one
    record Row(
            String name,
            Kind kind,
            Samples cold,
            Samples init,
            Samples first,
            Samples primed,
            Samples loaded,
            Samples compiled,
            Samples warm,
            WarmRounds warmRounds,
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
                    new WarmRounds(),
                    new Samples(),
                    firstUsage,
                    usage);
        }

        /// Whether its warm calls are like those of a bare GetItem.
        private boolean comparable() {
            return !name.equals(BARE) && usage.calls() == 1;
        }

        private void add(Start start) {
            cold.add(start.cold());
            init.add(start.init());
            first.add(start.first());
            primed.add(start.primed().millis());
            loaded.add(start.primed().loaded());
            compiled.add(start.primed().compiled());
            resident.add(start.resident());
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

    Measured measure(List<String> names) throws IOException, InterruptedException {
        var settings = world.functions().settings("RetrieveTask");
        var unused = new Meter.Usage(0, 0, 0, 0, 0);
        var empty = Row.of(EMPTY, Kind.BASELINE, unused, unused);
        var one = new Meter.Usage(1, 1, 0, 1, 0);
        var bare = Row.of(BARE, Kind.BASELINE, one, one);
        var two = new Meter.Usage(1, 1, 0, 0, 4);
        var transaction = Row.of(BARE_TRANSACTION, Kind.BASELINE, two, two);
        var subjects = new LinkedHashMap<Row, Subject>();
        subjects.put(bare, new Subject(BareGetItem.class.getName(), settings, "RetrieveTask"));
        subjects.put(
                transaction,
                new Subject(BareTransaction.class.getName(), settings, "RetrieveTask"));
        subjects.put(empty, new Subject(EmptyHandler.class.getName(), settings, "RetrieveTask"));
        for (var name : names) {
            subjects.put(
                    row(name),
                    new Subject(
                            world.functions().get(name).handler(),
                            world.functions().settings(name),
                            name));
        }
        var starts = new ArrayList<Start>();
        for (int number = 1; number <= plan.rounds(); number++) {
            long begun = System.nanoTime();
            var round = new Round(subjects, number);
            if (number == 1) {
                round.warmUp();
            } else {
                starts.addAll(round.measure());
            }
            progress.printf(
                    "round %d of %d: %d functions in %.0f s%n",
                    number, plan.rounds(), subjects.size(), (System.nanoTime() - begun) / 1e9);
        }
        starts.forEach(start -> start.row().add(start));
        return new Measured(List.copyOf(subjects.keySet()), starts);
    }

    /// One start of each function, cold and from a snapshot.
    ///
    /// Two snapshots are prepared at a time, each on a core of its own, and stand still from then
    /// on. Whatever is measured has nothing beside it but the stand-ins on the other core.
    private final class Round {
        private final Map<Row, Subject> subjects;
        private final int number;

        /// A warm bare GetItem, from when it is first needed on.
        private @Nullable LambdaJvm bare;

        Round(Map<Row, Subject> subjects, int number) {
            this.subjects = subjects;
            this.number = number;
        }

        /// Cold starts that do not count, and warm calls. After them the stand-ins are as fast as
        /// they get.
        void warmUp() throws IOException, InterruptedException {
            for (var row : subjects.keySet()) {
                var subject = subject(row);
                try (var jvm = LambdaJvm.cold(host, subject.handler(), settings(subject))) {
                    jvm.api().awaitReady();
                    called(row, jvm, row.comparable() ? WARMING_CALLS : 1);
                }
            }
        }

        List<Start> measure() throws IOException, InterruptedException {
            var rows = inOrder();
            var starts = new ArrayList<Start>();
            try {
                for (int at = 0; at < rows.size(); at += TOGETHER) {
                    var some = rows.subList(at, Math.min(at + TOGETHER, rows.size()));
                    var primed = primed(some).iterator();
                    for (var row : some) {
                        starts.add(cold(row, starts.size() + 1, primed.next()));
                    }
                }
            } finally {
                if (bare != null) bare.close();
            }
            return starts;
        }

        /// Another order in each round, so that each function has other neighbors: the host's speed
        /// is seen by them.
        private List<Row> inOrder() {
            var rows = new ArrayList<>(subjects.keySet());
            var bare = rows.removeFirst();
            Collections.shuffle(rows, new Random(number));
            for (int at = 0; at < rows.size(); at += GROUP) rows.add(at, bare);
            return rows;
        }

        /// The first call of each behind its snapshot, when all snapshots are there.
        private List<FirstCall> primed(List<Row> some) throws IOException, InterruptedException {
            var snapshots = new ArrayList<LambdaJvm>();
            try {
                for (int i = 0; i < some.size(); i++) {
                    if (i >= 2) snapshots.get(i - 2).api().awaitSnapshot(); // has left its core
                    var subject = subject(some.get(i));
                    var core = i % 2 == 0 ? Cores.FUNCTION : Cores.OTHERS;
                    snapshots.add(
                            LambdaJvm.snapshot(host, subject.handler(), settings(subject), core));
                }
                for (var snapshot : snapshots) snapshot.api().awaitSnapshot();
                var calls = new ArrayList<FirstCall>();
                for (int i = 0; i < some.size(); i++) {
                    try (var snapshot = snapshots.get(i)) {
                        snapshot.moveToFunction();
                        calls.add(primed(some.get(i), snapshot));
                    }
                }
                return calls;
            } finally {
                snapshots.forEach(LambdaJvm::close);
            }
        }

        private Start cold(Row row, int position, FirstCall primed)
                throws IOException, InterruptedException {
            var subject = subject(row);
            try (var jvm = LambdaJvm.cold(host, subject.handler(), settings(subject))) {
                var event = event(subject);
                double init = jvm.since(jvm.api().awaitReady());
                double first = answered(row, jvm.api().invoke(event));
                double resident = jvm.residentMegabytes();
                if (row.comparable()) {
                    called(row, jvm, WARMING_CALLS);
                    compareWarm(row, jvm);
                } else if (number == plan.warmRound() && !row.name().equals(BARE)) {
                    called(row, jvm, WARMING_CALLS_OF_SEVERAL);
                    row.warm().addAll(called(row, jvm, plan.warmCalls()));
                }
                return new Start(number, position, row, init, first, resident, primed);
            }
        }

        /// Calls it in turns with the bare GetItem: whatever the host does just then, it does to
        /// both.
        private void compareWarm(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            var bareRow = subjects.keySet().iterator().next();
            if (bare == null) {
                var subject = subject(bareRow);
                bare = LambdaJvm.cold(host, subject.handler(), settings(subject));
                bare.api().awaitReady();
                called(bareRow, bare, WARMING_CALLS);
            }
            var own = new Samples();
            var others = new Samples();
            while (own.count() < plan.warmCalls()) {
                own.addAll(called(row, jvm, TURN));
                others.addAll(called(bareRow, bare, TURN));
            }
            row.warm().addAll(own);
            bareRow.warm().addAll(others);
            row.warmRounds().add(own.median(), others.median());
        }

        private Samples called(Row row, LambdaJvm jvm, int times)
                throws IOException, InterruptedException {
            var samples = new Samples();
            for (int call = 0; call < times; call++) samples.add(called(row, jvm));
            return samples;
        }

        private double called(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            return answered(row, jvm.api().invoke(event(subject(row))));
        }

        private FirstCall primed(Row row, LambdaJvm jvm) throws IOException, InterruptedException {
            var event = event(subject(row));
            jvm.restore();
            long noted = jvm.logLength();
            double millis = answered(row, jvm.api().invoke(event));
            var lines = jvm.logged(noted);
            return new FirstCall(millis, count(lines, "[class,load"), count(lines, "[jit,"));
        }

        private static double count(List<String> lines, String tag) {
            return lines.stream().filter(line -> line.contains(tag)).count();
        }

        private Subject subject(Row row) {
            return requireNonNull(subjects.get(row));
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

    private Row row(String name) throws IOException {
        Meter.Usage first = null;
        Meter.Usage later = null;
        for (int instance = 0; instance < COUNTED_INSTANCES; instance++) {
            var function = world.functions().fresh(name);
            first = usage(name, function, first);
            later = usage(name, function, later);
        }
        return Row.of(name, kind(name), requireNonNull(first), requireNonNull(later));
    }

    private Meter.Usage usage(
            String name, RequestStreamHandler function, Meter.@Nullable Usage before)
            throws IOException {
        var event = world.event(name);
        var usage = Meter.of(() -> checked(name, Functions.call(function, event)));
        return before == null ? usage : usage.orFewerTrips(before);
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
