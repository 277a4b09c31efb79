package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.api.Caller;
import nightshift.cli.api.Names;
import nightshift.cli.files.FileSet;
import nightshift.cli.files.FileSetReader;
import nightshift.cli.text.Terminal;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/// A verb of the command line, and the options that all of them have.
public abstract class Verb implements Callable<Integer> {
    @Option(names = "--json", description = "Prints the API's own answer.", order = 100)
    boolean json;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "The login to use; NIGHTSHIFT_PROFILE.",
            order = 101)
    @Nullable String profile;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The API's address; NIGHTSHIFT_URL.",
            order = 102)
    @Nullable String url;

    @Option(
            names = "--project",
            paramLabel = "ID",
            description = "The project; NIGHTSHIFT_PROJECT, else 1.",
            order = 103)
    @Nullable String project;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.",
            order = 104)
    boolean help;

    private final Terminal terminal = Terminal.ofProcess();
    private @Nullable ApiClient api;

    /// Does what the verb says and returns the exit code.
    protected abstract int run();

    @Override
    public final Integer call() {
        return run();
    }

    final Terminal terminal() {
        return terminal;
    }

    /// The API, as the caller of the options, the environment or the profile.
    final ApiClient api() {
        if (api == null) {
            api = new ApiClient(Caller.connection(url, project, profile, System.getenv()));
        }
        return api;
    }

    /// The automation of this name, id or unique prefix.
    final JsonNode automation(String name) {
        return Names.find(
                "automation", name, api().list("task_automations").path("results"), "name");
    }

    /// The path of an automation, for calls.
    static String path(JsonNode automation) {
        return "task_automations/" + automation.path("id").asText() + "/";
    }

    /// Reads a folder of automations, and says if there are none.
    protected final FileSet files(Path folder) {
        var files = FileSetReader.read(folder);
        if (files.files().isEmpty()) {
            terminal().say("There is no Markdown file of an automation in " + folder + ".");
        }
        return files;
    }
}
