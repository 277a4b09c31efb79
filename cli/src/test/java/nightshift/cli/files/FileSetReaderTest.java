package nightshift.cli.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class FileSetReaderTest {
    private static final String MINIMAL =
            """
            ---
            name: Nightly
            repository: Acme/Shop.git
            cron: 0 3 * * *
            ---

            Fix one flaky test.
            """;

    @TempDir private Path folder;

    @Test
    void reads_what_a_file_says_and_the_defaults_of_all_else() {
        write("a.md", MINIMAL);

        var file = FileSetReader.read(folder).files().getFirst();

        assertThat(file.automation().toString())
                .isEqualTo(
                        """
                        {"name":"Nightly","prompt":"Fix one flaky test.","repository":"acme/shop",\
                        "cron_expression":"0 3 * * *","timezone":"UTC","enabled":true}\
                        """);
        assertThat(file.policy().toString())
                .isEqualTo(
                        """
                        {"overlap":"allow","retry_attempts":0,"retry_delay_seconds":300,\
                        "retry_on":"transient","pause_after_failures":0,"time_limit_seconds":null,\
                        "branch":null,"environment":{}}\
                        """);
        assertThat(file.channels()).isEmpty();
    }

    @Test
    void follows_links_so_that_nothing_seems_to_be_gone() throws IOException {
        write("files/deep/a.md", MINIMAL);
        var whole = Files.createSymbolicLink(folder.resolve("whole"), folder.resolve("files"));
        Files.createDirectories(folder.resolve("part"));
        Files.createSymbolicLink(folder.resolve("part/deep"), folder.resolve("files/deep"));

        assertThat(FileSetReader.read(whole).files())
                .extracting("path")
                .containsExactly("deep/a.md");
        assertThat(FileSetReader.read(folder.resolve("part")).files())
                .extracting("path")
                .containsExactly("deep/a.md");
    }

    @Test
    void what_nightshift_yaml_says_holds_for_files_that_say_nothing() {
        write(
                "nightshift.yaml",
                "set: nights\nrepository: acme/shop\noverlap: skip\nnotify: [ops]\n");
        write("deep/a.md", "---\nname: A\ncron: '*/5 * * * *'\noverlap: allow\n---\nDo it.\n");

        var set = FileSetReader.read(folder);
        var file = set.files().getFirst();

        assertThat(set.templateId(file.path())).isEqualTo("nights:deep/a.md");
        assertThat(file.automation().path("repository").asText()).isEqualTo("acme/shop");
        assertThat(file.policy().path("overlap").asText()).isEqualTo("allow");
        assertThat(file.channels()).containsExactly("ops");
    }

    @Test
    void without_a_name_the_set_is_the_folder() {
        write("a.md", MINIMAL);

        assertThat(FileSetReader.read(folder).name()).isEqualTo(folder.getFileName().toString());
    }

    @Test
    void a_readme_and_hidden_folders_are_no_automations() {
        write("a.md", MINIMAL);
        write("README.md", "# About");
        write(".github/pull_request_template.md", "# About");
        write("notes.txt", "about");

        assertThat(FileSetReader.read(folder).files()).hasSize(1);
    }

    @Test
    void line_ends_of_windows_are_those_of_unix() {
        write("a.md", MINIMAL.replace("\n", "\r\n").replace("flaky", "very\r\nflaky"));

        var prompt = FileSetReader.read(folder).files().getFirst().automation().path("prompt");

        assertThat(prompt.asText()).isEqualTo("Fix one very\nflaky test.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    colour: red                     | a.md:5:1: The key "colour" is unknown.
                    name: Again                     | a.md:5:1: The key "name" stands here a second time; the first is in line 2.
                    timezone: Mars/Phobos           | a.md:5:11: "Mars/Phobos" is not an IANA time zone
                    enabled: maybe                  | a.md:5:10: enabled is true or false.
                    retry_attempts: 6               | a.md:5:17: retry_attempts is a number from 0 to 5.
                    retry_attempts: some            | a.md:5:17: retry_attempts is a number from 0 to 5.
                    overlap: never                  | a.md:5:10: overlap is one of: allow, skip, cancel_previous.
                    notify: ops                     | a.md:5:9: notify is a list
                    environment: {path: x}          | a.md:5:15: A variable has capitals
                    environment: {A: 1, A: 2}       | a.md:5:21: The variable "A" stands here a second time.
                    environment: {API_KEY: hello}   | a.md:5:24: API_KEY looks like a secret.
                    branch: https://me:hunter2@example.com/ | a.md:5:9: This looks like a secret.
                    branch: [x]                     | a.md:5:9: A text is expected for branch.
                    id: 7                           | a.md:5:5: An id is a UUID
                    set: nights                     | a.md:5:1: The key "set" is unknown.
                    timezone:                       | a.md:5:10: timezone needs a value.
                    """)
    void a_wrong_line_is_an_error_with_its_place(String line, String message) {
        write("a.md", MINIMAL.replace("cron: 0 3 * * *\n", "cron: 0 3 * * *\n" + line + "\n"));

        assertRefused(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cron: 0 3 * *        | a.md:4:7: "0 3 * *" is no cron expression: five fields expected, not 4.
                    cron: 0 3 31 2 *     | a.md:4:7: "0 3 31 2 *" is no cron expression
                    cron: */5 * * * *    | a.md:4:8: A cron expression that begins with * needs quotes
                    croon: 0 3 * * *     | a.md:1:1: The key "cron" is missing.
                    """)
    void a_wrong_expression_is_an_error_with_its_place(String line, String message) {
        write("a.md", MINIMAL.replace("cron: 0 3 * * *", line));

        assertRefused(message);
    }

    @Test
    void all_that_is_wrong_is_reported_at_once_in_order() {
        write("b.md", MINIMAL.replace("Acme/Shop.git", "shop"));
        write("a.md", "Just a prompt.");
        write("nightshift.yaml", "name: x\n");

        assertThatThrownBy(() -> FileSetReader.read(folder))
                .hasMessageContaining("a.md:1:1: A file begins with a line ---")
                .hasMessageContaining("b.md:3:13: A repository is written organization/repository.")
                .hasMessageContaining("nightshift.yaml:1:1: The key \"name\" is unknown.");
    }

    @Test
    void a_secret_in_a_prompt_is_an_error_that_does_not_repeat_it() {
        write("a.md", MINIMAL + "Use sk-" + "a".repeat(24) + " for it.\n");

        assertThatThrownBy(() -> FileSetReader.read(folder))
                .hasMessageContaining("a.md:8:5: This looks like a secret.")
                .hasMessageNotContaining("aaaa");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Open https://example.com/a:b@c and look.",
                "Read the task_id and the skeleton of sk-learn.",
                "Write to ops@example.com about phx_ keys."
            })
    void ordinary_words_are_no_secrets(String prompt) {
        write("a.md", MINIMAL + prompt);

        assertThat(FileSetReader.read(folder).files()).hasSize(1);
    }

    @Test
    void a_blank_prompt_is_an_error() {
        write("a.md", MINIMAL.replace("Fix one flaky test.", "  "));

        assertRefused("a.md:6:1: The prompt is missing");
    }

    @Test
    void two_files_of_one_id_are_an_error() {
        String id = "id: 0198c5f0-7a1e-7c3b-9d52-3f6a8b1c4e07\n";
        write("a.md", MINIMAL.replace("name:", id + "name:"));
        write("b.md", MINIMAL.replace("name:", id + "name:"));

        assertRefused("b.md:2:5: a.md has this id as well.");
    }

    @Test
    void a_folder_that_is_not_there_is_an_error() {
        assertThatThrownBy(() -> FileSetReader.read(folder.resolve("none")))
                .hasMessageContaining("There is no folder");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> FileSetReader.read(folder))
                .isInstanceOf(FileProblemsException.class)
                .hasMessageContaining(message);
    }

    private void write(String path, String text) {
        try {
            var file = folder.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
