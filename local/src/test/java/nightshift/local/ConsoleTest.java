package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The console's frame and Tonight, in a browser.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DOWN = "\uE015";
    private static final String RIGHT = "\uE014";
    private static final String ESCAPE = "\uE00C";
    private static final String ENTER = "\uE007";
    private static final String END = "\uE010";

    private ConsoleBrowser browsers;
    private Browser browser;
    private ConsoleStub drawn;
    private ConsoleStub large;

    @BeforeAll
    void open() throws IOException {
        browsers = ConsoleBrowser.start();
        browser = browsers.browser();
        drawn = new ConsoleStub(ConsoleNight.drawn());
        large = new ConsoleStub(ConsoleNight.large());
    }

    @AfterAll
    void close() {
        if (browsers != null) browsers.close();
        if (drawn != null) drawn.close();
        if (large != null) large.close();
    }

    @AfterEach
    void nothing_was_said_and_no_other_host_was_asked() {
        browsers.check();
    }

    private void tonight(ConsoleStub stub, int width, int height) {
        browsers.window(width, height, ConsoleNight.NOW, stub.address());
        browser.open(stub.signedIn());
        browser.untilText("By next start");
        browser.until("strips", "document.querySelector('svg.strip a')");
    }

    @Test
    void says_what_needs_somebody_first() {
        tonight(drawn, 1400, 950);

        assertThat(browser.text("#when"))
                .isEqualTo("Tonight. Thursday 26 November, 09:04 in Berlin");
        assertThat(texts(".sentences li"))
                .containsExactly(
                        "2 automations failed since 02:10: Bump dependencies and Hunt flaky tests.",
                        "1 start was missed at 06:00: Draft release notes.",
                        "1 schedule is not in force: Audit licences.");
        assertThat(texts(".group"))
                .containsExactly("Needs attention", "Running now", "By next start");
        assertThat(texts(".why"))
                .containsExactly(
                        "3 failures in a row. 3 of 412 tests fail after the update of undici to 7.2.0",
                        "Attempt 2. The repository could not be cloned: connection reset by peer",
                        "Nothing was seen of the 06:00 start. The next is at 18:00",
                        "Its schedule is not in force: the schedule service refused it");
        browsers.picture("tonight");
    }

    @Test
    void the_key_leaves_the_address_and_stays_in_the_tab() {
        tonight(drawn, 1400, 950);

        assertThat(browser.url()).doesNotContain("key");
        assertThat(browser.script("return [sessionStorage.length, localStorage.length]"))
                .hasToString("[1,0]");
        assertThat(browser.requested()).noneMatch(url -> url.contains(ConsoleStub.KEY));
        browser.open(drawn.address() + "#/health");
        browser.untilText("Automations on");
    }

    @Test
    void an_unknown_key_is_refused_where_it_was_pasted() {
        browsers.window(1400, 950, ConsoleNight.NOW, drawn.address());
        browser.open(drawn.address());
        browser.type("#key", "phx_wrong");
        browser.clickText("Sign in");
        browser.untilText("The API does not know this key");
        browsers.expect("401");

        browser.type("#key", ConsoleStub.KEY);
        browser.clickText("Sign in");
        browser.untilText("By next start");
    }

    @Test
    void signs_out() {
        tonight(drawn, 1400, 950);
        browser.open(drawn.address() + "#/key");
        browser.clickText("Sign out");
        browser.untilText("Paste an API key");

        assertThat(browser.script("return sessionStorage.length + localStorage.length").asInt())
                .isZero();
    }

    @Test
    void the_tally_filters_by_an_address() {
        tonight(drawn, 1400, 950);
        browser.clickText("cancelled");
        browser.until(
                "one row", "document.querySelectorAll('.night [data-at] .name').length === 1");

        assertThat(browser.url()).endsWith("#/tonight?show=cancelled");
        assertThat(browser.text(".night .name a")).isEqualTo("Port tests to Vitest");
        browser.back();
        browser.until(
                "all rows", "document.querySelectorAll('.night [data-at] .name').length > 10");
    }

    @Test
    void is_read_and_walked_with_the_keyboard_alone() {
        tonight(drawn, 1400, 950);
        browser.press(DOWN);
        browser.until("a row", "document.activeElement.textContent === 'Bump dependencies'");
        browser.press(DOWN, DOWN, RIGHT, RIGHT);
        browser.untilText(
                "Draft release notes, 06:00 today. Nothing was seen of this start. Open the automation");
        assertThat(browser.count(".night [tabindex='0']")).isEqualTo(1);
        browser.press(ESCAPE);
        browser.until("nothing read", "!document.querySelector('.reading b')");
        browser.press("g", "h");
        browser.untilText("Automations on");
        browser.press("?");
        browser.untilText("First and last row");
        browser.press(ESCAPE);
        browser.untilText("Automations on");
        browser.press("/");
        browser.press("c", "a", "r", "t", ENTER);
        browser.until("the search", "location.hash === '#/automations?search=cart'");
        browsers.expect("404");
    }

    @Test
    void a_skipped_start_names_the_run_that_was_in_its_way() {
        tonight(drawn, 1400, 950);
        browser.script(
                "[...document.querySelectorAll('a.overlap')].at(0).dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))");
        browser.until("a mark", "document.querySelector('.reading b')");

        assertThat(browser.text(".reading p"))
                .startsWith(
                        "Sync translations, 08:00 today. Skipped: the run of 07:30 was still going")
                .contains("Open the run of 07:30", "Change the policy");
    }

    @Test
    void fits_a_small_screen() {
        tonight(drawn, 400, 950);

        assertThat(browser.script("return document.documentElement.scrollWidth").asInt())
                .isLessThanOrEqualTo(400);
        assertThat(browser.count(".strip text.minor")).isPositive();
    }

    @Test
    void five_hundred_automations_take_six_calls_and_little_work() {
        browsers.window(1400, 950, ConsoleNight.NOW, large.address());
        browsers.countWork();
        browser.open(large.signedIn());
        browser.until("rows", "document.querySelectorAll('.night [data-at] .name').length > 10");
        browser.until("strips", "document.querySelector('svg.strip a')");
        double shown = browsers.work();
        var calls = browser.requested().stream().filter(url -> url.contains("/api/")).toList();
        browser.script(
                "window.frames_ = 0; const on = () => { scrollBy(0, 120); if (++window.frames_ < 100) requestAnimationFrame(on); }; on()");
        browser.until("scrolled", "window.frames_ >= 100");
        double scrolled = browsers.work() - shown;

        assertThat(calls).as("%s", calls).hasSizeLessThanOrEqualTo(6);
        assertThat(browser.count(".night [data-at]")).isLessThan(120);
        assertThat(browser.script("return scrollY").asInt()).isGreaterThan(10_000);
        // The processor's time: what a clock would show depends on what else the machine does.
        assertThat(shown).as("seconds until it is shown").isLessThan(1.5);
        assertThat(scrolled / 100).as("seconds a frame").isLessThan(0.1);
    }

    @Test
    void a_log_of_twenty_megabytes_is_read_from_both_ends_and_searched() {
        int last = 100_000;
        var log = new StringBuilder(21_000_000);
        for (int line = 1; line <= last; line++) {
            boolean found = line == 7 || line == 50_000 || line == last - 1;
            log.append(
                            "{\"type\":\"notification\",\"timestamp\":\"2026-11-26T02:10:00Z\",\"notification\":{\"jsonrpc\":\"2.0\",\"method\":\"_posthog/console\",\"params\":{\"sessionId\":\"run\",\"level\":\"info\",\"message\":\"line ")
                    .append(line)
                    .append(found ? " with the needle" : " of the hay, as long as most lines are")
                    .append("\"}}}\n");
        }
        var bytes = log.toString().getBytes(StandardCharsets.UTF_8);
        assertThat(bytes).hasSizeGreaterThan(20_000_000);
        tonight(drawn, 1400, 950);
        browsers.expect("404");
        browser.open(drawn.run(bytes));

        browser.until(
                "the first line",
                "document.querySelector('#L1 code')?.textContent.startsWith('line 1 of')");
        browser.until(
                "all lines",
                "document.querySelector('.logbar .end').textContent.startsWith('100,000 lines, ended')");
        browser.press(END);
        browser.until(
                "the last line",
                "document.querySelector('#L100000 code')?.textContent.startsWith('line 100000 of')");
        browser.press("/");
        browser.press("n", "e", "e", "d", "l", "e");
        browser.until(
                "all matches",
                "/^1 of 3 previous/.test(document.querySelector('.found').textContent.trim().replace(/\\s+/g, ' '))");
        browser.until("the first match", "document.querySelector('#L7 mark.here')");
        browser.press(ENTER);
        browser.until("the second match", "document.querySelector('#L50000 mark.here')");
        browser.press(ENTER);
        browser.until("the third match", "document.querySelector('#L99999 mark.here')");
        assertThat(browser.count(".log li")).isLessThan(200);
    }

    @ParameterizedTest
    @CsvSource({
        "tonight, By next start",
        "health, Automations on",
        "channels, no channels",
        "help, First and last row",
        "key, The key of this tab",
    })
    void has_no_serious_fault_of_accessibility(String view, String shown) {
        tonight(drawn, 1400, 950);
        browser.open(drawn.address() + "#/" + view);
        browser.until(
                shown, "document.querySelector('main').textContent.includes(arguments[0])", shown);
        for (var scheme : List.of("light", "dark")) {
            browser.prefer(scheme);
            assertThat(browsers.faults()).as("%s, %s", view, scheme).isEmpty();
        }
    }

    @Test
    void draws_marks_by_the_rules() {
        browsers.window(1400, 950, ConsoleNight.NOW, drawn.address());
        browser.open(drawn.address());

        // 48 hours on 740 px: a cell is 15 minutes, for hollow bars 30.
        assertThat(cell(740, false)).isEqualTo(15);
        assertThat(cell(740, true)).isEqualTo(30);
        assertThat(cell(368, false)).isEqualTo(30);
        // Every minute for an hour is a band with a cross upon it; the cross is drawn after it.
        assertThat(marks(minutes(0, 60, 1, "ok", 30))).containsExactly("band ok 59", "mark fail 1");
        // Twice an hour is bars.
        assertThat(marks(minutes(0, 120, 30, "ok", -1)))
                .containsExactly("bar ok 1", "bar ok 1", "bar ok 1", "bar ok 1");
        // To come: a band is an outline.
        assertThat(marks(minutes(1441, 1560, 5, "next", -1))).containsExactly("outline next 24");
        // Two within 10 px: the worse one, and one more.
        assertThat(marks("[[0, 'overlap'], [10, 'fail']]")).containsExactly("mark fail 2 +1");
        assertThat(marks("[[0, 'overlap'], [100, 'fail']]"))
                .containsExactly("mark overlap 1", "mark fail 1");
        // A run that goes on has a trail.
        assertThat(marks("[[600, 'running']]")).containsExactly("trail running 1");
    }

    @Test
    void shows_what_is_invisible_by_its_name() {
        browsers.window(1400, 950, ConsoleNight.NOW, drawn.address());
        browser.open(drawn.address());

        assertThat(plain("a\\u001b[31mred\\u001b[0m")).isEqualTo("aESC[31mredESC[0m");
        assertThat(plain("invoice_\\u202egnp.exe")).isEqualTo("invoice_U+202Egnp.exe");
        assertThat(plain("a\\u200bb\\ufeffc\\u0007d")).isEqualTo("aU+200BbU+FEFFcU+0007d");
        assertThat(plain("\\ud800x")).isEqualTo("U+D800x");
        assertThat(plain("Tab\\tand line\\nand caf\\u00e9 \\ud83d\\ude00"))
                .isEqualTo("Tab\tand line\nand caf\u00e9 \uD83D\uDE00");
    }

    @Test
    void tells_times_in_any_zone() {
        browsers.window(1400, 950, ConsoleNight.NOW, drawn.address());
        browser.open(drawn.address());
        var script =
                """
                const done = arguments[arguments.length - 1];
                import(new URL('js/time.js', location.href)).then((time) => {
                    const at = Date.parse('2026-03-29T00:30:00Z');
                    done([
                        time.full(at, 'Europe/Berlin'), time.full(at + 3600000, 'Europe/Berlin'),
                        time.clock(at, 'Asia/Kolkata'), time.clock(at, 'Australia/Lord_Howe'),
                        time.near(at, at + 86400000, 'UTC'), time.near(at, at + 9 * 86400000, 'UTC'),
                        time.duration(41), time.duration(9 * 60 + 41), time.duration(9060),
                        time.clock(at, 'No/Such'),
                        time.hours(at - 3600000, at + 6 * 3600000, 'Europe/Berlin', 3).map((each) => each.hour).join(),
                    ]);
                });
                """;

        assertThat(strings(browser.asyncScript(script)))
                .containsExactly(
                        "Sun 29 Mar 01:30",
                        "Sun 29 Mar 03:30",
                        "06:00",
                        "11:30",
                        "Sun 00:30",
                        "Sun 29 Mar",
                        "41 s",
                        "10 min",
                        "2 h 31",
                        "00:30",
                        "3,6");
    }

    @Test
    void reads_any_entry_of_a_log_and_finds_what_is_shown() {
        browsers.window(1400, 950, ConsoleNight.NOW, drawn.address());
        browser.open(drawn.address());
        var script =
                """
                const done = arguments[arguments.length - 1];
                const names = ['js/loglines.js', 'js/logstore.js'];
                Promise.all(names.map((name) => import(new URL(name, location.href)))).then(([lines, logs]) => {
                    const hostile = { toString: 1, valueOf: 1 };
                    const line = (method, params, timestamp) => JSON.stringify({ timestamp, notification: { method, params } });
                    const update = (update) => line('session/update', { update });
                    const store = new logs.LogStore();
                    const all = [
                        line('_posthog/console', { message: 'a', level: hostile }, hostile),
                        line('_posthog/sandbox_output', { output: 'b', level: [null] }, [1]),
                        update({ sessionUpdate: 'tool_call', rawInput: { command: [hostile, null, 'ls'] } }),
                        update({ sessionUpdate: 'plan', entries: [null, { status: 'completed', content: 'step' }] }),
                        update({ sessionUpdate: 'user_message', content: { text: 'hello' } }),
                        update({ sessionUpdate: 'tool_call', content: [{ type: 'diff', path: 'a.js', oldText: 'let x', newText: 'const x' }] }),
                        update(7), '[]', '7', 'null', '"x"',
                    ];
                    store.append(new TextEncoder().encode(all.join('\\n')));
                    store.end();
                    const found = (words) => {
                        const search = new logs.Search(store, words);
                        while (!search.done) search.step();
                        return search.found;
                    };
                    done([
                        store.lines,
                        lines.parse(line('x', {}, '2026-01-01T12:00:00')).at - Date.UTC(2026, 0, 1, 12),
                        ...['user: hello', '+const x', '--- a.js', '[x] step', 'nowhere'].map(found),
                    ]);
                }).catch((failure) => done([String(failure)]));
                """;
        assertThat(strings(browser.asyncScript(script)))
                .containsExactly("11", "0", "1", "1", "1", "1", "0");
    }

    private int cell(int width, boolean hollow) {
        return browser.asyncScript(
                        "const [width, hollow, done] = arguments; import(new URL('js/strip.js', location.href))"
                                + ".then((strip) => done(strip.cellOf(48 * 3600000, width, hollow) / 60000))",
                        width,
                        hollow)
                .asInt();
    }

    /// Facts at minutes of the window, of which one may be a failure.
    private static String minutes(int from, int to, int step, String kind, int failure) {
        var facts = JSON.createArrayNode();
        for (int at = from; at < to; at += step) {
            facts.addArray().add(at).add(at == failure ? "fail" : kind);
        }
        return facts.toString();
    }

    /// The marks of a strip of 740 px whose facts are given as minutes and kinds.
    private List<String> marks(String facts) {
        var script =
                """
                const done = arguments[arguments.length - 1];
                import(new URL('js/strip.js', location.href)).then((strip) => {
                    const from = Date.parse('2026-11-25T08:00:00Z');
                    const minute = 60000;
                    const facts = FACTS.map(([at, kind]) => ({at: from + at * minute, kind, seconds: kind === 'ok' ? 30 : null}));
                    const drawn = strip.marks(facts, {from, to: from + 2880 * minute, now: from + 1440 * minute}, 740);
                    done(drawn.map((mark) => `${mark.shape} ${mark.kind} ${mark.facts.length}${mark.more ? ' +' + mark.more : ''}`));
                });
                """;
        return strings(browser.asyncScript(script.replace("FACTS", facts)));
    }

    private String plain(String literal) {
        return browser.asyncScript(
                        "const done = arguments[arguments.length - 1]; import(new URL('js/text.js', location.href))"
                                + ".then((text) => done(text.plain('"
                                + literal
                                + "')))")
                .asText();
    }

    private List<String> texts(String css) {
        return strings(
                browser.script(
                        "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent.trim().replace(/\\s+/g, ' '))",
                        css));
    }

    private static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }
}
