package nightshift.bench;

import static java.util.Objects.requireNonNull;

import module java.base;

/// Measures each function on Lambda's runtime: its first call after a restore, its warm calls, and
/// one start without a snapshot.
record FunctionTimes(
        SampleData data, LambdaJvm.Host host, Map<String, String> endpoints, PrintStream progress) {
    /// The number of snapshots that are prepared before the first restore.
    private static final int BATCH = 14;

    /// The calls before the measurement. The JIT compiles a method at its 256th call. The priming
    /// before a snapshot has called a function's methods, but not those of a bare call.
    private static final int WARMING_CALLS = 100;

    private static final int BARE_WARMING_CALLS = 300;

    /// The number of calls of a function, and of each bare call, in a round.
    private static final int TURN = 10;

    private static final int TURNS = 4;

    /// The results of one function, in milliseconds and megabytes.
    ///
    /// @param bareCalls of the same kind as the calls that it makes when warm
    /// @param start from the start of the process to the first answer, without a snapshot
    /// @param first its first call after a restore
    /// @param ratio of the median of its warm calls to that of the bare ones, for each round
    /// @param firstUsage of its first call, `usage` of its second one
    private record Row(
            String name,
            List<String> bareCalls,
            Usage firstUsage,
            Usage usage,
            double start,
            Samples first,
            Samples warm,
            Samples ratio,
            Samples resident) {
        Row(String name, List<String> bareCalls, Usage firstUsage, Usage usage, double start) {
            this(
                    name,
                    bareCalls,
                    firstUsage,
                    usage,
                    start,
                    new Samples(),
                    new Samples(),
                    new Samples(),
                    new Samples());
        }

        private Report.Row cells() {
            boolean bare = bareCalls.isEmpty() || bareCalls.equals(List.of(name));
            return new Report.Row()
                    .with("function", name)
                    .with("first call after a restore, ms", first)
                    .with("warm p50, ms", warm.median())
                    .with("warm p99, ms", warm.percentile(99))
                    .with("compared with", bare ? "-" : String.join(" + ", bareCalls))
                    .with("ratio", bare ? "-" : ratio)
                    .with("AWS calls first/later", firstUsage.calls() + "/" + usage.calls())
                    .with("round trips", firstUsage.roundTrips() + "/" + usage.roundTrips())
                    .with("start without a snapshot, ms", start)
                    .with("RSS, MB", resident);
        }
    }

    List<Report.Row> measure(List<String> functions, int rounds)
            throws IOException, InterruptedException {
        var bare = new ArrayList<>(BareCall.ALL);
        bare.add(EmptyHandler.NAME);
        var names = Stream.concat(bare.stream(), functions.stream()).toList();
        warm(bare).values().forEach(LambdaJvm::close); // warms up the stand-ins
        var rows = new ArrayList<Row>();
        try (var counter = new CountingProxy(endpoints)) {
            for (var name : names) rows.add(startWithoutSnapshot(name, bare, counter));
        }
        for (int round = 1; round <= rounds; round++) {
            progress.printf("round %d of %d, %d functions%n", round, rounds, names.size());
            var order = new ArrayList<>(rows);
            Collections.shuffle(order, new Random(round));
            var warm = warm(bare);
            for (int from = 0; from < order.size(); from += BATCH) {
                restore(order.subList(from, Math.min(from + BATCH, order.size())), warm);
            }
            warm.values().forEach(LambdaJvm::close);
        }
        return rows.stream().map(Row::cells).toList();
    }

    private Row startWithoutSnapshot(String name, List<String> bare, CountingProxy counter)
            throws IOException, InterruptedException {
        var events = List.of(data.event(name), data.event(name));
        counter.take();
        try (var jvm = new LambdaJvm(host, data.function(name), counter.endpoints())) {
            call(name, jvm.ready(), events.getFirst());
            double start = jvm.age();
            var first = counter.take();
            var answer = call(name, jvm, events.getLast()).payload();
            var usage = counter.take();
            var compared = bare.contains(name) ? List.of(name) : usage.bareCalls(answer);
            progress.printf("%s: %.0f ms without a snapshot%n", name, start);
            return new Row(name, compared, first, usage, start);
        }
    }

    /// Prepares two snapshots at a time, each on its own core, and then calls each function. A
    /// function in its snapshot uses no CPU.
    private void restore(List<Row> rows, Map<String, LambdaJvm> warm)
            throws IOException, InterruptedException {
        var snapshots = new ArrayList<LambdaJvm>();
        for (int i = 0; i < rows.size() + 2; i++) {
            if (i >= 2) snapshots.get(i - 2).awaitSnapshot(); // frees its core for the next one
            if (i >= rows.size()) continue;
            var core = i % 2 == 0 ? CpuPinning.FUNCTION : CpuPinning.OTHERS;
            var function = data.function(rows.get(i).name());
            snapshots.add(new LambdaJvm(host, function, endpoints, core));
        }
        for (var row : rows) {
            try (var jvm = snapshots.removeFirst()) {
                var event = data.event(row.name());
                jvm.restore();
                row.first().add(call(row.name(), jvm, event).millis());
                row.resident().add(jvm.residentMegabytes());
                calls(row.name(), jvm, WARMING_CALLS);
                compare(row, warm.getOrDefault(row.name(), jvm), warm);
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
            own.addAll(calls(row.name(), jvm, TURN));
            for (var name : Set.copyOf(row.bareCalls())) {
                var samples = others.computeIfAbsent(name, _ -> new Samples());
                samples.addAll(calls(name, requireNonNull(warm.get(name)), TURN));
            }
        }
        row.warm().addAll(own);
        double sum = 0;
        for (var each : others.entrySet()) {
            int times = Collections.frequency(row.bareCalls(), each.getKey());
            sum += times * each.getValue().median();
        }
        if (sum > 0) row.ratio().add(own.median() / sum);
    }

    private Map<String, LambdaJvm> warm(List<String> names)
            throws IOException, InterruptedException {
        var warm = new HashMap<String, LambdaJvm>();
        for (var name : names) {
            var jvm = new LambdaJvm(host, data.function(name), endpoints).ready();
            calls(name, jvm, BARE_WARMING_CALLS);
            warm.put(name, jvm);
        }
        return warm;
    }

    private Samples calls(String name, LambdaJvm jvm, int times)
            throws IOException, InterruptedException {
        var samples = new Samples();
        for (int i = 0; i < times; i++) samples.add(call(name, jvm, data.event(name)).millis());
        return samples;
    }

    private static RuntimeApi.Answer call(String name, LambdaJvm jvm, String event)
            throws IOException, InterruptedException {
        var answer = jvm.invoke(event);
        SampleData.check(name, answer.payload());
        return answer;
    }
}
