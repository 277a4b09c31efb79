package nightshift.worker.command;

import java.util.ArrayList;
import java.util.List;

/// The output of git, shortened and without credentials.
final class GitOutput implements Command.Printed {
    private static final int MOST_LINES = 200;
    private static final int LONGEST = 1_000;

    private final List<String> lines = new ArrayList<>();

    @Override
    public synchronized void line(String level, String text, boolean continues) {
        if (lines.size() == MOST_LINES) {
            lines.removeFirst();
        }
        lines.add(text.length() > LONGEST ? text.substring(0, LONGEST) : text);
    }

    /// One line: the errors if there are any, else the whole output.
    synchronized String of(int exitCode) {
        var errors =
                lines.stream()
                        .filter(line ->
                                line.startsWith("fatal:")
                                        || line.startsWith("error:")
                                        || line.startsWith("remote:"))
                        .toList();
        var words = String.join(" ", errors.isEmpty() ? lines : errors).strip();
        if (words.isEmpty()) {
            return "git exited with %d.".formatted(exitCode);
        }
        var masked = SecretRedactor.masked(words, System.getenv());
        return masked.length() > LONGEST ? masked.substring(0, LONGEST) : masked;
    }
}
