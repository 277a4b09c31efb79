package nightshift.cli.verbs;

import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Map;
import java.util.UUID;

/// `nightshift create`.
@Command(name = "create", description = "Creates an automation.")
public final class Create extends Verb {
    @Parameters(paramLabel = "NAME", description = "Its name.")
    String name = "";

    @Mixin Editing editing = new Editing();

    @Option(names = "--paused", description = "Does not fire until `nightshift resume`.")
    boolean paused;

    @Override
    protected int run() {
        if (editing.cron == null || editing.repository == null) {
            throw CliException.usage(
                    "--repository and --cron are needed.",
                    "For example: nightshift create \"Tidy up\" --repository acme/shop --cron \"0 3 * * *\""
                            + " --prompt \"Fix one flaky test.\"");
        }
        var body = editing.automation().put("name", name).put("enabled", !paused);
        var created =
                api().send(
                                "POST",
                                "task_automations/",
                                body,
                                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        var policy = editing.policy();
        if (!policy.isEmpty()) {
            try {
                api().send("PATCH", path(created.json()) + "policy/", policy);
            } catch (CliException refused) {
                throw CliException.refused(
                        "Created, but without its policy: " + refused.getMessage(),
                        "Correct it with `nightshift edit "
                                + created.json().path("id").asText()
                                + "`.");
            }
        }
        if (json) {
            terminal().line(created.text());
        } else {
            terminal().line(created.json().path("id").asText());
            terminal().say("Created. `nightshift next` shows when it starts.");
        }
        return ExitCode.DONE;
    }
}
