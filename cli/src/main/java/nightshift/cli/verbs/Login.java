package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Answer;
import nightshift.cli.api.ApiClient;
import nightshift.cli.api.Caller;
import nightshift.cli.api.ConfigFile;
import nightshift.cli.api.Connection;
import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// `nightshift login`. The key comes from the environment, a file, the prompt or standard input,
/// never from the command line, which other users of the machine can read.
@Command(
        name = "login",
        description = {
            "Stores the API's address and a key for later commands.",
            "Without options it asks for both; the key is not shown. In a pipe it reads the address and then the key,"
                    + " a line each, from standard input."
        })
public final class Login extends Verb {
    private static final String LOCAL = "http://127.0.0.1:3000";

    @Option(
            names = "--stack",
            paramLabel = "NAME",
            description = "Takes the address from this stack, with the AWS command line.")
    @Nullable String stack;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description =
                    "Reads the key from a file; - is standard input. Else NIGHTSHIFT_KEY, else it is asked for.")
    @Nullable String keyFile;

    @Override
    protected int run() {
        var environment = System.getenv();
        var address = Connection.address(address());
        String key = key();
        String wanted =
                project == null ? Caller.variable(environment, "NIGHTSHIFT_PROJECT") : project;
        var caller =
                new Connection(address, key, wanted == null ? "1" : Connection.projectId(wanted));
        Answer owner = new ApiClient(caller).getFromRoot("/api/keys/@me");
        JsonNode projects = owner.json().path("projects");
        if (wanted == null && projects.size() == 1) {
            caller = new Connection(address, key, projects.path(0).path("id").asText("1"));
        }
        String name =
                profile == null ? Caller.variable(environment, "NIGHTSHIFT_PROFILE") : profile;
        var file = ConfigFile.of(environment);
        file.store(name == null ? "default" : name, caller);
        if (json) {
            terminal().line(owner.text());
        }
        terminal()
                .say(
                        "Signed in to %s, project %s, with the key \"%s\". Stored in %s."
                                .formatted(
                                        address,
                                        caller.project(),
                                        TextTable.printable(owner.json().path("label").asText()),
                                        file.path()));
        return ExitCode.DONE;
    }

    private String address() {
        if (url != null) {
            return url;
        }
        if (stack != null) {
            return StackAddress.of(stack);
        }
        var set = Caller.variable(System.getenv(), "NIGHTSHIFT_URL");
        if (set != null) {
            return set;
        }
        var typed = terminal().ask("Address of the API [" + LOCAL + "]: ");
        if (typed == null) {
            throw CliException.usage("There is no address.", "Give it with --url or --stack.");
        }
        return typed.isBlank() ? LOCAL : typed;
    }

    private String key() {
        String key = keyFile == null ? null : fromFile(keyFile);
        if (key == null) {
            key = Caller.variable(System.getenv(), "NIGHTSHIFT_KEY");
        }
        if (key == null) {
            key = terminal().askSecret("Key (it is not shown): ");
            terminal().say("");
        }
        if (key == null || key.isBlank()) {
            throw CliException.usage(
                    "There is no key.", "Type it, pipe it in, or set NIGHTSHIFT_KEY.");
        }
        String trimmed = key.strip();
        if (!trimmed.matches("[\\x21-\\x7e]{2,500}")) {
            throw CliException.usage("That is no key.", "A key begins with phx_.");
        }
        return trimmed;
    }

    private @Nullable String fromFile(String name) {
        try {
            return name.equals("-") ? terminal().readLine() : Files.readString(Path.of(name));
        } catch (IOException unreadable) {
            throw CliException.refused(name + " cannot be read.", null);
        }
    }
}
