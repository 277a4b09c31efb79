package nightshift.cli.verbs;

import nightshift.cli.plan.Applier;
import nightshift.cli.plan.PlanText;
import nightshift.cli.plan.Planner;
import nightshift.cli.text.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Instant;

/// `nightshift apply`.
@Command(name = "apply", description = "Makes the service what files say.")
public final class Apply extends Verb {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The folder; this one if it is not given.")
    Path folder = Path.of(".");

    @Option(names = "--yes", description = "Does not ask.")
    boolean yes;

    @Option(
            names = "--prune",
            description = "Removes automations of this set that have no file any more.")
    boolean prune;

    @Override
    protected int run() {
        var plan = Planner.plan(files(folder), api(), prune, Instant.now());
        if (!json) {
            PlanText.print(plan, terminal());
        }
        if (!plan.isEmpty()) {
            terminal().confirm(yes, "Apply this plan?");
        }
        var report = Applier.apply(plan, api(), terminal()::say);
        if (json) {
            terminal().line(report.json().toString());
        } else if (!plan.isEmpty()) {
            terminal().line(report.text());
        }
        if (!report.isComplete()) {
            terminal().say("`nightshift apply` again does what is left.");
        }
        return report.isComplete() ? ExitCode.DONE : ExitCode.REFUSED;
    }
}
