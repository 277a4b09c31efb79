package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// An automation with four weeks of history, and its last run, on the whole local run: what the
/// pages say of them, and the pictures of the README.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsolePicturesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant FIRST = Instant.parse("2099-10-29T01:10:00Z");
    private static final int NIGHTS = 29;
    private static final int FAILED = 3;
    private static final String REASON = "3 of 412 tests fail after the update of undici to 7.2.0";

    @TempDir private static Path state;

    private LocalFixture world;
    private ConsoleBrowser browsers;
    private Browser browser;
    private String automation;
    private String task;
    private String run;

    @BeforeAll
    void open() throws IOException {
        browsers = ConsoleBrowser.start();
        browser = browsers.browser();
        world = new LocalFixture(state, "2099-10-28T12:00:00Z");
        var made =
                world.post(
                        LocalFixture.AUTOMATIONS,
                        """
                        {"name": "Bump dependencies", "repository": "acme/shop", "cron_expression": "10 2 * * *",
                         "timezone": "Europe/Berlin",
                         "prompt": "Update direct dependencies to their newest minor or patch release. Run the tests. Open one pull request with a line for each package on what changed. If a test fails, leave that package as it was and say so."}
                        """);
        automation = made.text("id");
        task = made.text("last_task_id");
        world.patch(
                LocalFixture.AUTOMATIONS + automation + "/policy/",
                """
                {"overlap": "skip", "retry_attempts": 1, "retry_on": "transient", "pause_after_failures": 5,
                 "time_limit_seconds": 3600, "branch": "main", "environment": {"NODE_ENV": "test"}}
                """);
        world.awaitAgreement();
        for (int night = 0; night < NIGHTS; night++) {
            world.moveTo(FIRST.plus(night, ChronoUnit.DAYS).toString());
            run = started(night + 1);
            if (night == NIGHTS - 1) write(run, world.clock.instant());
            boolean fails = night >= NIGHTS - FAILED;
            world.forward(
                    fails ? Duration.ofSeconds(581) : Duration.ofSeconds(480 + night % 5 * 37));
            end(run, fails ? failed() : completed(4_700 + night));
        }
        world.moveTo("2099-11-26T08:04:00Z");
    }

    @AfterAll
    void close() {
        if (browsers != null) browsers.close();
        if (world != null) world.close();
    }

    @Test
    void shows_an_automation_with_its_history() {
        visit("#/automations/" + automation);
        browser.until("history", "document.querySelectorAll('.ledger tbody tr').length > 20");
        browser.until("strip", "document.querySelectorAll('.axisgap .strip a').length > 20");
        browser.until("preview", "document.querySelector('.ten li')");

        assertThat(browser.text(".state"))
                .startsWith("On, in force. Next start tomorrow 02:10, in 17 h 6.")
                .contains("Last run failed, 02:10 today after 10 min.");
        assertThat(browser.text(".ledger tbody tr:nth-child(2)"))
                .contains("02:10", "failed", "10 min", REASON);
        assertThat(browser.text(".ledger tbody tr:nth-child(5)"))
                .contains("succeeded", "Pull request acme/shop#4725");
        assertThat(browser.text("#preview .words")).isEqualTo("At 02:10 every day, Berlin time");
        browsers.picture("automation");
        browser.clickText("Failed");
        browser.until("the failures", "document.querySelectorAll('.ledger tbody tr').length === 3");
        assertThat(browser.url()).endsWith("?show=failed");
        browsers.check();
    }

    @Test
    void shows_why_a_run_exists_and_what_it_left() {
        visit("#/runs/" + task + "/" + run);
        browser.until("the log", "document.querySelectorAll('.log li code').length > 10");
        browser.until("why", "document.querySelector('.state a + b, .state b')");
        browser.untilText("of the log");

        assertThat(browser.text("h1")).isEqualTo("Failed after 9 min 41 s");
        assertThat(browser.text(".state"))
                .startsWith(
                        "Started for the start due Thursday 26 November 02:10, Berlin time (01:10 UTC)")
                .contains("Attempt 1 of 2.")
                .endsWith("of acme/shop.");
        assertThat(browser.text(".notice.bad")).startsWith(REASON);
        browser.type(".logbar input", "undici");
        browser.untilText("1 of ");
        browser.clickText("next");
        browser.untilText("2 of ");
        browsers.picture("run");
        browsers.check();
    }

    private void visit(String view) {
        var address = world.server.url(Port.API) + "/console/";
        browsers.window(1400, 1120, world.clock.instant(), address);
        browser.open(address + "#key=" + world.server.keys().write());
        browser.until("signed in", "document.querySelector('.who')");
        browser.open(address + view);
    }

    /// Waits until the automation's task has so many runs, and returns the path of the newest.
    private String started(int count) {
        LocalFixture.await("a run", () -> world.runs(automation), count);
        var newest = world.get(runs() + "?limit=1").body().at("/results/0/id").asText();
        return newest;
    }

    private String runs() {
        return "/api/projects/1/tasks/" + task + "/runs/";
    }

    private void end(String id, String body) {
        var ended = world.patch(runs() + id + "/", body);
        assertThat(ended.status()).as("%s", ended.body()).isEqualTo(200);
    }

    private static String completed(int number) {
        return """
        {"status": "completed", "output": {"pr_url": "https://github.com/acme/shop/pull/%d"}}
        """
                .formatted(number);
    }

    private static String failed() {
        return """
        {"status": "failed", "error_message": "%s",
         "output": {"summary": "zod and pino updated. undici left at 7.1.0: it now repeats a request by itself, and our own retry comes on top.",
          "updated": "zod 3.24.4, pino 9.6.0", "held_back": "undici 7.2.0", "tests": "409 passed, 3 failed",
          "pr_url": "https://github.com/acme/shop/pull/4821"}}
        """
                .formatted(REASON);
    }

    private void write(String id, Instant begun) {
        List<JsonNode> entries = new ArrayList<>();
        var at = begun;
        for (var line : LOG.lines().toList()) {
            var parts = line.split("\\|", 2);
            at = at.plusMillis(900 + parts[1].length() * 13L);
            entries.add(
                    entry(
                            parts[0],
                            parts[1].replace("<ESC>", "\u001b").replace("<RLO>", "\u202e"),
                            at));
        }
        var body = JSON.createObjectNode();
        body.set("entries", JSON.valueToTree(entries));
        assertThat(world.post(runs() + id + "/append_log/", body.toString()).status())
                .isEqualTo(200);
        assertThat(
                        world.post(
                                        runs() + id + "/artifacts/",
                                        """
                                        {"artifacts": [
                                          {"name": "test-report.html", "type": "output", "content": "<h1>Report</h1>"},
                                          {"name": "bump.patch", "type": "output", "content": "diff"},
                                          {"name": "npm-audit.json", "type": "output", "content": "{}"}]}
                                        """)
                                .status())
                .isEqualTo(200);
    }

    private static JsonNode entry(String kind, String text, Instant at) {
        var entry =
                JSON.createObjectNode().put("type", "notification").put("timestamp", at.toString());
        var notification = entry.putObject("notification").put("jsonrpc", "2.0");
        switch (kind) {
            case "agent" ->
                    notification
                            .put("method", "session/update")
                            .putObject("params")
                            .putObject("update")
                            .put("sessionUpdate", "agent_message")
                            .putObject("content")
                            .put("type", "text")
                            .put("text", text);
            case "command" ->
                    notification
                            .put("method", "session/update")
                            .putObject("params")
                            .putObject("update")
                            .put("sessionUpdate", "tool_call")
                            .put("title", text);
            case "output" ->
                    notification
                            .put("method", "_posthog/sandbox_output")
                            .putObject("params")
                            .put("message", text);
            default ->
                    notification
                            .put("method", "_posthog/console")
                            .putObject("params")
                            .put("level", kind)
                            .put("message", text);
        }
        return entry;
    }

    private static final String LOG =
            """
            info|Claimed. Attempt 1 of 2. Limit 60 min
            command|git clone --depth 1 https://github.com/acme/shop
            output|Cloning into 'shop'...
            output|HEAD is now at 9e1c4d2 Show the delivery date in the cart (#4815)
            agent|I will look at the outdated packages first, then update them one at a time and run the tests after each.
            command|npm outdated --json
            output|{"undici": {"current": "7.1.0", "wanted": "7.2.0", "latest": "7.2.0"}, "zod": {"current": "3.24.1", "wanted": "3.24.4", "latest": "4.1.0"}, "pino": {"current": "9.5.0", "wanted": "9.6.0", "latest": "9.6.0"}}
            agent|Three packages have a newer minor or patch release: undici, zod and pino. zod 4 is a major release, so zod goes to 3.24.4.
            command|npm install zod@3.24.4 pino@9.6.0
            output|<ESC>[32madded 0<ESC>[0m, changed 2 packages, and audited 914 packages in 8s
            warn|npm warn deprecated glob@7.2.3: versions before 9 are no longer supported
            command|npm test -- --reporter=dot
            output|<ESC>[1m<ESC>[32m412 passed<ESC>[39m<ESC>[22m (76.2 s)
            agent|Both are fine. Now undici.
            command|npm install undici@7.2.0
            output|changed 1 package, and audited 914 packages in 5s
            output|diff --git a/package.json b/package.json
            output|@@ -31,8 +31,8 @@ dependencies
            output|     "fastify": "5.2.1",
            output|-    "pino": "9.5.0",
            output|-    "undici": "7.1.0",
            output|+    "pino": "9.6.0",
            output|+    "undici": "7.2.0",
            output|     "zod": "3.24.4"
            command|npm test -- --reporter=dot
            output|tests/links.test.ts: refused javascript:alert(document.domain) and the name invoice_<RLO>gnp.exe
            output|<ESC>[31m<ESC>[1mFAIL<ESC>[22m<ESC>[39m tests/checkout.test.ts > retries a payment when undici resets the connection
            error|AssertionError: expected 1 request, got 2
            error|    at tests/checkout.test.ts:88:24
            agent|Three tests fail with undici 7.2.0: it now repeats a request by itself when the connection is reset, and our own retry comes on top. I will put undici back to 7.1.0 and open the pull request with the other two.
            command|npm install undici@7.1.0
            command|git push origin nightshift/bump-2099-11-26
            output|remote: Create a pull request for 'nightshift/bump-2099-11-26' on GitHub
            error|Exit code 1. 3 of 412 tests fail after the update of undici to 7.2.0
            """;
}
