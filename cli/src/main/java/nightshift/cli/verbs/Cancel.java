package nightshift.cli.verbs;

import nightshift.cli.text.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `nightshift cancel`.
@Command(name = "cancel", description = "Stops a run; its worker notices within ten seconds.")
public final class Cancel extends Verb {
    @Parameters(
            paramLabel = "RUN",
            description = "Its id or a unique prefix, or an automation: its last run.")
    String name = "";

    @Override
    protected int run() {
        var answer = api().send("POST", RunPath.find(api(), name).path() + "cancel/", null);
        if (json) {
            terminal().line(answer.text());
        } else {
            terminal().say("Cancelled.");
        }
        return ExitCode.DONE;
    }
}
