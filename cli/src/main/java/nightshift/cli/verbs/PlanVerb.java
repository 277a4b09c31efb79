package nightshift.cli.verbs;

import nightshift.cli.plan.PlanJson;
import nightshift.cli.plan.PlanMarkdown;
import nightshift.cli.plan.PlanText;
import nightshift.cli.plan.Planner;
import nightshift.cli.text.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Instant;

/// `nightshift plan`.
@Command(
        name = "plan",
        description = "Shows what files would change; the exit code is 2 if there are changes.")
public final class PlanVerb extends Verb {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder; this one if it is not given.")
    Path folder = Path.of(".");

    @Option(
            names = "--prune",
            description = "Removes automations of this set that have no file any more.")
    boolean prune;

    @Option(names = "--markdown", description = "Writes Markdown, for a comment on a pull request.")
    boolean markdown;

    @Override
    protected int run() {
        var plan = Planner.plan(files(folder), api(), prune, Instant.now());
        if (json) {
            terminal().line(PlanJson.write(plan).toString());
        } else if (markdown) {
            terminal().print(PlanMarkdown.write(plan));
        } else {
            PlanText.print(plan, terminal());
        }
        return plan.isEmpty() ? ExitCode.DONE : ExitCode.CHANGES;
    }
}
