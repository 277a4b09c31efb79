package nightshift.bench;

import nightshift.local.LocalAccount;
import nightshift.local.LocalServer;
import nightshift.local.Settings;
import nightshift.local.Settings.Port;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/// `mvn -Pbench`: measures, says how far it is, and leaves `results.md` and `results.json`.
final class Bench {
    /// Held on to, because a logger that nobody holds forgets its level.
    private static final Logger OTHERS = Logger.getLogger("");

    /// So long that nothing happens by itself while a function is measured.
    private static final Duration NEVER = Duration.ofDays(1);

    private Bench() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Locale.setDefault(Locale.ROOT);
        OTHERS.setLevel(Level.WARNING);
        System.setProperty(
                "sun.net.httpserver.nodelay", "true"); // else answers wait for each other
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        var checkout = Path.of(arguments[0]);
        var target = emptied(Path.of(arguments[1]));
        var plan = Plan.of(System.getenv());
        var progress = System.out;
        System.setOut(new PrintStream(PrintStream.nullOutputStream())); // what functions log

        int cores = Runtime.getRuntime().availableProcessors();
        System.setProperty(
                "jdk.virtualThreadScheduler.parallelism",
                Integer.toString(cores)); // else one, for good, which is what it is pinned to now
        boolean pinned = Cores.pinThisProcess();
        var code =
                FunctionPackage.unpack(
                        checkout.resolve("functions/target/functions.jar"),
                        target.resolve("functions"));
        var report = new Report();
        report.machine(code, cores, pinned);
        var events = checkout.resolve("events");
        if (plan.parts().contains("cold")) {
            try (var server = start(checkout, target.resolve("cold"), NEVER);
                    var world = new World(server, events)) {
                var host =
                        new LambdaJvm.Host(
                                code,
                                FunctionPackage.nativeClient(target),
                                endpoints(server),
                                LocalAccount.ACCESS_KEY,
                                LocalAccount.SECRET_KEY,
                                pinned,
                                target.resolve("functions.log"));
                report.coldStarts(
                        new ColdStarts(world, host, plan, progress)
                                .measure(measured(server, plan)));
            }
        }
        Cores.release(); // nothing below is compared by its time alone
        if (plan.parts().contains("growth")) {
            try (var server = start(checkout, target.resolve("growth"), NEVER);
                    var world = new World(server, events)) {
                report.growth(new Growth(world, plan, progress).measure());
            }
        }
        if (plan.parts().contains("load")) {
            try (var server = start(checkout, target.resolve("load"), Duration.ofMillis(100));
                    var world = new World(server, events)) {
                report.load(new Load(server, world, progress).measure());
            }
        }
        report.write(target);
        progress.print(report.page());
        progress.println("Also in " + target + ".");
        Runtime.getRuntime().halt(0); // the stand-ins have nothing to lose
    }

    private static LocalServer start(Path checkout, Path state, Duration streamPoll) {
        var any = Settings.forTest(checkout.resolve("template.yaml"), state);
        return LocalServer.start(
                new Settings(
                                any.template(),
                                state,
                                any.ports(),
                                Clock.systemUTC(),
                                any.retryPauses(),
                                streamPoll)
                        .withTablesInMemory());
    }

    /// The API's functions, and the two that everything else waits for.
    private static List<String> measured(LocalServer server, Plan plan) {
        var names = new ArrayList<String>();
        for (var function : server.template().functions().values()) {
            boolean wanted =
                    !function.routes().isEmpty()
                            || Set.of("FireTaskAutomation", "SyncSchedule").contains(function.id());
            if (wanted && plan.includes(function.id())) names.add(function.id());
        }
        return names;
    }

    /// Where a function in another process finds the stand-ins.
    private static Map<String, String> endpoints(LocalServer server) {
        return Map.of(
                "AWS_REGION", LocalAccount.REGION,
                "AWS_ENDPOINT_URL_DYNAMODB", server.url(Port.DYNAMODB).toString(),
                "AWS_ENDPOINT_URL_S3", server.url(Port.S3).toString(),
                "AWS_ENDPOINT_URL_SCHEDULER", server.url(Port.SCHEDULER).toString(),
                "AWS_ENDPOINT_URL_EVENTBRIDGE", server.url(Port.EVENTS).toString());
    }

    private static Path emptied(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        return Files.createDirectories(folder);
    }
}
