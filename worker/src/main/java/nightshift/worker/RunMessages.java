package nightshift.worker;

import nightshift.worker.command.Command;

import java.io.IOException;
import java.time.Duration;

/// The messages about the result of a run.
final class RunMessages {
    private static final int SIGNALS = 128;
    private static final int LAST_SIGNAL = 64;
    private static final int LONGEST = 4_000;

    private RunMessages() {}

    /// The message for an unexpected exception.
    static String of(Throwable failed) {
        return switch (failed) {
            case OutOfMemoryError memory -> "The worker ran out of memory.";
            case StackOverflowError stack ->
                    "The worker ran out of stack: something is nested too deeply.";
            case InterruptedException stopped -> "The worker was stopped.";
            case IOException system -> "The worker failed: " + system.getMessage();
            default -> "The worker failed: " + failed;
        };
    }

    /// The message for an exit code. `sh` reports a signal as 129 to 192.
    static String of(Command.End.Exited exited) {
        int signal = exited.code() - SIGNALS;
        return signal > 0 && signal <= LAST_SIGNAL
                ? "The command was killed by signal %d.".formatted(signal)
                : "The command exited with %d.".formatted(exited.code());
    }

    static String tooLong(Duration limit) {
        return "The command was stopped: it ran longer than its limit of %s.".formatted(of(limit));
    }

    static String of(Duration duration) {
        return duration.toMinutes() > 0
                ? duration.toMinutes() + " minutes"
                : duration.toSeconds() + " seconds";
    }

    /// Shortened and without control characters, as the API requires.
    static String shortened(String reason) {
        var plain = reason.replaceAll("[\\p{Cc}&&[^\\n\\t]]", " ");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
    }
}
