package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The settings of a local run. Port 0 takes a free port.
///
/// @param worker the environment of the workers for queued runs; null starts no workers
/// @param lasting whether the tables are stored in the state folder or only in memory
public record Settings(
        Path template,
        Path state,
        Map<Port, Integer> ports,
        Clock clock,
        List<Duration> retryPauses,
        Duration streamPoll,
        @Nullable Map<String, String> worker,
        boolean lasting) {

    /// Without workers, with tables on disk.
    public Settings(
            Path template,
            Path state,
            Map<Port, Integer> ports,
            Clock clock,
            List<Duration> retryPauses,
            Duration streamPoll) {
        this(template, state, ports, clock, retryPauses, streamPoll, null, true);
    }

    /// A port of the local run, named by its service.
    public enum Port {
        API(3000, "the API, as API Gateway serves it"),
        LAMBDA(3001, "Lambda's Invoke API, for every function of the template"),
        DYNAMODB(8000, "DynamoDB"),
        S3(9000, "S3"),
        SCHEDULER(9001, "EventBridge Scheduler"),
        EVENTS(9002, "EventBridge");

        private final int standard;
        private final String purpose;

        Port(int standard, String purpose) {
            this.standard = standard;
            this.purpose = purpose;
        }

        String description() {
            return purpose;
        }

        String variable() {
            return "NIGHTSHIFT_" + name().toUpperCase(Locale.ROOT) + "_PORT";
        }
    }

    /// The settings of `mvn -Plocal`, from its environment.
    static Settings fromEnvironment(Map<String, String> environment) {
        var ports = new EnumMap<Port, Integer>(Port.class);
        for (var port : Port.values()) {
            ports.put(port, number(port, environment.get(port.variable())));
        }
        return new Settings(
                Path.of("template.yaml"),
                Path.of(environment.getOrDefault("NIGHTSHIFT_STATE", ".nightshift")),
                ports,
                Clock.systemUTC(),
                LocalLambda.PAUSES,
                Duration.ofMillis(100),
                "off".equals(environment.get("NIGHTSHIFT_WORKER")) ? null : Map.of(),
                true);
    }

    /// The settings for tests: free ports and short waits.
    public static Settings forTest(Path template, Path state) {
        var ports = new EnumMap<Port, Integer>(Port.class);
        for (var port : Port.values()) ports.put(port, 0);
        return new Settings(
                template,
                state,
                ports,
                Clock.systemUTC(),
                List.of(Duration.ofMillis(50)),
                Duration.ofMillis(20));
    }

    /// A copy that starts a worker for each queued run.
    public Settings withWorker(Map<String, String> environment) {
        return new Settings(
                template, state, ports, clock, retryPauses, streamPoll, environment, lasting);
    }

    /// A copy with tables in memory.
    public Settings withTablesInMemory() {
        return new Settings(template, state, ports, clock, retryPauses, streamPoll, worker, false);
    }

    int port(Port port) {
        return ports.getOrDefault(port, 0);
    }

    /// Throws if a port is in use or given twice.
    void checkPorts() {
        var probes = new ArrayList<ServerSocket>();
        try {
            for (var port : Port.values()) {
                var probe = new ServerSocket();
                probes.add(probe);
                try {
                    probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port(port)));
                } catch (IOException taken) {
                    throw new StartupException(
                            "Port %d (%s) is in use: stop what uses it, or set %s to another port."
                                    .formatted(port(port), port.description(), port.variable()),
                            taken);
                }
            }
        } catch (IOException failed) {
            throw new StartupException("No port can be opened: " + failed.getMessage(), failed);
        } finally {
            for (var probe : probes) close(probe);
        }
    }

    private static void close(ServerSocket probe) {
        try {
            probe.close();
        } catch (IOException failed) {
            throw new StartupException("A port cannot be closed: " + failed.getMessage(), failed);
        }
    }

    private static int number(Port port, @Nullable String value) {
        if (value == null || value.isBlank()) return port.standard;
        try {
            int number = Integer.parseInt(value.strip());
            if (number >= 0 && number <= 65_535) return number;
        } catch (NumberFormatException _) {
            // reported below
        }
        throw new StartupException(
                "%s is \"%s\", which is not a port number.".formatted(port.variable(), value),
                null);
    }
}
