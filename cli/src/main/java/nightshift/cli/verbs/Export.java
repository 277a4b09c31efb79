package nightshift.cli.verbs;

import nightshift.cli.api.Json;
import nightshift.cli.plan.Exporter;
import nightshift.cli.text.ExitCode;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;

/// `nightshift export`.
@Command(name = "export", description = "Writes all automations as files; a plan of them is empty.")
public final class Export extends Verb {
    @Parameters(paramLabel = "DIR", description = "The folder; it is made if it is not there.")
    Path folder = Path.of(".");

    @Option(
            names = "--set",
            paramLabel = "NAME",
            description =
                    "The set whose files these are; the folder's, else the service's largest.")
    @Nullable String set;

    @Option(names = "--force", description = "Replaces files that say something else.")
    boolean force;

    @Override
    protected int run() {
        var files = Exporter.export(api(), folder, set, force);
        if (json) {
            var names = Json.object();
            files.forEach(names.putArray("files")::add);
            terminal().line(names.toString());
        } else {
            files.forEach(file -> terminal().line(folder.resolve(file).toString()));
        }
        return ExitCode.DONE;
    }
}
