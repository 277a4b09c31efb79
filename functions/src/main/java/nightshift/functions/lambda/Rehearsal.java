package nightshift.functions.lambda;

import nightshift.log.Log;

import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import javax.net.ssl.SSLContext;

/// Runs a function on its sample event before SnapStart takes the snapshot, so that the first call
/// after a restore finds every class loaded and the methods of a call compiled.
///
/// The rehearsed instances are not the instance that serves callers, and their requests end in
/// [RehearsalHttpClient]. So AWS is not called, and the instance that serves callers has no
/// connection, no credentials and no time in the snapshot.
///
/// | what | why |
/// | --- | --- |
/// | 140 rehearsals | the JDK specialises a reflective method handle at its 128th use, and the runtime's serializer uses some once in a call: 13 ms. HotSpot looks at every 128th call of a method whether there were 200, and a call asks AWS three times: compiled after the 86th rehearsal, with some twenty more for the compiler |
/// | through the runtime's own serializer ([HandlerInvoker]) | its classes and accessors are what a real event is read with |
/// | over a loopback socket | an in-process HTTP client leaves 34 classes and 8 ms of the JDK's connections to the first call; the socket leaves 6 classes |
/// | two states of the data in turns | a first call in the other state would load classes: a run that has ended and one that goes on |
/// | until the last one after a young collection | otherwise the first call collects: 2 ms |
/// | credentials each time | they are fetched from the container's endpoint, as after a restore |
/// | one TLS handshake's first message | the JDK reads its trusted certificates for it |
/// | standard output goes nowhere | a rehearsal's metrics must not be counted |
/// | at most 10 s | a slow host publishes a version nevertheless |
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">AWS:
///   runtime hooks for Lambda SnapStart</a>
public final class Rehearsal implements Resource {
    private static final int TIMES = 140;

    private static final Duration MOST_TIME = Duration.ofSeconds(10);

    /// From how many places the random pauses may go on after a restore.
    private static final int RANDOM_PLACES = 1_024;

    /// Where the SDK looks before the environment.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">AWS:
    ///   container credential provider</a>
    private static final String CREDENTIALS_URL = "aws.containerCredentialsFullUri";

    private static final String CREDENTIALS_TOKEN = "aws.containerAuthorizationToken";

    /// Kept here, because the runtime keeps only a weak reference.
    private static @Nullable Rehearsal planned;

    private final Map<String, String> environment;

    private Rehearsal(Map<String, String> environment) {
        this.environment = environment;
    }

    /// Registers a rehearsal of this process's function, if there will be a snapshot.
    public static void beforeSnapshot(Map<String, String> environment) {
        if (planned == null
                && "snap-start".equals(environment.get("AWS_LAMBDA_INITIALIZATION_TYPE"))) {
            planned = new Rehearsal(environment);
            Core.getGlobalContext().register(planned);
        }
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        var output = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try (var credentials = credentials()) {
            var handler = environment.getOrDefault("_HANDLER", "").split("::", 2)[0];
            var ended = wiring(environment, credentials, true);
            var goingOn = wiring(environment, credentials, false);
            greet();
            long end = System.nanoTime() + MOST_TIME.toNanos();
            boolean collected = false;
            for (int time = 0; (time < TIMES || !collected) && System.nanoTime() < end; time++) {
                long free = Runtime.getRuntime().freeMemory();
                answer(handler, time % 2 == 0 ? ended : goingOn);
                credentials().close();
                collected = Runtime.getRuntime().freeMemory() > free;
            }
        } catch (IOException
                | ReflectiveOperationException
                | RuntimeException
                | LinkageError failed) { // a runtime without the serializer
            System.setOut(output);
            Log.warn("not rehearsed: the first call will be slow", failed);
        } finally {
            System.setOut(output);
        }
    }

    /// All instances that are restored from one snapshot have the same random numbers before them.
    /// The SDK takes its pauses between attempts from this thread's, so each instance skips some.
    @Override
    public void afterRestore(Context<? extends Resource> context) {
        var random = ThreadLocalRandom.current();
        for (int skipped = new SecureRandom().nextInt(RANDOM_PLACES); skipped > 0; skipped--) {
            random.nextLong();
        }
    }

    /// The parts of a rehearsed function, at the time of its sample event.
    ///
    /// @param ended whether the sample's run has ended
    static Wiring wiring(
            Map<String, String> environment, AwsCredentialsProvider credentials, boolean ended) {
        var whenItWasSent = Clock.fixed(Instant.parse("2026-04-02T09:00:30Z"), ZoneOffset.UTC);
        return new AwsWiring(
                environment, whenItWasSent, new RehearsalHttpClient(ended), credentials);
    }

    /// The answer of a new instance of a function to its sample event, called as Lambda's runtime
    /// does.
    static byte[] answer(String handler, Wiring wiring)
            throws IOException, ReflectiveOperationException {
        var type = Class.forName(handler);
        var function = type.getConstructor(Wiring.class).newInstance(wiring);
        return HandlerInvoker.of(function).invoke(sample(type.getSimpleName()), null);
    }

    /// Credentials without value, fetched as a function under SnapStart fetches its own.
    static ContainerCredentialsProvider credentials() throws IOException {
        try (var server = new OneShotHttpServer(RehearsalHttpClient.credentials())) {
            System.setProperty(CREDENTIALS_URL, server.url() + "/credentials");
            System.setProperty(CREDENTIALS_TOKEN, "token");
            var found = ContainerCredentialsProvider.create();
            found.resolveCredentials();
            return found;
        } finally {
            System.clearProperty(CREDENTIALS_URL);
            System.clearProperty(CREDENTIALS_TOKEN);
        }
    }

    private static byte[] sample(String function) {
        var file = function.replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
        return Resources.bytes("events/" + file + ".json");
    }

    /// Makes the first message of a TLS handshake and sends it to no one.
    private static void greet() throws IOException {
        try {
            var engine = SSLContext.getDefault().createSSLEngine("amazonaws.com", 443);
            engine.setUseClientMode(true);
            engine.wrap(
                    ByteBuffer.allocate(0),
                    ByteBuffer.allocate(engine.getSession().getPacketBufferSize()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
