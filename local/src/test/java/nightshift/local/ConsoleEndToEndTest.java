package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;

import nightshift.local.Settings.Port;
import nightshift.testing.Together;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The console's automations and runs in a browser, on the whole local run with its workers. The
/// worker's command is a shell, so a prompt is a script.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class ConsoleEndToEndTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2099-01-05T08:00:30Z");
    private static final String DOWN = "\uE015";
    private static final String ENTER = "\uE007";
    private static final String ESCAPE = "\uE00C";
    private static final String END = "\uE010";

    /// What somebody may write where others read it.
    private static final String HOSTILE =
            "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3)"
                    + " \u001b[31mred\u001b[0m invoice_\u202egnp.exe z\u200bero";

    /// How it is shown.
    private static final String HARMLESS =
            "<script>alert(1)</script> <img src=x onerror=alert(2)> javascript:alert(3)"
                    + " ESC[31mredESC[0m invoice_U+202Egnp.exe zU+200Bero";

    @TempDir private static Path state;

    private final MovableClock clock = new MovableClock(NOW.toString());
    private LocalServer server;
    private ApiClient api;
    private ConsoleBrowser browsers;
    private Browser browser;

    @BeforeAll
    void open() throws IOException {
        browsers = ConsoleBrowser.start();
        browser = browsers.browser();
        var settings = Settings.forTest(Path.of("..", "template.yaml"), state);
        server =
                LocalServer.start(
                        new Settings(
                                settings.template(),
                                settings.state(),
                                settings.ports(),
                                clock,
                                settings.retryPauses(),
                                settings.streamPoll(),
                                Map.of(
                                        "NIGHTSHIFT_WORKER_COMMAND", "sh",
                                        "NIGHTSHIFT_WORKER_EMPTY_FOLDER", "allow",
                                        "NIGHTSHIFT_WORKER_REPOSITORIES", state.toUri().toString()),
                                false));
        api = new ApiClient(server.url(Port.API), server.keys().write());
        // The template's own schedules would fire at each step of the clock.
        try (var scheduler =
                SchedulerClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            for (var own : scheduler.listSchedules(list -> list.groupName("default")).schedules()) {
                scheduler.deleteSchedule(delete -> delete.name(own.name()));
            }
        }
    }

    @AfterAll
    void close() {
        if (browsers != null) browsers.close();
        if (api != null) api.close();
        if (server != null) server.close();
    }

    @AfterEach
    void nothing_was_said_and_no_other_host_was_asked() {
        browsers.check();
    }

    @Test
    void a_first_automation_is_created_followed_paused_and_found_again() throws Exception {
        for (int made = 0; made < 500; made += 20) {
            int first = made;
            Together.all(
                    20, n -> automation("Filler %03d".formatted(first + n), "true", "0 0 1 1 *"));
        }
        var go = state.resolve("go");
        var script =
                """
                echo begin; until [ -e %s ]; do sleep 0.05; done; seq -f 'step %%g' 1 300
                echo '# Report' > "$NIGHTSHIFT_ARTIFACTS/report.md"
                echo '{"pr_url": "https://github.com/acme/shop/pull/7", "files": 3}' > "$NIGHTSHIFT_OUTPUT"
                """
                        .formatted(go);
        visit("#/automations/new");
        browser.type("#f-name", "Water the plants");
        browser.type("#f-repository", "acme/shop");
        browser.type("#f-prompt", script);
        browser.type("#f-cron_expression", "1 8 * * *");
        browser.type("#f-timezone", "UTC");
        browser.untilText("At 08:01 every day, UTC time");
        button("Create");
        browser.until(
                "its page",
                "document.querySelector('h1')?.textContent.trim() === 'Water the plants'");
        browser.until("in force", "document.querySelector('.state')?.textContent.startsWith('On')");
        var id = browser.url().replaceFirst(".*/", "");
        browser.clickText("Tonight");
        browser.untilText("Water the plants");

        Waiting.until(() -> synced(id));
        clock.moveTo("2099-01-05T08:01:00Z");
        server.scheduler().tick();
        browser.script("moveClock(Date.parse('2099-01-05T08:01:00Z'))");
        Waiting.until(() -> read("/task_automations/" + id + "/").hasNonNull("last_task_run_id"));
        browser.open(address() + "#/automations/" + id);
        browser.until("the run", "document.querySelector('.state a')");
        browser.click(".state a");
        browser.untilText("begin");
        browser.untilText("Following");
        assertThat(browser.text(".state"))
                .startsWith("Started for the start due Monday 5 January 08:01");
        Files.writeString(go, "");
        browser.until(
                "the end", "document.querySelector('h1').textContent.startsWith('Succeeded')");
        browser.until(
                "all lines", "/ended/.test(document.querySelector('.logbar .end').textContent)");
        browser.until(
                "the last line",
                "[...document.querySelectorAll('.log li code')].some((line) => line.textContent === 'step 300')");
        assertThat(browser.text(".result .big")).isEqualTo("Pull request acme/shop#7");
        assertThat(artifact("report.md")).isEqualTo("# Report\n");

        browser.open(address() + "#/automations/" + id);
        browser.until(
                "history",
                "document.querySelector('.ledger tbody')?.textContent.includes('succeeded')");
        assertThat(texts(".ledger tbody tr"))
                .anySatisfy(row ->
                        assertThat(row).contains("08:01", "succeeded", "Pull request acme/shop#7"));
        button("Pause");
        browser.untilText("Paused Water the plants.");
        assertThat(read("/task_automations/" + id + "/").path("enabled").asBoolean()).isFalse();
        button("Undo");
        browser.untilText("Resumed Water the plants.");

        browser.press("g", "a");
        browser.untilText(all() + " automations");
        browser.press("/");
        browser.press("p", "l", "a", "n", "t", "s");
        browser.untilText("1 matches");
        assertThat(texts(".row.auto .name a:first-child")).containsExactly("Water the plants");
        browser.type(".finder input", "carrt");
        browser.untilText("None of " + all() + " matches");
        browser.clickText("Clear the search");
        browser.untilText(all() + " automations");
        assertThat(browser.count(".row.auto")).isLessThan(120);
    }

    @Test
    void many_are_paused_at_once_and_resumed_with_one_click() throws Exception {
        for (var name : List.of("Bulk one", "Bulk two", "Bulk three"))
            automation(name, "true", "0 0 1 1 *");
        visit("#/automations?search=bulk");
        browser.untilText("3 match");
        browser.press(DOWN);
        browser.click(".row.auto.head input");
        browser.untilText("3 chosen");
        button("Pause");
        browser.untilText("Paused 3 automations.");
        button("Undo");
        browser.untilText("Resumed 3 automations.");
        button("Delete\u2026");
        browser.type("#confirm", "2");
        browser.press(ENTER);
        assertThat(read("/task_automations/?search=bulk").path("count").asInt()).isEqualTo(3);
        browser.type("#confirm", "3");
        browser.press(ENTER);
        browser.untilText("Deleted 3 automations.");
        browser.untilText("matches \u2018bulk\u2019");
        assertThat(read("/task_automations/?search=bulk").path("count").asInt()).isZero();
    }

    @Test
    void a_failure_is_explained() throws Exception {
        var id =
                automation("Count sheep", "echo one; echo 'no sheep' >&2; exit 3", "0 0 1 1 *")
                        .path("id")
                        .asText();
        visit("#/automations/" + id);
        button("Run now");
        browser.clickText("Open the run");
        browser.until(
                "the end", "document.querySelector('h1')?.textContent.startsWith('Failed after')");
        browser.untilText("no sheep");
        assertThat(browser.text(".notice.bad b")).isEqualTo("The command exited with 3.");
        assertThat(browser.text(".state")).startsWith("Started by hand, ");
        browser.clickText("of the log");
        browser.until("the line", "document.querySelector('li.target')");
        assertThat(browser.text("li.target code")).isEqualTo("no sheep");
        browser.clickText("Errors 1");
        browser.until("the filter", "document.querySelectorAll('.log li').length === 1");
        button("Run again");
        browser.untilText("Started by hand. Open the run");
    }

    @Test
    void a_retry_and_a_pause_after_failures_are_explained() throws Exception {
        var id =
                automation("Feed the cat", "echo 'no food' >&2; exit 3", "0 0 1 1 *")
                        .path("id")
                        .asText();
        var path = "/task_automations/" + id;
        api.patched(
                path + "/policy",
                "{\"retry_attempts\": 1, \"retry_on\": \"any\", \"pause_after_failures\": 1}");
        fire(id, "");
        Waiting.until(() -> read(path + "/").path("last_run_status").asText().equals("failed"));
        var first = read(path + "/").path("last_task_run_id").asText();
        clock.forward(Duration.ofSeconds(1)); // so that the attempts have different times
        fire(id, ", \"attempt\": 2, \"failed_run_id\": \"%s\"".formatted(first));
        Waiting.until(() -> !read(path + "/").path("enabled").asBoolean());

        visit("#/automations/" + id);
        browser.untilText("Paused by its own failures.");
        assertThat(browser.text(".state"))
                .contains("1 failure in a row.")
                .endsWith("Paused after 1 failures in a row: The command exited with 3.");
        browser.until(
                "history",
                "document.querySelector('.ledger tbody')?.textContent.includes('attempt 2')");
        assertThat(texts(".ledger tbody tr"))
                .singleElement()
                .asString()
                .contains("08:00", "failed", "attempt 2", "The command exited with 3.");
        browser.click(".state a");
        browser.untilText("Attempt 2 of 2; attempt 1 failed at ");
        browser.clickText("attempt 1");
        browser.untilText("Attempt 1 of 2");
        assertThat(browser.url()).endsWith(first);

        browser.clickText("Open the automation");
        button("Resume");
        browser.untilText("Resumed Feed the cat.");
        browser.until(
                "a new count",
                "/^On/.test(document.querySelector('.state').textContent) && !document.querySelector('.state').textContent.includes('in a row')");
        var policy = read(path + "/policy/");
        assertThat(policy.path("failures_in_a_row").asInt()).isZero();
        assertThat(policy.path("paused_reason").isNull()).isTrue();
    }

    @Test
    void refusals_stand_at_their_field_and_changes_of_others_are_shown() throws Exception {
        var id = automation("Polish brass", "true", "0 0 1 1 *").path("id").asText();
        visit("#/automations/" + id);
        browsers.expect("400");
        browsers.expect("412");
        browser.type("#f-repository", "nothing");
        button("Save");
        browser.untilText("Repository must be in the format organization/repository");
        assertThat(browser.script("return document.activeElement.id").asText())
                .isEqualTo("f-repository");
        button("Discard");
        browser.type("#f-cron_expression", "61 * * * *");
        browser.untilText("\"61\" is not between 0 and 59");
        browser.type("#f-cron_expression", "30 2 * * *");
        browser.type("#f-timezone", "Europe/Berlin");
        browser.untilText("the clocks jump from 02:00 to 03:00");
        browser.clickText("Use 03:30 instead");
        browser.until(
                "the other hour",
                "document.querySelector('#f-cron_expression').value === '30 3 * * *'");

        api.patched("/task_automations/" + id, "{\"prompt\": \"date\"}");
        button("Save");
        browser.untilText("It was changed elsewhere meanwhile.");
        button("Show the change");
        browser.untilText("became date");
        button("Save mine over it");
        browser.untilText("Saved");
        var saved = read("/task_automations/" + id + "/");
        assertThat(saved.path("prompt").asText()).isEqualTo("date");
        assertThat(saved.path("cron_expression").asText()).isEqualTo("30 3 * * *");
    }

    @Test
    void what_others_wrote_is_text() throws Exception {
        var task = automation(HOSTILE, HOSTILE, "0 0 1 1 *").path("last_task_id").asText();
        var run = api.run("/tasks/" + task);
        api.append(
                run,
                console("info", HOSTILE),
                message(HOSTILE),
                "{\"any\": " + JSON.writeValueAsString(HOSTILE) + "}");
        api.posted(
                run + "/artifacts/",
                "{\"artifacts\": [{\"name\": %s, \"type\": \"output\", \"content\": \"x\"}]}"
                        .formatted(JSON.writeValueAsString("<script>.html")));
        api.patched(
                run,
                "{\"status\": \"failed\", \"error_message\": %1$s, \"output\": {\"pr_url\": \"javascript:alert(4)\", \"summary\": %1$s, \"x\": %1$s}}"
                        .formatted(JSON.writeValueAsString(HOSTILE)));
        visit("#" + run.replace("/tasks/", "/runs/").replaceFirst("/runs/(.*)/runs/", "/runs/$1/"));
        browser.until("the log", "document.querySelectorAll('.log li code').length === 3");

        assertThat(texts(".log li code")).first().isEqualTo(HARMLESS);
        assertThat(browser.text(".log li:nth-child(2) code")).isEqualTo(HARMLESS);
        assertThat(browser.text(".notice.bad b")).isEqualTo(HARMLESS);
        assertThat(browser.text(".result .said")).isEqualTo(HARMLESS);
        assertThat(browser.text(".crumbs")).contains(HARMLESS);
        assertThat(browser.count("main a[href^='javascript']")).isZero();
        assertThat(browser.count("main img, main script")).isZero();
        browser.type(".logbar input", "U+202E");
        browser.untilText("1 of 3");
        browser.open(address() + "#/automations?search=invoice");
        browser.untilText("invoice_U+202Egnp.exe");
        browser.click(".row.auto .name a");
        browser.until("its page", "document.querySelector('.hiddens')");
        assertThat(browser.text("h1")).isEqualTo(HARMLESS);
        assertThat(browser.count("main img, main script, main iframe")).isZero();
    }

    @Test
    void a_log_is_followed_until_somebody_scrolls_up() {
        var run = api.run(api.task());
        api.patched(run, "{\"status\": \"in_progress\"}");
        lines(run, 1, 100);
        visit(page(run));
        browser.until("the end of it", "document.querySelector('#L100')");
        lines(run, 101, 200);
        browser.until("what follows", "document.querySelector('#L200')");
        browser.script("document.querySelector('.log').scrollBy(0, -900)");
        browser.until(
                "let go",
                "document.querySelector('.logbar [aria-pressed]').textContent === 'Follow'");
        int top = scrolledTo();
        lines(run, 201, 212);
        browser.untilText("Follow, 12 new lines");
        assertThat(scrolledTo()).isEqualTo(top);
        browser.press("f");
        browser.until("the end again", "document.querySelector('#L212')");

        button("Cancel");
        browser.untilText("Stop this run? What it has written stays.");
        browser.press(ENTER);
        browser.untilText("Cancelling; the worker notices within ten seconds");
        browser.until(
                "cancelled", "document.querySelector('h1').textContent.startsWith('Cancelled')");
        browser.until(
                "all lines",
                "/^212 lines, ended/.test(document.querySelector('.logbar .end').textContent)");
    }

    @Test
    void a_log_is_searched_and_walked_with_the_keyboard_alone() {
        var run = api.run(api.task());
        lines(run, 1, 400);
        api.patched(run, "{\"status\": \"completed\"}");
        visit(page(run));
        browser.until("the log", "document.querySelector('#L1')");
        browser.press("/");
        browser.press("e", " ", "3", "9");
        browser.untilText("1 of 11");
        browser.until("the match", "document.querySelector('mark.here')");
        assertThat(browser.text("mark.here")).isEqualTo("e 39");
        browser.press(ENTER, ENTER);
        browser.untilText("3 of 11");
        browser.press(ESCAPE, ESCAPE);
        browser.press(END);
        browser.until("the last line", "document.querySelector('#L400')");
        browser.open(browser.url() + "?line=213");
        browser.until("the line", "document.querySelector('li.target')?.id === 'L213'");
        assertThat(browser.count(".log li")).isLessThan(120);
    }

    @Test
    void no_view_has_a_serious_fault_of_accessibility() throws Exception {
        var made = automation("Read aloud", "true", "30 2 * * *");
        var run = api.run("/tasks/" + made.path("last_task_id").asText());
        lines(run, 1, 60);
        api.append(run, console("error", "broken"), console("warn", "careful"));
        api.patched(
                run,
                "{\"status\": \"failed\", \"error_message\": \"broken\", \"output\": {\"a\": 1}}");
        visit("#/automations");
        var views = new LinkedHashMap<String, String>(); // with what is there when it is shown
        views.put("#/automations", ".row.auto .name a");
        views.put("#/automations?search=nothing-like-it", ".empty a");
        views.put("#/automations/new", ".page.narrow form.settings");
        views.put("#/automations/" + made.path("id").asText(), ".split .preview .words");
        views.put(page(run), "#L1 code");
        for (var each : views.entrySet()) {
            var view = each.getKey();
            browser.open(address() + view);
            browser.until(view, "document.querySelector(arguments[0])", each.getValue());
            for (var scheme : List.of("light", "dark")) {
                browser.prefer(scheme);
                assertThat(browsers.faults()).as("%s, %s", view, scheme).isEmpty();
            }
            browser.size(400, 800);
            browser.until(view + " fits", "document.documentElement.scrollWidth <= 400");
            browser.size(1400, 950);
        }
    }

    private String address() {
        return server.url(Port.API) + "/console/";
    }

    private void visit(String view) {
        browsers.window(1400, 950, clock.instant(), address());
        browser.open(address() + "#key=" + server.keys().write());
        browser.until("signed in", "document.querySelector('.who')");
        browser.open(address() + view);
    }

    /// The address of a run, given by its path in the API.
    private static String page(String run) {
        return "#" + run.replaceFirst("/tasks/(.*)/runs/", "/runs/$1/");
    }

    private JsonNode automation(String name, String prompt, String cron) {
        return api.posted(
                "/task_automations/",
                JSON.createObjectNode()
                        .put("name", name)
                        .put("prompt", prompt)
                        .put("repository", "acme/shop")
                        .put("cron_expression", cron)
                        .toString());
    }

    /// Delivers the start of 08:00, or a retry of it, as the scheduler does.
    private void fire(String automation, String more) throws Exception {
        var event =
                """
                {"project_id": 1, "automation_id": "%s", "scheduled_time": "2099-01-05T08:00:00Z",
                 "cron_expression": "0 0 1 1 *", "timezone": "UTC"%s}
                """
                        .formatted(automation, more);
        var function =
                URI.create(
                        server.url(Port.LAMBDA)
                                + "/2015-03-31/functions/FireTaskAutomation/invocations");
        try (var http = HttpClient.newHttpClient()) {
            var answer =
                    http.send(
                            HttpRequest.newBuilder(function)
                                    .POST(HttpRequest.BodyPublishers.ofString(event))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).containsPattern("started|retried");
        }
    }

    private JsonNode read(String path) {
        return ApiClient.json(api.send("GET", path, ""));
    }

    private int all() {
        return read("/task_automations/?limit=1").path("count").asInt();
    }

    private boolean synced(String automation) {
        return read("/task_automations/" + automation + "/schedule/")
                .at("/sync/status")
                .asText()
                .equals("synced");
    }

    private void lines(String run, int from, int to) {
        var entries = new String[to - from + 1];
        for (int at = from; at <= to; at++) entries[at - from] = console("info", "line " + at);
        api.append(run, entries);
    }

    private static String console(String level, String message) {
        var entry =
                JSON.createObjectNode()
                        .put("type", "notification")
                        .put("timestamp", NOW.toString());
        var notification =
                entry.putObject("notification")
                        .put("jsonrpc", "2.0")
                        .put("method", "_posthog/console");
        notification
                .putObject("params")
                .put("sessionId", "test")
                .put("level", level)
                .put("message", message);
        return entry.toString();
    }

    private static String message(String text) {
        var entry =
                JSON.createObjectNode()
                        .put("type", "notification")
                        .put("timestamp", NOW.toString());
        var notification =
                entry.putObject("notification")
                        .put("jsonrpc", "2.0")
                        .put("method", "session/update");
        notification
                .putObject("params")
                .putObject("update")
                .put("sessionUpdate", "agent_message")
                .putObject("content")
                .put("type", "text")
                .put("text", text);
        return entry.toString();
    }

    /// Where the log stands once it has stood there for some frames: lines that come into view are
    /// measured.
    private int scrolledTo() {
        return browser.asyncScript(
                        """
                        const done = arguments[arguments.length - 1];
                        const log = document.querySelector('.log');
                        let top = log.scrollTop;
                        let still = 0;
                        const look = () => {
                            still = log.scrollTop === top ? still + 1 : 0;
                            top = log.scrollTop;
                            if (still < 10) requestAnimationFrame(look);
                            else done(Math.round(top));
                        };
                        look();
                        """)
                .asInt();
    }

    /// Opens an artifact as the page does, and returns what the new tab would show.
    private String artifact(String name) throws IOException, InterruptedException {
        browser.script(
                "window.open = () => ({location: {replace: (url) => { window.opened = url; }}})");
        browser.clickText(name);
        browser.until("its URL", "window.opened");
        var url = URI.create(browser.script("return window.opened").asText());
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                            HttpRequest.newBuilder(url).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /// Clicks the button with exactly this text, once it may be clicked.
    private void button(String text) {
        browser.until(
                text,
                "[...document.querySelectorAll('button:not([disabled])')].some((each) => each.textContent.trim() === arguments[0] && (each.click(), true))",
                text);
    }

    private List<String> texts(String css) {
        var found =
                browser.script(
                        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent.trim().replace(/\\s+/g, ' '))",
                        css);
        return ((ArrayNode) found).valueStream().map(JsonNode::asText).toList();
    }
}
