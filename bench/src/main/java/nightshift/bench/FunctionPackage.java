package nightshift.bench;

import module java.base;

/// Unpacks `functions.jar` into a folder, as Lambda does, and adds the benchmark's own classes.
final class FunctionPackage {
    /// The four jars of AWS's Java runtime.
    private static final String RUNTIME =
            ".*/(aws-lambda-java-(runtime-interface-client|core|serialization)|utils-lite)-\\d.*";

    private FunctionPackage() {}

    static void unpack(Path jar, Path folder) throws IOException, InterruptedException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "jar").toString();
        var unpack = new ProcessBuilder(tool, "-xf", jar.toString()).directory(folder.toFile());
        if (unpack.inheritIO().start().waitFor() != 0)
            throw new IOException("not unpacked: " + jar);
        for (var added : List.of(EmptyHandler.class, BareCall.class, CallRecorder.class)) {
            var name = added.getName().replace('.', '/') + ".class";
            copyResource("/" + name, folder.resolve(name));
        }
    }

    /// The class path of AWS's runtime. Its jars are on the class path of this process.
    static String runtimeClassPath() {
        var jars = System.getProperty("java.class.path").split(File.pathSeparator);
        return Arrays.stream(jars)
                .filter(jar -> jar.matches(RUNTIME))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /// Unpacks the runtime's native library once, as on Lambda. Otherwise each JVM would overwrite
    /// the same file, and crash a JVM that uses it.
    static Path nativeLibrary(Path folder) throws IOException {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        var name = "libaws-lambda-jni.linux-" + architecture + ".so";
        return copyResource("/jni/" + name, folder.resolve(name));
    }

    private static Path copyResource(String name, Path target) throws IOException {
        try (var content = FunctionPackage.class.getResourceAsStream(name)) {
            if (content == null) throw new IllegalStateException("there is no " + name);
            Files.createDirectories(target.getParent());
            Files.copy(content, target);
        }
        return target;
    }
}
