package nightshift.bench;

import static java.util.Objects.requireNonNull;

import module java.base;

import nightshift.bench.LambdaJvm.Start;

/// Measures each function on Lambda's runtime: its first call after a restore, its warm calls, and
/// one start without a snapshot.
record FunctionTimes(SampleData data, LambdaJvm.Host host, PrintStream progress) {
    /// The start of the empty handler on the host of the budgets, in milliseconds.
    private static final double START_ON_REFERENCE_HOST = 94;

    /// The calls before the measurement. The JIT compiles a method at its 256th call. The priming
    /// before a snapshot has called a function's methods, but not those of a bare call.
    private static final int WARMING_CALLS = 100;

    private static final int BARE_WARMING_CALLS = 300;

    /// The number of calls of a function, and of each bare call, in a round.
    private static final int TURN = 10;

    private static final int TURNS = 4;

    /// The results of one function, in milliseconds and megabytes.
    private static final class Row {
        private final String name;

        /// The bare calls of the same kind as the calls that it makes when warm.
        private final List<String> bareCalls;

        /// Of its first and of its second call.
        private final List<Usage> usages;

        /// From the start of the process to the first answer, without a snapshot.
        private final double start;

        private final Samples first = new Samples();
        private final Samples warm = new Samples();
        private final Samples ratios = new Samples();
        private final Samples resident = new Samples();

        private Row(String name, List<String> bareCalls, List<Usage> usages, double start) {
            this.name = name;
            this.bareCalls = bareCalls;
            this.usages = usages;
            this.start = start;
        }

        private Report.Row cells(double hostFactor) {
            return new Report.Row()
                    .with("function", name)
                    .with("first call after a restore, ms", first)
                    .with("scaled", first.median() / hostFactor)
                    .with("warm p50, ms", warm.median())
                    .with("warm p99, ms", warm.percentile(99))
                    .with(
                            "compared with",
                            bareCalls.isEmpty() ? "-" : String.join(" + ", bareCalls))
                    .with("ratio", ratios)
                    .with("AWS calls first/later", usages(usage -> usage.requests().size()))
                    .with("round trips", usages(Usage::roundTrips))
                    .with("start without a snapshot, ms", start)
                    .with("RSS, MB", resident);
        }

        private String usages(Function<Usage, Integer> value) {
            return value.apply(usages.getFirst()) + "/" + value.apply(usages.getLast());
        }
    }

    List<Report.Row> measure(List<String> functions, int rounds)
            throws IOException, InterruptedException {
        var rows = new ArrayList<Row>();
        for (var name : functions) rows.add(startWithoutSnapshot(name));
        var bare = new TreeSet<>(Set.of(EmptyHandler.NAME));
        for (var row : rows) bare.addAll(row.bareCalls);
        double start = 0;
        for (var name : bare.descendingSet()) {
            rows.addFirst(startWithoutSnapshot(name));
            if (name.equals(EmptyHandler.NAME)) start = rows.getFirst().start;
        }
        for (int round = 1; round <= rounds; round++) {
            progress.printf("round %d of %d, %d functions%n", round, rounds, rows.size());
            var order = new ArrayList<>(rows);
            Collections.shuffle(order, new Random(round));
            var warm = warm(bare);
            for (int i = 0; i < order.size(); i += 2) {
                restore(order.subList(i, Math.min(i + 2, order.size())), warm);
            }
            warm.values().forEach(LambdaJvm::close);
        }
        double hostFactor = start / START_ON_REFERENCE_HOST;
        return rows.stream().map(row -> row.cells(hostFactor)).toList();
    }

    private Row startWithoutSnapshot(String name) throws IOException, InterruptedException {
        var event = data.event(name);
        try (var jvm = new LambdaJvm(host, data.function(name), Start.RECORDED)) {
            call(name, jvm.ready(), event);
            double start = jvm.age();
            var first = jvm.takeCalls();
            var answer = call(name, jvm);
            var later = jvm.takeCalls();
            boolean bare = name.equals(EmptyHandler.NAME) || BareCall.exists(name);
            var compared = bare ? List.<String>of() : later.bareCalls(answer.payload());
            progress.printf("%s: %.0f ms without a snapshot%n", name, start);
            return new Row(name, compared, List.of(first, later), start);
        }
    }

    /// Prepares a snapshot on each of the two cores, and then measures one function after the
    /// other. A function in its snapshot uses no CPU.
    private void restore(List<Row> pair, Map<String, LambdaJvm> warm)
            throws IOException, InterruptedException {
        var cores = List.of(CpuPinning.FUNCTION, CpuPinning.OTHERS);
        var snapshots = new ArrayList<LambdaJvm>();
        for (var row : pair) {
            var core = cores.get(snapshots.size());
            snapshots.add(new LambdaJvm(host, data.function(row.name), Start.SNAPSHOT, core));
        }
        for (var each : snapshots) each.awaitSnapshot();
        for (var row : pair) {
            try (var jvm = snapshots.removeFirst()) {
                var event = data.event(row.name);
                jvm.restore();
                row.first.add(call(row.name, jvm, event).millis());
                row.resident.add(jvm.residentMegabytes());
                calls(row.name, jvm, WARMING_CALLS);
                compare(row, warm.getOrDefault(row.name, jvm), warm);
            }
        }
    }

    /// Alternates between a function and its bare calls, so that a change of the host's speed
    /// affects both.
    private void compare(Row row, LambdaJvm jvm, Map<String, LambdaJvm> warm)
            throws IOException, InterruptedException {
        var own = new Samples();
        var others = new HashMap<String, Samples>();
        for (int turn = 0; turn < TURNS; turn++) {
            own.addAll(calls(row.name, jvm, TURN));
            for (var name : Set.copyOf(row.bareCalls)) {
                var samples = others.computeIfAbsent(name, _ -> new Samples());
                samples.addAll(calls(name, requireNonNull(warm.get(name)), TURN));
            }
        }
        row.warm.addAll(own);
        double sum = 0;
        for (var name : row.bareCalls) sum += requireNonNull(others.get(name)).median();
        if (sum > 0) row.ratios.add(own.median() / sum);
    }

    private Map<String, LambdaJvm> warm(Set<String> names)
            throws IOException, InterruptedException {
        var warm = new HashMap<String, LambdaJvm>();
        for (var name : names) {
            var jvm = new LambdaJvm(host, data.function(name), Start.PLAIN).ready();
            calls(name, jvm, BARE_WARMING_CALLS);
            warm.put(name, jvm);
        }
        return warm;
    }

    private Samples calls(String name, LambdaJvm jvm, int times)
            throws IOException, InterruptedException {
        var samples = new Samples();
        for (int i = 0; i < times; i++) samples.add(call(name, jvm).millis());
        return samples;
    }

    private RuntimeApi.Answer call(String name, LambdaJvm jvm)
            throws IOException, InterruptedException {
        return call(name, jvm, data.event(name));
    }

    private static RuntimeApi.Answer call(String name, LambdaJvm jvm, String event)
            throws IOException, InterruptedException {
        var answer = jvm.invoke(event);
        SampleData.check(name, answer.payload());
        return answer;
    }
}
