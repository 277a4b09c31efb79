package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.UUID;

class StoragePathTest {
    private static final String ID = "0123456789abcdef0123456789abcdef";
    private static final RunKey RUN =
            new RunKey(
                    7,
                    UUID.fromString("11111111-1111-4111-8111-111111111111"),
                    UUID.fromString("22222222-2222-4222-8222-222222222222"));
    private static final String PREFIX =
            "tasks/artifacts/team_7/task_11111111-1111-4111-8111-111111111111"
                    + "/run_22222222-2222-4222-8222-222222222222/";

    @Test
    void lies_under_its_run_and_starts_with_its_id() {
        var path = StoragePath.of(RUN, ID, "plan.md");
        assertThat(path.value()).isEqualTo(PREFIX + "01234567_plan.md");
        assertThat(path.fileName()).isEqualTo("plan.md");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plan.md | plan.md",
                "a/b/plan.md | plan.md",
                "'C:\\Users\\me\\plan.md' | plan.md",
                "../../../etc/passwd | passwd",
                "'  my plan.md  ' | my plan.md",
                "'' | artifact",
                "'   ' | artifact",
                "a/ | artifact",
                ".. | ..",
                "/ | artifact",
                "Überblick 日本.txt | Überblick 日本.txt",
                ".bashrc | .bashrc"
            })
    void keeps_the_last_segment_of_a_name(String name, String safe) {
        assertThat(StoragePath.safeName(name)).isEqualTo(safe);
    }

    @Test
    void drops_what_cannot_be_printed() {
        assertThat(StoragePath.safeName("a\r\nSet-Cookie: x\t.txt"))
                .isEqualTo("aSet-Cookie: x.txt");
        assertThat(StoragePath.safeName("photo_\u202Egpj.exe")).isEqualTo("photo_gpj.exe");
        assertThat(StoragePath.safeName("half\uD83D.txt")).isEqualTo("half.txt");
        assertThat(StoragePath.safeName("\u0000\u001F\u007F\u0085\u2028")).isEqualTo("artifact");
    }

    /// S3 puts the uploaded file's own name there.
    @Test
    void a_key_holds_no_variable_of_an_upload_form() {
        var path = StoragePath.of(RUN, ID, "a${filename}.txt");
        assertThat(path.value()).isEqualTo(PREFIX + "01234567_a_{filename}.txt");
        assertThat(StoragePath.parse(RUN, ID, path.value())).contains(path);
        assertThat(StoragePath.safeName("a${filename}.txt")).isEqualTo("a${filename}.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "日", "😀"})
    void cuts_a_long_name_but_keeps_its_extension(String character) {
        String safe = StoragePath.safeName(character.repeat(255 / character.length()) + ".json");
        assertThat(safe).endsWith(character + ".json");
        assertThat(safe.getBytes(UTF_8)).hasSizeBetween(195, 200);
        assertThat(StoragePath.safeName(safe)).isEqualTo(safe);
    }

    @Test
    void accepts_only_paths_of_its_own_making() {
        String own = PREFIX + "01234567_plan.md";
        assertThat(StoragePath.parse(RUN, ID, own)).contains(new StoragePath(own));
        var otherRun = new RunKey(7, RUN.taskId(), UUID.randomUUID());
        assertThat(StoragePath.parse(otherRun, ID, own)).isEmpty();
        assertThat(StoragePath.parse(RUN, "f" + ID.substring(1), own)).isEmpty();
        assertThat(StoragePath.parse(RUN, "", own)).isEmpty();
        assertThat(StoragePath.parse(RUN, ID, PREFIX + "01234567_")).isEmpty();
        assertThat(StoragePath.parse(RUN, ID, PREFIX + "01234567_a/../../plan.md")).isEmpty();
        assertThat(StoragePath.parse(RUN, ID, PREFIX + "../01234567_plan.md")).isEmpty();
        assertThat(StoragePath.parse(RUN, ID, own + "\n")).isEmpty();
    }
}
