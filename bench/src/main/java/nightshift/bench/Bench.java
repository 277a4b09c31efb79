package nightshift.bench;

import module java.base;
import module java.logging;

import nightshift.local.LocalServer;
import nightshift.local.Settings;
import nightshift.local.Settings.Port;
import nightshift.local.Template;

/// `mvn -Pbench`: measures, shows its progress, and leaves `results.md`.
final class Bench {
    /// The JDK forgets the level of a logger that nothing refers to.
    private static final Logger ROOT_LOGGER = Logger.getLogger("");

    /// With this poll interval the table's stream is not read during a measurement.
    private static final Duration NEVER = Duration.ofDays(1);

    private static final Duration SOON = Duration.ofMillis(100);

    private final Path checkout;
    private final Path target;
    private final PrintStream progress;
    private final Map<String, String> environment = System.getenv();
    private final Report report = new Report();

    private Bench(Path checkout, Path target, PrintStream progress) {
        this.checkout = checkout;
        this.target = target;
        this.progress = progress;
    }

    /// A part of the benchmark on a local server.
    private interface Part {
        List<Report.Row> measure(LocalServer server, SampleData data, LambdaJvm.Host host)
                throws Exception;
    }

    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        ROOT_LOGGER.setLevel(Level.WARNING);
        System.setProperty(
                "sun.net.httpserver.nodelay",
                "true"); // disables Nagle's algorithm: answers would wait for an ACK
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        var cores =
                Integer.toString(
                        Runtime.getRuntime()
                                .availableProcessors()); // before this process is pinned
        System.setProperty("jdk.virtualThreadScheduler.parallelism", cores);
        var progress = System.out;
        System.setOut(
                new PrintStream(PrintStream.nullOutputStream())); // discards the functions' logs
        int status = 0;
        try {
            new Bench(Path.of(arguments[0]), Path.of(arguments[1]), progress).run();
        } catch (Throwable failed) {
            ROOT_LOGGER.log(Level.SEVERE, "the benchmark failed", failed);
            status = 1;
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(status); // the stand-ins' data is temporary
    }

    private void run() throws Exception {
        CpuPinning.run("rm -rf '%s'".formatted(target));
        var jar = checkout.resolve("functions/target/functions.jar");
        var code = Files.createDirectories(target.resolve("functions"));
        FunctionPackage.unpack(jar, code);
        var library = FunctionPackage.nativeLibrary(target);
        long self = ProcessHandle.current().pid();
        boolean pinned = CpuPinning.move(self, CpuPinning.OTHERS);
        var log = target.resolve("functions.log");
        var host = new LambdaJvm.Host(code, library, Map.of(), pinned, log);
        var machine = new Report.Row().with("JDK", Runtime.version().toString());
        machine.with("function alone on one core", pinned);
        report.table("Machine", List.of(machine.with("package, MB", Files.size(jar) / 1e6)));
        int rounds = Integer.parseInt(environment.getOrDefault("NIGHTSHIFT_BENCH_ROUNDS", "1"));
        Part functions =
                (server, data, ready) ->
                        new FunctionTimes(data, ready, progress)
                                .measure(functions(server.template()), rounds);
        on("functions", NEVER, host, "Each function", functions);
        CpuPinning.move(self, CpuPinning.BOTH); // the next parts do not compare times on one core
        Part growth =
                (_, data, ready) -> {
                    try (var part = new Growth(data, ready, progress)) {
                        return part.measure();
                    }
                };
        on("growth", SOON, host, "As the data grows", growth);
        Part load = (server, data, _) -> new Load(server.url(Port.API), data, progress).measure();
        on("load", SOON, host, "The local API under load", load);
        Files.writeString(target.resolve("results.md"), report.page());
        progress.print(report.page());
        progress.println("Also in " + target + ".");
    }

    /// Runs a selected part on a server of its own.
    private void on(String name, Duration streamPoll, LambdaJvm.Host host, String title, Part part)
            throws Exception {
        var parts = environment.getOrDefault("NIGHTSHIFT_BENCH_PARTS", "functions,growth,load");
        if (!List.of(parts.split(",")).contains(name)) return;
        var state = target.resolve(name);
        var any = Settings.forTest(checkout.resolve("template.yaml"), state);
        var clock = Clock.systemUTC();
        var settings =
                new Settings(
                        any.template(), state, any.ports(), clock, any.retryPauses(), streamPoll);
        try (var server = LocalServer.start(settings.withTablesInMemory())) {
            var endpoints = new HashMap<String, String>();
            for (var port : List.of(Port.DYNAMODB, Port.S3, Port.SCHEDULER)) {
                endpoints.put("AWS_ENDPOINT_URL_" + port, server.url(port).toString());
            }
            endpoints.put("AWS_ENDPOINT_URL_EVENTBRIDGE", server.url(Port.EVENTS).toString());
            var data = new SampleData(server, checkout.resolve("events"));
            report.table(title, part.measure(server, data, host.with(endpoints)));
        }
    }

    /// The API's functions, the function that starts runs, and the function that creates schedules.
    /// `TestNotificationChannel` is left out: it calls a host outside.
    private List<String> functions(Template template) {
        var wanted = environment.getOrDefault("NIGHTSHIFT_BENCH_FUNCTIONS", "");
        var others = Set.of("FireTaskAutomation", "SyncSchedule");
        return template.functions().values().stream()
                .filter(each -> !each.routes().isEmpty() || others.contains(each.id()))
                .map(Template.Function::id)
                .filter(id -> !id.equals("TestNotificationChannel"))
                .filter(id -> wanted.isEmpty() || List.of(wanted.split(",")).contains(id))
                .toList();
    }
}
