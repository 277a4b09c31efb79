package nightshift.cli.verbs;

import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// `nightshift pause`.
@Command(name = "pause", description = "Stops automations from firing until `nightshift resume`.")
public final class Pause extends Switching {
    private static final int LONGEST = 200;

    @Option(
            names = "--note",
            paramLabel = "TEXT",
            description = "Why; it stands in the service's audit log, with the key that paused.")
    @Nullable String note;

    @Override
    protected int run() {
        return switchTo(false, note == null ? Map.of() : Map.of("Nightshift-Note", header(note)));
    }

    /// A header holds visible ASCII.
    private static String header(String note) {
        if (!StandardCharsets.US_ASCII.newEncoder().canEncode(note)
                || note.length() > LONGEST
                || note.chars().anyMatch(Character::isISOControl)) {
            throw CliException.usage(
                    "A note is one line of at most " + LONGEST + " ASCII characters.", null);
        }
        return note;
    }
}
