package nightshift.bench;

import module java.base;

import nightshift.local.LocalAccount;

/// An instance of a function: a JVM with Lambda's flags and AWS's Java runtime.
final class LambdaJvm implements AutoCloseable {
    private static final int MEMORY_MB = 1_769;

    /// The flags of Lambda's start script for this memory size. `MaxRAM` gives the heap the initial
    /// size that it has on such a machine.
    private static final List<String> FLAGS =
            List.of(
                    "-Xmx" + MEMORY_MB * 85 / 100 + "m",
                    "-XX:MaxRAM=" + MEMORY_MB + "m",
                    "-XX:+UseSerialGC",
                    "-Xshare:auto",
                    "-Djava.net.preferIPv4Stack=true",
                    "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    /// Lambda's limit on the JIT, which SnapStart lifts.
    private static final List<String> C1_ONLY =
            List.of("-XX:+TieredCompilation", "-XX:TieredStopAtLevel=1");

    private static final String NATIVE_LIBRARY =
            "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI=";

    private final Host host;
    private final RuntimeApi api;
    private final Path calls;
    private final Process process;
    private final long begun;

    /// The settings of all instances.
    ///
    /// @param code the unpacked package
    /// @param endpoints of AWS, as environment variables
    /// @param log the file for what the instances print
    record Host(
            Path code,
            Path nativeLibrary,
            Map<String, String> endpoints,
            boolean pinned,
            Path log) {
        Host with(Map<String, String> otherEndpoints) {
            return new Host(code, nativeLibrary, otherEndpoints, pinned, log);
        }
    }

    record Function(String handler, Map<String, String> environment, Duration timeout) {}

    enum Start {
        /// Without a snapshot.
        PLAIN,
        /// Without a snapshot. The requests to AWS are recorded for [#takeCalls].
        RECORDED,
        /// The process is suspended when it asks for its snapshot.
        SNAPSHOT
    }

    /// Starts a function on the first core.
    LambdaJvm(Host host, Function function, Start start) throws IOException {
        this(host, function, start, CpuPinning.FUNCTION);
    }

    LambdaJvm(Host host, Function function, Start start, String core) throws IOException {
        this.host = host;
        api = new RuntimeApi(function.timeout(), () -> signal("STOP"));
        calls = host.log().resolveSibling("calls-" + UUID.randomUUID());
        var command = new ArrayList<String>();
        if (host.pinned()) command.addAll(List.of("taskset", "-c", core));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        if (start != Start.SNAPSHOT) command.addAll(C1_ONLY);
        command.add(NATIVE_LIBRARY + host.nativeLibrary());
        var classPath = FunctionPackage.runtimeClassPath();
        if (start == Start.RECORDED) classPath += File.pathSeparator + recorder();
        command.addAll(List.of("-classpath", classPath));
        command.add("com.amazonaws.services.lambda.runtime.api.client.AWSLambda");
        command.add(function.handler());
        var builder = new ProcessBuilder(command).directory(host.code().toFile());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(host.log().toFile()));
        builder.environment().keySet().retainAll(List.of("PATH"));
        builder.environment().putAll(environment(function, start));
        begun = System.nanoTime();
        process = builder.start();
    }

    private Map<String, String> environment(Function function, Start start) {
        boolean snapStart = start == Start.SNAPSHOT;
        var environment = new HashMap<String, String>();
        environment.put("LANG", "en_US.UTF-8");
        environment.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
        environment.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(MEMORY_MB));
        environment.put("AWS_LAMBDA_FUNCTION_NAME", "bench");
        environment.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
        environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", snapStart ? "snap-start" : "on-demand");
        environment.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
        environment.put("AWS_LAMBDA_RUNTIME_API", api.address());
        environment.put("AWS_REGION", LocalAccount.REGION);
        environment.put("LAMBDA_TASK_ROOT", host.code().toString());
        environment.put("_HANDLER", function.handler());
        if (snapStart) {
            var url = "http://" + api.address() + "/credentials";
            environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
            environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");
        } else { // without a session token, which the local S3 server does not support
            environment.put("AWS_ACCESS_KEY_ID", LocalAccount.ACCESS_KEY);
            environment.put("AWS_SECRET_ACCESS_KEY", LocalAccount.SECRET_KEY);
        }
        if (start == Start.RECORDED) environment.put(CallRecorder.FILE, calls.toString());
        environment.putAll(function.environment());
        environment.putAll(host.endpoints());
        return environment;
    }

    /// The folder with the resource that gives every client of the SDK a [CallRecorder].
    private Path recorder() throws IOException {
        var folder = host.code().resolveSibling("recorder");
        var resource = folder.resolve(CallRecorder.RESOURCE);
        Files.createDirectories(resource.getParent());
        Files.writeString(resource, CallRecorder.class.getName());
        return folder;
    }

    /// The requests to AWS since the last call of this method.
    Usage takeCalls() throws IOException {
        if (!Files.exists(calls)) return Usage.parse(List.of());
        var taken = Usage.parse(Files.readAllLines(calls));
        Files.delete(calls);
        return taken;
    }

    /// Waits until a function without a snapshot has asked for its first event.
    LambdaJvm ready() throws InterruptedException {
        api.await("/invocation/next");
        return this;
    }

    void awaitSnapshot() throws InterruptedException {
        api.await("/restore/next");
    }

    /// Resumes the process on the first core.
    void restore() throws IOException, InterruptedException {
        if (host.pinned()) CpuPinning.move(process.pid(), CpuPinning.FUNCTION);
        api.restore();
        signal("CONT");
        api.await("/invocation/next");
    }

    RuntimeApi.Answer invoke(String event) throws InterruptedException {
        return api.invoke(event);
    }

    /// The milliseconds since the start of the process.
    double age() {
        return (System.nanoTime() - begun) / 1e6;
    }

    /// The memory that the process holds, in MB.
    double residentMegabytes() throws IOException {
        var status = Path.of("/proc", Long.toString(process.pid()), "status");
        var line = Files.readAllLines(status).stream().filter(each -> each.startsWith("VmRSS:"));
        return Double.parseDouble(line.findFirst().orElse("0").replaceAll("\\D", "")) / 1_024;
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
        api.close();
    }

    private void signal(String name) {
        try {
            CpuPinning.run("kill -%s %d".formatted(name, process.pid()));
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
