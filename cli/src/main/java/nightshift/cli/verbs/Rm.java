package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.Names;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.TextTable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// `nightshift rm`.
@Command(name = "rm", description = "Deletes automations for good; their runs stay.")
public final class Rm extends Verb {
    @Parameters(
            arity = "1..*",
            paramLabel = "NAME",
            description = "Names, ids, or unique prefixes.")
    List<String> names = new ArrayList<>();

    @Option(names = "--yes", description = "Does not ask.")
    boolean yes;

    @Override
    protected int run() {
        var all = api().list("task_automations").path("results");
        var found = new LinkedHashSet<JsonNode>();
        names.forEach(name -> found.add(Names.find("automation", name, all, "name")));
        found.forEach(automation ->
                terminal().say("  " + TextTable.printable(automation.path("name").asText())));
        terminal()
                .confirm(
                        yes,
                        found.size() == 1 ? "Delete it?" : "Delete these " + found.size() + "?");
        found.forEach(automation -> api().send("DELETE", path(automation), null));
        terminal().say("Deleted.");
        return ExitCode.DONE;
    }
}
