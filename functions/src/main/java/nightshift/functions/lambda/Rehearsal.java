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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;

import javax.net.ssl.SSLContext;

/// Runs a function on its sample event before SnapStart takes the snapshot, so that the first call
/// after it finds everything loaded.
///
/// Those that are rehearsed are other instances of the function, with clients of their own over
/// [RememberedAws]: AWS hears nothing of it, and all that they leave in the snapshot is what the
/// JVM has learned. The instance that will be called has not been called yet, so it holds no
/// connection, no credentials and no time that a restore would have to renew.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-java.html">AWS:
///   runtime hooks for Lambda SnapStart</a>
public final class Rehearsal implements Resource {
    /// Until the JVM has compiled what a call runs through most. It looks at every 128th call of a
    /// method whether there were two hundred, and a call asks AWS three times, its key and its
    /// credentials included: that is the 86th rehearsal, and it takes some twenty to compile it
    /// all.
    private static final int TIMES = 140;

    private static final Duration MOST_TIME = Duration.ofSeconds(10);

    /// Where the SDK looks before the environment.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html">AWS:
    ///   container credential provider</a>
    private static final String CREDENTIALS_URL = "aws.containerCredentialsFullUri";

    private static final String CREDENTIALS_TOKEN = "aws.containerAuthorizationToken";

    /// Held on to, because the runtime does not.
    private static @Nullable Rehearsal planned;

    private final Map<String, String> environment;

    private Rehearsal(Map<String, String> environment) {
        this.environment = environment;
    }

    /// Plans one rehearsal of the function that this process is for, if there will be a snapshot.
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
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // no metric is to count it
        try (var credentials = credentials()) {
            var handler = environment.getOrDefault("_HANDLER", "").split("::", 2)[0];
            var ended = wiring(environment, credentials, true);
            var goingOn = wiring(environment, credentials, false);
            greet();
            long end = System.nanoTime() + MOST_TIME.toNanos();
            boolean collected = false; // garbage, just now: then the first call need not
            for (int time = 0; (time < TIMES || !collected) && System.nanoTime() < end; time++) {
                long free = Runtime.getRuntime().freeMemory();
                answer(handler, time % 2 == 0 ? ended : goingOn);
                credentials().close();
                collected = Runtime.getRuntime().freeMemory() > free;
            }
        } catch (IOException | ReflectiveOperationException | RuntimeException failed) {
            System.setOut(output);
            Log.warn("not rehearsed: the first call will be slow", failed);
        } finally {
            System.setOut(output);
        }
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {}

    /// The parts of a function that is rehearsed, at the time when its sample was sent.
    ///
    /// @param ended whether the sample's run has ended
    static Wiring wiring(
            Map<String, String> environment, AwsCredentialsProvider credentials, boolean ended) {
        var whenItWasSent = Clock.fixed(Instant.parse("2026-04-02T09:00:30Z"), ZoneOffset.UTC);
        return new AwsWiring(environment, whenItWasSent, new RememberedAws(ended), credentials);
    }

    /// What a function that has not been called yet answers to its sample, called as Lambda's
    /// runtime does.
    static byte[] answer(String handler, Wiring wiring)
            throws IOException, ReflectiveOperationException {
        var type = Class.forName(handler);
        var function = type.getConstructor(Wiring.class).newInstance(wiring);
        return HandlerInvoker.of(function).invoke(sample(type.getSimpleName()), null);
    }

    /// Credentials that prove nothing, asked for as a function asks for its own under SnapStart.
    static ContainerCredentialsProvider credentials() throws IOException {
        try (var server = new OneAnswer(RememberedAws.credentials())) {
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

    /// Writes the first message of a TLS handshake to nobody, for which the JDK reads the
    /// certificates that it trusts.
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
