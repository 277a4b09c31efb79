package nightshift.local.cli;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.LocalServer;
import nightshift.local.OpenApiSchema;
import nightshift.local.Settings;
import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// Every verb, with its `--json` held against `docs/openapi.yaml`.
@Timeout(300)
class CommandLineTest {
    private static final String PROJECT = "/api/projects/1/";
    private static final String AUTOMATIONS = PROJECT + "task_automations/";

    @TempDir private static Path state;
    private static LocalServer server;
    private static int automations;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        server =
                LocalServer.start(
                        Settings.forTest(Path.of("..", "template.yaml"), state)
                                .withTablesInMemory()
                                .withWorker(Map.of()));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void version_and_help_need_no_login() {
        var nobody = program().with("NIGHTSHIFT_KEY", "", "NIGHTSHIFT_URL", "");

        assertThat(nobody.run("--version").exits(0).out()).startsWith("nightshift ");
        assertThat(nobody.run("--help").exits(0).out()).contains("apply");
        assertThat(nobody.run("completion").exits(0).out()).contains("complete ");
        nobody.run("ls").exits(4);
        nobody.run("frobnicate").exits(3);
        nobody.run("ls", "--frobnicate").exits(3);
        nobody.run().exits(3);
    }

    @Test
    void a_login_by_pipe_is_kept_for_its_owner_alone() throws IOException {
        var nobody = program().with("NIGHTSHIFT_KEY", "", "NIGHTSHIFT_URL", "");
        String input = server.url(Port.API) + "\n" + server.keys().write() + "\n";

        var login = nobody.runWith(input, "login", "--json").exits(0);

        valid("GET", "/api/keys/@me", login);
        assertThat(login.out() + login.err()).doesNotContain(server.keys().write());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("config.json"))))
                .isEqualTo("rw-------");
        nobody.run("ls").exits(0);
    }

    /// A program named `aws` stands for the AWS command line. It answers what that prints.
    @Test
    void a_stack_tells_its_address() throws IOException {
        var aws = folder.resolve("aws");
        Files.writeString(
                aws,
                """
                #!/bin/sh
                [ "$*" = "cloudformation describe-stacks --stack-name night --query Stacks[0].Outputs --output json" ] || {
                    echo "Stack with id $4 does not exist" >&2
                    exit 254
                }
                echo '[{"OutputKey": "TableName", "OutputValue": "table"}, {"OutputKey": "ApiUrl", "OutputValue": "%s"}]'
                """
                        .formatted(server.url(Port.API)));
        Files.setPosixFilePermissions(aws, PosixFilePermissions.fromString("rwx------"));
        var nobody =
                program().with("NIGHTSHIFT_URL", "", "PATH", folder + ":" + System.getenv("PATH"));

        nobody.run("login", "--stack", "night").exits(0);
        nobody.with("NIGHTSHIFT_KEY", "").run("ls").exits(0);
        assertThat(nobody.run("login", "--stack", "day").exits(1).err())
                .contains("does not exist", "cannot describe the stack day");
        assertThat(nobody.with("PATH", "/nowhere").run("login", "--stack", "night").exits(1).err())
                .contains("cannot be run");
    }

    @Test
    void a_key_on_the_command_line_is_refused_and_not_repeated() {
        var refused = program().run("login", "--key", server.keys().write()).exits(3);

        assertThat(refused.out() + refused.err()).doesNotContain(server.keys().write());
    }

    @Test
    void an_unknown_key_is_exit_code_4_and_a_missing_scope_1() {
        program().with("NIGHTSHIFT_KEY", "phx_unknown").run("ls").exits(4);
        program()
                .with("NIGHTSHIFT_KEY", server.keys().read())
                .run(
                        "create",
                        "A",
                        "--repository",
                        "acme/shop",
                        "--cron",
                        "0 3 * * *",
                        "--prompt",
                        "x")
                .exits(1);
    }

    @Test
    void creates_shows_and_lists() {
        String name = fresh();
        var created =
                program()
                        .run(
                                "create",
                                name,
                                "--repository",
                                "acme/shop",
                                "--cron",
                                "0 3 * * *",
                                "--tz",
                                "Europe/London",
                                "--prompt",
                                "Fix it.",
                                "--overlap",
                                "skip",
                                "--json")
                        .exits(0);
        valid("POST", AUTOMATIONS, 201, created);

        valid("GET", AUTOMATIONS + id(created) + "/", program().run("show", name, "--json"));
        var policy = program().run("show", name, "--policy", "--json");
        valid("GET", AUTOMATIONS + id(created) + "/policy/", policy);
        assertThat(policy.json().path("overlap").asText()).isEqualTo("skip");
        valid(
                "GET",
                AUTOMATIONS + id(created) + "/schedule/",
                program().run("show", name, "--schedule", "--json"));
        assertThat(program().run("show", name).exits(0).out())
                .contains("At 03:00 every day, Europe/London", "Fix it.");
        valid("GET", PROJECT + "automation_states/", program().run("ls", "--json"));
        assertThat(program().run("ls", name).exits(0).out()).contains(name, "acme/shop");
    }

    @Test
    void finds_by_id_prefix_and_says_what_is_ambiguous() {
        String stem = fresh();
        String id = create(stem + " one");
        create(stem + " two");

        program().run("show", id).exits(0);
        program().run("show", id.substring(0, 35)).exits(0);
        program().run("show", stem + " t").exits(0);
        assertThat(program().run("show", stem).exits(1).err()).contains("means 2 automations", id);
        assertThat(program().run("show", "no such thing").exits(1).err()).contains("nightshift ls");
    }

    @Test
    void edits_pauses_resumes_and_deletes() {
        String name = fresh();
        String path = AUTOMATIONS + create(name) + "/";

        var edited = program().run("edit", name, "--cron", "5 4 * * *", "--retries", "2", "--json");
        valid("PATCH", path, edited.exits(0));
        assertThat(edited.json().path("cron_expression").asText()).isEqualTo("5 4 * * *");
        program().run("edit", name).exits(3);
        assertThat(program().run("edit", name, "--cron", "61 * * * *").exits(1).err())
                .contains("cron_expression: ");

        var paused = program().run("pause", name, "--note", "holidays", "--json").exits(0);
        valid("PATCH", path, paused);
        assertThat(paused.json().path("enabled").asBoolean()).isFalse();
        var resumed = program().run("resume", name, "--json").exits(0);
        assertThat(resumed.json().path("enabled").asBoolean()).isTrue();

        program().run("rm", name).exits(3);
        program().runWith("n\n", "rm", name).exits(1);
        program().runWith("y\n", "rm", name).exits(0);
        program().run("rm", name, "--yes").exits(1);
    }

    @Test
    void a_run_is_watched_to_its_end_and_leaves_files() {
        String name = fresh();
        create(name);

        var watched = program().run("run", name, "--watch").exits(0);
        assertThat(watched.out()).contains("This is the demonstration");
        assertThat(watched.err()).contains("The run completed.");

        var logs = program().run("logs", name, "--json").exits(0);
        assertThat(logs.out().lines().toList()).allMatch(line -> line.startsWith("{"));
        assertThat(program().run("logs", name, "-f", "--grep", "Prompt").exits(0).out().lines())
                .hasSize(1);
        program().run("logs", name, "--grep", "(").exits(3);

        assertThat(program().run("get", name, "report.md", "--to", "got").exits(0).out())
                .contains("report.md");
        assertThat(folder.resolve("got").resolve("report.md")).content().contains("demonstration");
        program().run("get", name, "--to", "got").exits(1);
        var run = program().run("get", name, "--to", "got", "--force", "--json").exits(0);
        valid("GET", runPath(run), run);
        program().run("get", name, "none.md").exits(1);
    }

    @Test
    void a_run_is_started_found_by_its_id_and_cancelled() {
        String name = fresh();
        String id = create(name);

        var started = program().run("run", name, "--json").exits(0);
        valid("POST", AUTOMATIONS + id + "/run/", started);
        String run = started.json().path("last_task_run_id").asText();
        program().run("logs", run, "-f").exits(0);

        assertThat(program().run("cancel", run).exits(1).err()).isNotEmpty(); // it is over
        valid("GET", PROJECT + "task_runs/", program().run("runs", name, "--json").exits(0));
        assertThat(program().run("runs", name).exits(0).out()).contains(run, "completed");
    }

    @Test
    void says_what_comes_and_what_became_of_the_past() {
        String name = fresh();
        create(name);

        valid("GET", PROJECT + "upcoming/", program().run("next", "--json").exits(0));
        assertThat(program().run("next", "--hours", "48").exits(0).out()).contains(name);
        program().run("next", "--hours", "0").exits(1);

        valid("GET", PROJECT + "occurrences/", program().run("why", name, "--json").exits(0));
        assertThat(program().run("why", name, "--since", "1h").exits(0).out())
                .contains(name + " is on: At 03:00 every day");
        program().run("why", name, "--since", "yesterday").exits(3);
    }

    @Test
    void previews() {
        var preview = program().run("preview", "30 1 * * *", "--tz", "Europe/London", "--json");

        valid("POST", AUTOMATIONS + "preview/", preview.exits(0));
        assertThat(program().run("preview", "30 1 * * *").exits(0).out())
                .startsWith("At 01:30 every day, UTC");
        program().run("preview", "30 1 * *").exits(1);
    }

    @Test
    void doctor_finds_nothing_wrong_here() {
        var checked = program().run("doctor", "--json");

        assertThat(checked.json().path("checks")).as(checked.out()).hasSize(5);
        assertThat(program().run("doctor").out()).contains("API and key");
        program().with("NIGHTSHIFT_URL", "http://127.0.0.1:1").run("doctor").exits(1);
    }

    @Test
    void adds_lists_tests_and_removes_channels() {
        String name = fresh();
        String url = "http://127.0.0.1:9/hooks/secret";
        var added =
                program()
                        .runWith(
                                url + "\n",
                                "channels",
                                "--add",
                                name,
                                "--events",
                                "run_failed",
                                "--json")
                        .exits(0);
        valid("POST", PROJECT + "notification_channels/", 201, added);
        assertThat(added.out() + added.err()).doesNotContain("hooks/secret");

        valid(
                "GET",
                PROJECT + "notification_channels/",
                program().run("channels", "--json").exits(0));
        assertThat(program().run("channels").exits(0).out()).contains(name, "run_failed");
        program().run("channels", "--test", name).exits(0);
        program().run("channels", "--rm", name, "--yes").exits(0);
        program().run("channels", "--rm", name, "--yes").exits(1);
    }

    private Program program() {
        return Program.of(folder, "" + server.url(Port.API), server.keys().write());
    }

    private static synchronized String fresh() {
        return "Automation " + (char) ('A' + automations++);
    }

    private String create(String name) {
        return id(
                program()
                        .run(
                                "create",
                                name,
                                "--repository",
                                "acme/shop",
                                "--cron",
                                "0 3 * * *",
                                "--prompt",
                                "Fix it.",
                                "--json")
                        .exits(0));
    }

    private static String id(Program.Ended ended) {
        return ended.json().path("id").asText();
    }

    private static String runPath(Program.Ended run) {
        return PROJECT + "tasks/" + run.json().path("task").asText() + "/runs/" + id(run) + "/";
    }

    private static void valid(String method, String path, Program.Ended ended) {
        valid(method, path, 200, ended);
    }

    private static void valid(String method, String path, int status, Program.Ended ended) {
        OpenApiSchema.validate(method, path, status, "application/json", ended.out().strip());
    }
}
