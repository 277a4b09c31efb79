package nightshift.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The help of every verb is a golden file. `-Dhelp.write=true` writes them anew.
class HelpTest {
    private static final Path FOLDER = Path.of("src", "test", "resources", "help");

    @TestFactory
    Stream<DynamicTest> the_help_of_every_verb_is_its_golden_file() {
        return Stream.concat(Stream.of(""), Verbs.byName().keySet().stream())
                .map(verb -> DynamicTest.dynamicTest("nightshift " + verb, () -> check(verb)));
    }

    @Test
    void every_verb_stands_in_the_documentation() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "cli.md"));

        assertThat(Verbs.byName().keySet())
                .allSatisfy(verb -> assertThat(page).contains("`nightshift " + verb));
    }

    private static void check(String verb) throws IOException {
        var line = Main.commandLine();
        var help =
                verb.isEmpty()
                        ? line.getUsageMessage()
                        : line.getSubcommands().get(verb).getUsageMessage();
        var file = FOLDER.resolve((verb.isEmpty() ? "nightshift" : verb) + ".txt");
        if (Boolean.getBoolean("help.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, help);
        }
        assertThat(help).isEqualTo(Files.readString(file));
    }
}
