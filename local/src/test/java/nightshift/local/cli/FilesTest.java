package nightshift.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.local.LocalServer;
import nightshift.local.Settings;
import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Files, plans and what is applied, each test in a project of its own.
@Timeout(300)
class FilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private static Path state;
    private static LocalServer server;
    private static HttpClient http;
    private static long projects = 100;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        server =
                LocalServer.start(
                        Settings.forTest(Path.of("..", "template.yaml"), state)
                                .withTablesInMemory());
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        http.close();
        server.close();
    }

    @Test
    void the_examples_are_planned_applied_and_then_there_is_nothing_to_do() throws Exception {
        var program = program();
        String examples = Path.of("..", "examples").toAbsolutePath().normalize().toString();

        var plan = program.run("plan", examples).exits(2);
        assertThat(plan.out())
                .contains(
                        "+ flaky-tests.md",
                        "10 to create",
                        "At 02:25 on Monday to Friday",
                        "Busiest minute");
        assertThat(program.run("apply", examples).exits(3).err()).contains("--yes");
        assertThat(program.run("apply", examples, "--yes").exits(0).out()).contains("10 created");
        program.run("plan", examples).exits(0);
        assertThat(program.run("apply", examples, "--yes").exits(0).out())
                .contains("0 to create, 0 to change, 0 to remove, 10 unchanged");
        assertThat(automations(program)).hasSize(10);
    }

    @Test
    void a_folder_without_automations_is_not_taken_for_an_empty_set_in_silence()
            throws IOException {
        write("empty/a.yaml", "name: A\n");

        var plan = program().run("plan", "empty").exits(0);

        assertThat(plan.err()).contains("There is no Markdown file of an automation in empty.");
    }

    @Test
    void a_plan_shows_what_a_changed_schedule_means() throws IOException {
        var program = program();
        write("set/a.md", file("A", "0 3 * * *", ""));
        program.run("apply", "set", "--yes").exits(0);
        write("set/a.md", file("A", "30 1 * * *", "timezone: Europe/London\noverlap: skip\n"));

        var text = program.run("plan", "set").exits(2).out();
        var json = program.run("plan", "set", "--json").exits(2).json();
        var markdown = program.run("plan", "set", "--markdown").exits(2).out();

        assertThat(text)
                .contains(
                        "~ a.md",
                        "cron_expression: 0 3 * * * -> 30 1 * * *",
                        "overlap: allow -> skip",
                        "before: At 03:00 every day, UTC",
                        "after:  At 01:30 every day, Europe/London",
                        "does not exist in Europe/London");
        assertThat(json.at("/changes/0/schedule_before/occurrences")).hasSize(3);
        assertThat(json.at("/changes/0/schedule_after/occurrences")).hasSize(3);
        assertThat(markdown).contains("| change | `a.md` | `A` |", "`0 3 * * *` → `30 1 * * *`");
    }

    @Test
    void removes_only_with_prune_and_only_of_its_own_set() throws IOException {
        var program = program();
        write("one/a.md", file("A", "0 3 * * *", ""));
        write("one/b.md", file("B", "0 3 * * *", ""));
        write("two/c.md", file("C", "0 3 * * *", ""));
        program.run("apply", "one", "--yes").exits(0);
        program.run("apply", "two", "--yes").exits(0);
        Files.delete(folder.resolve("one/b.md"));

        assertThat(program.run("plan", "one").exits(0).out()).contains("! one:b.md", "--prune");
        assertThat(program.run("apply", "one", "--prune", "--yes").exits(0).out())
                .contains("1 removed");
        assertThat(names(program)).containsExactlyInAnyOrder("A", "C");
    }

    @Test
    void what_was_removed_and_comes_back_is_created_again() throws IOException {
        var program = program();
        write("back/nightshift.yaml", "set: back\n");
        write("back/a.md", file("A", "0 3 * * *", "overlap: skip\n"));
        program.run("apply", "back", "--yes").exits(0);
        var first = automations(program).getFirst().path("id");
        program.run("rm", "A", "--yes").exits(0);

        program.run("apply", "back", "--yes").exits(0);

        assertThat(automations(program)).hasSize(1);
        assertThat(automations(program).getFirst().path("id")).isNotEqualTo(first);
        program.run("plan", "back").exits(0);
    }

    @Test
    void a_folder_takes_no_export_of_another_set() throws IOException {
        write("mine/nightshift.yaml", "set: mine\noverlap: skip\n");
        var program = program();
        create(program, "Made elsewhere");
        assertThat(program.run("export", "mine", "--set", "other").exits(1).err())
                .contains("is the folder of the set mine");
        program.run("export", "mine").exits(0);
        assertThat(program.run("plan", "mine").exits(0).out()).contains("1 unchanged");
    }

    @Test
    void what_was_made_elsewhere_is_exported_and_changed_from_its_file() throws IOException {
        var program = program();
        program.run(
                        "create",
                        "By hand",
                        "--repository",
                        "acme/shop",
                        "--cron",
                        "0 3 * * *",
                        "--prompt",
                        "x")
                .exits(0);

        program.run("export", "out").exits(0);
        program.run("plan", "out", "--prune").exits(0);
        var file = folder.resolve("out/by-hand.md");
        Files.writeString(file, Files.readString(file).replace("By hand", "By file"));
        program.run("apply", "out", "--yes").exits(0);

        assertThat(names(program)).containsExactly("By file");
        program.run("plan", "out").exits(0);
    }

    @Test
    void wrong_files_change_nothing_and_are_named_with_their_lines() throws IOException {
        var program = program();
        write("set/a.md", file("A", "0 3 * * *", ""));
        write("set/b.md", file("B", "0 3 * * *", "colour: red\n"));
        write("set/c.md", file("C", "0 3 * * *", "notify: [nobody]\n"));

        assertThat(program.run("apply", "set", "--yes").exits(1).err())
                .contains("b.md:5:1: The key \"colour\" is unknown.");
        Files.delete(folder.resolve("set/b.md"));
        assertThat(program.run("apply", "set", "--yes").exits(1).err())
                .contains("c.md:5:9: There is no one channel named \"nobody\"");
        assertThat(automations(program)).isEmpty();
    }

    @Test
    void channels_are_named_in_files() throws IOException {
        var program = program();
        program.runWith("http://127.0.0.1:9/x\n", "channels", "--add", "ops").exits(0);
        String id = create(program, "Other");
        program.runWith("http://127.0.0.1:9/y\n", "channels", "--add", "team", "--automation", id)
                .exits(0);
        write("set/a.md", file("A", "0 3 * * *", "notify: [ops, team]\n"));

        program.run("apply", "set", "--yes").exits(0);
        program.run("plan", "set").exits(0);
        assertThat(channel(program, "team").path("automations")).hasSize(2);
        assertThat(channel(program, "ops").path("automations").isNull()).isTrue();

        write("set/a.md", file("A", "0 3 * * *", ""));
        assertThat(program.run("plan", "set").exits(2).out()).contains("notify: [\"team\"] -> []");
        program.run("apply", "set", "--yes").exits(0);
        assertThat(channel(program, "team").path("automations")).hasSize(1);
        program.run("plan", "set").exits(0);
    }

    @Test
    void one_bad_change_does_not_stop_the_others() throws IOException {
        var program = program();
        write("set/a.md", file("A", "0 3 * * *", ""));
        write("set/b.md", file("B", "0 3 * * *", "github_integration: 999\n"));
        write("set/c.md", file("C", "0 3 * * *", ""));

        var applied = program.run("apply", "set", "--yes").exits(1);

        assertThat(applied.out()).contains("2 created", "Not done: 1", "b.md: github_integration");
        assertThat(names(program)).containsExactlyInAnyOrder("A", "C");
    }

    @Test
    void of_two_that_apply_different_versions_at_once_one_is_told_and_nothing_is_mixed()
            throws Exception {
        var program = program();
        for (var version : List.of("base", "one", "two")) {
            write(version + "/nightshift.yaml", "set: shared\noverlap: " + overlap(version) + "\n");
            for (int i = 0; i < 12; i++) {
                write(version + "/" + i + ".md", file(version + " " + i, "0 3 * * *", ""));
            }
        }
        program.run("apply", "base", "--yes").exits(0);

        var ended = new ArrayList<Program.Ended>();
        try (var threads = Executors.newFixedThreadPool(2)) {
            var both =
                    threads.invokeAll(
                            List.<Callable<Program.Ended>>of(
                                    () -> program.run("apply", "one", "--yes"),
                                    () -> program.run("apply", "two", "--yes")));
            for (var one : both) {
                ended.add(one.get());
            }
        }

        boolean oneAfterTheOther = ended.stream().allMatch(each -> each.code() == 0);
        if (!oneAfterTheOther) {
            assertThat(ended).extracting(Program.Ended::code).containsExactlyInAnyOrder(0, 1);
            var refused = ended.stream().filter(each -> each.code() == 1).findFirst().orElseThrow();
            // The second: the other has claimed the set and not changed this file yet.
            assertThat(refused.out())
                    .containsAnyOf(
                            "changed since the plan: name is now",
                            "changed since the plan: somebody wrote it at");
        }
        assertThat(names(program).stream().map(name -> name.substring(0, 3)).distinct()).hasSize(1);
        assertThat(names(program)).hasSize(12);
    }

    @RepeatedTest(3)
    void whatever_is_applied_exported_and_planned_again_is_the_same(RepetitionInfo repetition)
            throws IOException {
        var program = program();
        var random = new Random(repetition.getCurrentRepetition());
        var files = new RandomFiles(random);
        files.write(folder.resolve("set"));
        program.run("apply", "set", "--yes").exits(0);
        files.change();
        files.write(folder.resolve("set"));
        program.run("apply", "set", "--yes", "--prune").exits(0);
        program.run("plan", "set", "--prune").exits(0);

        program.run("export", "empty").exits(0);

        assertThat(program.run("plan", "empty", "--prune").exits(0).out())
                .contains(files.count() + " unchanged");
    }

    @RepeatedTest(3)
    void killed_at_any_moment_and_applied_again_nothing_is_there_twice(RepetitionInfo repetition)
            throws Exception {
        var program = program();
        var random = new Random(repetition.getCurrentRepetition());
        write("set/nightshift.yaml", "set: killed\noverlap: skip\n");
        for (int i = 0; i < 40; i++) {
            write("set/" + i + ".md", file("N" + i, i + " 3 * * *", ""));
        }
        var out = folder.resolve("out.txt");
        var err = folder.resolve("err.txt");
        int kills = random.nextInt(3) + 1;
        for (int i = 0; i < kills; i++) {
            var process = program.start(out, err, "apply", "set", "--yes");
            int lines = random.nextInt(20);
            while (process.isAlive() && Files.readAllLines(err).size() < lines) {
                Thread.onSpinWait();
            }
            process.destroyForcibly().waitFor();
        }

        program.run("apply", "set", "--yes").exits(0);

        program.run("plan", "set").exits(0);
        var times = new HashMap<String, Integer>();
        automations(program)
                .forEach(one -> times.merge(one.path("template_id").asText(), 1, Integer::sum));
        assertThat(times).hasSize(40).allSatisfy((_, count) -> assertThat(count).isEqualTo(1));
    }

    private static String overlap(String version) {
        return Map.of("base", "allow", "one", "skip", "two", "cancel_previous").get(version);
    }

    /// The command line for a fresh project.
    private Program program() {
        long id;
        synchronized (FilesTest.class) {
            id = projects++;
        }
        operate("PutProject", "{\"id\": %d, \"name\": \"Project %d\"}".formatted(id, id));
        String key =
                operate(
                                "CreateApiKey",
                                """
                                {"label": "files", "scopes": ["task:write"], "projects": [%d],
                                 "owner": {"first_name": "Ada", "email": "ada@example.com"}}
                                """
                                        .formatted(id))
                        .path("key")
                        .asText();
        return Program.of(folder, "" + server.url(Port.API), key)
                .with("NIGHTSHIFT_PROJECT", Long.toString(id));
    }

    private static JsonNode operate(String function, String input) {
        var path = "/2015-03-31/functions/" + function + "/invocations";
        return send(
                HttpRequest.newBuilder(URI.create(server.url(Port.LAMBDA) + path))
                        .POST(BodyPublishers.ofString(input))
                        .build());
    }

    private static JsonNode send(HttpRequest request) {
        try {
            return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<JsonNode> automations(Program program) {
        var environment = program.environment();
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "%s/api/projects/%s/task_automations/?limit=1000"
                                                .formatted(
                                                        environment.get("NIGHTSHIFT_URL"),
                                                        environment.get("NIGHTSHIFT_PROJECT"))))
                        .header("Authorization", "Bearer " + environment.get("NIGHTSHIFT_KEY"))
                        .build();
        return send(request).path("results").valueStream().toList();
    }

    private static List<String> names(Program program) {
        return automations(program).stream().map(one -> one.path("name").asText()).toList();
    }

    private static JsonNode channel(Program program, String name) {
        return program.run("channels", "--json")
                .exits(0)
                .json()
                .path("results")
                .valueStream()
                .filter(channel -> channel.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static String create(Program program, String name) {
        return program.run(
                        "create",
                        name,
                        "--repository",
                        "acme/shop",
                        "--cron",
                        "0 3 * * *",
                        "--prompt",
                        "x")
                .exits(0)
                .out()
                .strip();
    }

    private static String file(String name, String cron, String more) {
        return "---\nname: %s\nrepository: acme/shop\ncron: \"%s\"\n%s---\n\nFix one flaky test.\n"
                .formatted(name, cron, more);
    }

    private void write(String path, String text) throws IOException {
        var file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
