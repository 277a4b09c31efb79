package nightshift.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// One instance of a function in a JVM of its own, under Lambda's Java runtime.
final class LambdaJvm implements AutoCloseable {
    private static final int MEMORY_MB = 1_769;
    private static final String NATIVE_CLIENT =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    /// Where the JVM of a process notes what it loads and compiles, beside the function's code.
    private static final String JVM_LOG = "../jvm-%s.log";

    /// What Lambda's own start script passes to the JVM for this much memory, and that there is no
    /// more of it: the JVM begins with a 64th of a machine's memory as its heap.
    private static final List<String> FLAGS =
            List.of(
                    "-Xmx" + MEMORY_MB * 85 / 100 + "m",
                    "-XX:MaxRAM=" + MEMORY_MB + "m",
                    "-XX:+UseSerialGC",
                    "-Xshare:auto",
                    "-XX:+TieredCompilation",
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.net.preferIPv4Stack=true",
                    "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    private final Host host;
    private final Process process;
    private final RuntimeApi api;
    private final long begun;

    private LambdaJvm(Host host, Process process, RuntimeApi api, long begun) {
        this.host = host;
        this.process = process;
        this.api = api;
        this.begun = begun;
    }

    /// Where and how functions are run. Their credentials have no session token, as they would on
    /// AWS: the S3 server of the local run knows of none.
    ///
    /// @param nativeClient the runtime's own library
    /// @param environment what all of them get, beside their own
    /// @param pinned whether to core 0
    /// @param log what they print
    record Host(
            FunctionPackage code,
            Path nativeClient,
            Map<String, String> environment,
            String accessKey,
            String secretKey,
            boolean pinned,
            Path log) {}

    /// Starts a function as for a call that finds no instance.
    static LambdaJvm cold(Host host, String handler, Map<String, String> settings)
            throws IOException {
        var environment = new HashMap<>(settings);
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
        environment.put("AWS_ACCESS_KEY_ID", host.accessKey());
        environment.put("AWS_SECRET_ACCESS_KEY", host.secretKey());
        return start(host, handler, environment, FLAGS, Cores.FUNCTION);
    }

    /// Starts a function as for a snapshot, in which it stands still with all its threads. Without
    /// Lambda's limit on the JIT, which SnapStart lifts.
    ///
    /// @param core of [Cores]
    static LambdaJvm snapshot(Host host, String handler, Map<String, String> settings, String core)
            throws IOException {
        var environment = new HashMap<>(settings);
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
        environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");
        var flags = new ArrayList<>(FLAGS);
        flags.removeIf(flag -> flag.startsWith("-XX:TieredStopAtLevel"));
        flags.add("-Xlog:class+load,jit+compilation:file=" + JVM_LOG.formatted("%p") + ":tags");
        var jvm = start(host, handler, environment, flags, core);
        jvm.api.freezeBy(() -> jvm.signal("STOP"));
        return jvm;
    }

    /// Gives it the function's core.
    void moveToFunction() {
        if (host.pinned()) Cores.moveToFunction(process.toHandle());
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -%s %d".formatted(name, process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lets it continue behind its snapshot.
    void restore() throws InterruptedException {
        api.restore();
        signal("CONT");
        api.awaitReady();
    }

    RuntimeApi api() {
        return api;
    }

    /// The milliseconds from the start of the process to a moment of [System#nanoTime].
    double since(long moment) {
        return (moment - begun) / 1e6;
    }

    /// How much the JVM of a function from a snapshot has noted so far, in bytes.
    long logLength() throws IOException {
        return Files.size(jvmLog());
    }

    /// What it has noted since then: a line for each class, those of lambdas included, and for each
    /// method that was compiled, or whose compilation was thrown away.
    List<String> logged(long length) throws IOException {
        try (var log = Files.newInputStream(jvmLog())) {
            log.skipNBytes(length);
            return new String(log.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }

    private Path jvmLog() {
        return host.code().folder().resolve(JVM_LOG.formatted(process.pid()));
    }

    /// The memory that the process holds, in MB; zero where the system does not say.
    double residentMegabytes() throws IOException {
        var status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.isReadable(status)) return 0;
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1_024)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        api.close();
        jvmLog().toFile().delete();
    }

    private static LambdaJvm start(
            Host host,
            String handler,
            Map<String, String> settings,
            List<String> flags,
            String core)
            throws IOException {
        var api = new RuntimeApi(host.accessKey(), host.secretKey());
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-D" + NATIVE_CLIENT + "=" + host.nativeClient());
        command.addAll(
                List.of(
                        "-classpath",
                        FunctionPackage.runtimeClassPath(),
                        "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
                        handler));
        var builder =
                new ProcessBuilder(host.pinned() ? Cores.pinned(core, command) : command)
                        .directory(host.code().folder().toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(host.log().toFile()));
        var environment = builder.environment();
        var path = environment.getOrDefault("PATH", "");
        environment.clear();
        environment.put("PATH", path);
        environment.put("LANG", "en_US.UTF-8");
        environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
        environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(MEMORY_MB));
        environment.put("AWS_LAMBDA_FUNCTION_NAME", "bench");
        environment.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
        environment.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
        environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
        environment.put("LAMBDA_TASK_ROOT", host.code().folder().toString());
        environment.put("_HANDLER", handler);
        environment.putAll(host.environment());
        environment.putAll(settings);
        if (settings.containsKey("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
            environment.put(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    "http://" + api.address() + "/credentials");
        }
        long begun = System.nanoTime();
        return new LambdaJvm(host, builder.start(), api, begun);
    }
}
