package nightshift.cli.verbs;

import nightshift.cli.api.Answer;
import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.Map;

/// `nightshift edit`.
@Command(name = "edit", description = "Changes an automation; what is not given stays.")
public final class Edit extends Verb {
    @Parameters(paramLabel = "NAME", description = "Its name, id, or a unique prefix of one.")
    String name = "";

    @Option(names = "--name", paramLabel = "NEW", description = "Its new name.")
    @Nullable String newName;

    @Mixin Editing editing = new Editing();

    @Override
    protected int run() {
        var body = editing.automation();
        if (newName != null) {
            body.put("name", newName);
        }
        var policy = editing.policy();
        if (body.isEmpty() && policy.isEmpty()) {
            throw CliException.usage(
                    "Nothing to change was given.", "`nightshift edit --help` shows what can be.");
        }
        String path = path(automation(name));
        Answer found = api().get(path);
        String version = found.header("ETag");
        Answer answer = found;
        if (!body.isEmpty()) {
            answer =
                    api().send(
                                    "PATCH",
                                    path,
                                    body,
                                    version.isEmpty() ? Map.of() : Map.of("If-Match", version));
        }
        if (!policy.isEmpty()) {
            api().send("PATCH", path + "policy/", policy);
        }
        if (json) {
            terminal().line(answer.text());
        } else {
            terminal().say("Changed.");
        }
        return ExitCode.DONE;
    }
}
