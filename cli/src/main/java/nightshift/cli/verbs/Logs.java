package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// `nightshift logs`.
@Command(name = "logs", description = "Shows the log of a run.")
public final class Logs extends Verb {
    @Parameters(
            paramLabel = "RUN",
            description = "Its id or a unique prefix, or an automation: its last run.")
    String name = "";

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on until the run is over; the exit code is 1 if it failed.")
    boolean follow;

    @Option(
            names = "--grep",
            paramLabel = "REGEX",
            description = "Only lines in which this is found.")
    @Nullable String grep;

    @Override
    protected int run() {
        var pattern = pattern();
        var text = new LogText();
        var reader =
                new LogReader(
                        api(),
                        RunPath.find(api(), name),
                        entry -> {
                            if (!json) {
                                text.lines(entry).forEach(line -> show(line, pattern));
                            } else {
                                show(entry.toString(), pattern);
                            }
                        });
        JsonNode run = null;
        if (follow) {
            run = reader.follow();
        } else {
            reader.readOn();
        }
        text.rest().forEach(line -> show(line, pattern));
        return run == null || run.path("status").asText().equals("completed")
                ? ExitCode.DONE
                : ExitCode.REFUSED;
    }

    private void show(String line, @Nullable Pattern pattern) {
        if (pattern == null || pattern.matcher(line).find()) {
            terminal().line(line);
        }
    }

    private @Nullable Pattern pattern() {
        try {
            return grep == null ? null : Pattern.compile(grep);
        } catch (PatternSyntaxException wrong) {
            throw CliException.usage(
                    "--grep is no regular expression: " + wrong.getDescription(), null);
        }
    }
}
