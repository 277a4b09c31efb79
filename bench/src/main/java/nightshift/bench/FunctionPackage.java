package nightshift.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;

/// The functions jar laid out as Lambda does it, with the two handlers that the others are compared
/// with beside them.
///
/// @param folder the working directory of a function, which is the root of its class path
/// @param bytes the size of the jar
record FunctionPackage(Path folder, long bytes) {
    private static final List<Class<?>> BASELINES =
            List.of(EmptyHandler.class, BareGetItem.class, BareTransaction.class);

    /// What AWS's runtime brings by itself.
    private static final List<String> RUNTIME =
            List.of(
                    "aws-lambda-java-runtime-interface-client",
                    "aws-lambda-java-core",
                    "aws-lambda-java-serialization",
                    "utils-lite");

    static FunctionPackage unpack(Path jar, Path folder) throws IOException {
        try (var archive = new JarFile(jar.toFile())) {
            for (var entry : (Iterable<java.util.jar.JarEntry>) archive.stream()::iterator) {
                var target = folder.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !target.startsWith(folder)) continue;
                Files.createDirectories(target.getParent());
                try (var content = archive.getInputStream(entry)) {
                    Files.copy(content, target);
                }
            }
        }
        for (var handler : BASELINES) copy(handler, folder);
        return new FunctionPackage(folder, Files.size(jar));
    }

    /// The class path of AWS's runtime, out of this process's own.
    static String runtimeClassPath() {
        var jars =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry ->
                                RUNTIME.stream()
                                        .anyMatch(name ->
                                                Path.of(entry)
                                                        .getFileName()
                                                        .toString()
                                                        .matches(name + "-\\d.*\\.jar")))
                        .toList();
        if (jars.size() != RUNTIME.size()) {
            throw new IllegalStateException("the runtime is not on the class path: " + jars);
        }
        return String.join(File.pathSeparator, jars);
    }

    /// The runtime's native client, unpacked once, as on Lambda. Left to itself every JVM unpacks
    /// it to one and the same place, which ends another one that runs from there.
    static Path nativeClient(Path folder) throws IOException {
        var architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        var name = "libaws-lambda-jni.linux-" + architecture + ".so";
        var target = folder.resolve(name);
        try (var content = FunctionPackage.class.getResourceAsStream("/jni/" + name)) {
            if (content == null) throw new IllegalStateException("there is no " + name);
            Files.copy(content, target);
        }
        return target;
    }

    private static void copy(Class<?> handler, Path folder) {
        var name = handler.getName().replace('.', '/') + ".class";
        try (var content = handler.getClassLoader().getResourceAsStream(name)) {
            if (content == null) throw new IllegalStateException("there is no " + name);
            var target = folder.resolve(name);
            Files.createDirectories(target.getParent());
            Files.copy(content, target);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
