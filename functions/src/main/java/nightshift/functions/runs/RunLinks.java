package nightshift.functions.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Call;
import nightshift.functions.lambda.Wiring;
import nightshift.run.PresignedUrl;
import nightshift.run.TaskRun;
import nightshift.text.Hmac;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// The link that a run shows: `log_url` opens the whole log without a key, for an hour.
///
/// It is the `logs` endpoint itself, with a signature made of the run's own secret. So showing a
/// run needs no look at its log, and the link opens at every moment of the log.
public final class RunLinks {
    public static final String EXPIRES = "expires";
    public static final String SIGNATURE = "signature";
    public static final Duration LIFE = Duration.ofHours(1);

    private final Clock clock;

    public RunLinks(Wiring wiring) {
        this.clock = wiring.clock();
    }

    /// The run on the wire.
    public ObjectNode write(TaskRun run, Call call) {
        return RunJson.write(run, signed(run, call));
    }

    /// The run on the wire with a link of its log's object, if there is one.
    public ObjectNode write(TaskRun run, Call call, Optional<PresignedUrl> object) {
        return object.map(link -> RunJson.write(run, link.url().toString()))
                .orElseGet(() -> write(run, call));
    }

    private String signed(TaskRun run, Call call) {
        long expires = clock.instant().plus(LIFE).getEpochSecond();
        return "%s/api/projects/%s/tasks/%s/runs/%s/logs/?%s=%s&%s=%s"
                .formatted(
                        call.baseUrl(),
                        run.key().projectId(),
                        run.key().taskId(),
                        run.id(),
                        EXPIRES,
                        expires,
                        SIGNATURE,
                        signature(run, expires));
    }

    /// Whether a link to the log was signed by us and has not expired.
    public static boolean opens(TaskRun run, String expires, String signature, Instant now) {
        if (!expires.matches("[0-9]{1,12}") || Long.parseLong(expires) < now.getEpochSecond()) {
            return false;
        }
        return MessageDigest.isEqual(
                signature(run, Long.parseLong(expires)).getBytes(StandardCharsets.UTF_8),
                signature.getBytes(StandardCharsets.UTF_8));
    }

    private static String signature(TaskRun run, long expires) {
        return Hmac.hex(run.claim().secret(), "log " + run.id() + " " + expires);
    }
}
