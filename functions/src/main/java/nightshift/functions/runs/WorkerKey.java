package nightshift.functions.runs;

import nightshift.api.KeyGatekeeper;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.text.Hmac;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// The key that a worker gets when it claims a run: names the run and the end of its own life, and
/// is signed with the run's secret. It is stored nowhere, so there is nothing to leak or clean up.
/// It is valid until the run ends, and stays invalid if the run is queued again.
record WorkerKey(RunKey run, long expires, String signature) {
    private static final Duration LIFE = Duration.ofHours(24);
    private static final String UUID_TEXT = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
    private static final Pattern FORM =
            Pattern.compile(
                    Pattern.quote(KeyGatekeeper.WORKER_KEY)
                            + "([0-9]{1,19})\\."
                            + UUID_TEXT
                            + "\\."
                            + UUID_TEXT
                            + "\\.([0-9]{1,12})\\.([0-9a-f]{64})");

    /// A key for this run.
    static WorkerKey of(TaskRun run, Instant now) {
        long expires = now.plus(LIFE).getEpochSecond();
        return new WorkerKey(run.key(), expires, signature(run, expires));
    }

    /// The key that a text shows; empty: it has another form.
    static Optional<WorkerKey> parse(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        try {
            var run =
                    new RunKey(
                            Long.parseLong(form.group(1)),
                            UUID.fromString(form.group(2)),
                            UUID.fromString(form.group(3)));
            return Optional.of(new WorkerKey(run, Long.parseLong(form.group(4)), form.group(5)));
        } catch (NumberFormatException _) { // larger than any project's id
            return Optional.empty();
        }
    }

    /// The key as a worker shows it.
    String text() {
        return "%s%s.%s.%s.%s.%s"
                .formatted(
                        KeyGatekeeper.WORKER_KEY,
                        run.projectId(),
                        run.taskId(),
                        run.runId(),
                        expires,
                        signature);
    }

    /// Whether it was made by us, has not expired, and its run is not over.
    boolean valid(TaskRun named, Instant now) {
        boolean ours =
                MessageDigest.isEqual(
                        signature(named, expires).getBytes(StandardCharsets.UTF_8),
                        signature.getBytes(StandardCharsets.UTF_8));
        return ours && now.getEpochSecond() < expires && !named.status().terminal();
    }

    private static String signature(TaskRun run, long expires) {
        return Hmac.hex(
                run.claim().secret(), "worker " + RunEvents.queueEntry(run) + " " + expires);
    }
}
