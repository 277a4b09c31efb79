package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A browser that looks at the console, and what every test of the console checks.
///
/// Where this machine has no Chromium the tests are skipped. Where `NIGHTSHIFT_BROWSER` is
/// `required`, as in `.ci/run`, they fail.
final class ConsoleBrowser implements AutoCloseable {
    /// `mvn verify -Dnightshift.pictures=renew` writes the pictures of `docs/` anew.
    private static final boolean RENEW = "renew".equals(System.getProperty("nightshift.pictures"));

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LARGEST_PICTURE = 300_000;

    private final Browser browser;
    private final String axe;
    private final List<String> expected = new ArrayList<>();
    private String own = "";

    private ConsoleBrowser(Browser browser, String axe) {
        this.browser = browser;
        this.axe = axe;
    }

    static ConsoleBrowser start() throws IOException {
        var driver = Browser.driver();
        if (driver.isEmpty() && !"required".equals(System.getenv("NIGHTSHIFT_BROWSER"))) {
            Assumptions.abort(
                    "The console is not tested: this machine has no chromium with chromedriver.");
        }
        try (var script = ConsoleBrowser.class.getResourceAsStream("/axe.min.js")) {
            if (script == null) throw new AssertionError("axe-core is not on the class path");
            var axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
            return new ConsoleBrowser(
                    Browser.start(driver.orElseThrow(() -> new AssertionError("no browser"))), axe);
        }
    }

    Browser browser() {
        return browser;
    }

    /// Opens a window whose clock goes on from a moment. `moveClock` moves it.
    void window(int width, int height, Instant now, String address) {
        own = origin(address);
        expected.clear();
        browser.window(width, height);
        browser.before(
                """
                {
                    const Real = Date;
                    let shift = %d - Real.now();
                    const now = () => Real.now() + shift;
                    window.moveClock = (millis) => { shift = millis - Real.now(); };
                    window.Date = class extends Real {
                        constructor(...given) { given.length ? super(...given) : super(now()); }
                        static now() { return now(); }
                    };
                }
                """
                        .formatted(now.toEpochMilli()));
    }

    /// A message of the console that the test has provoked: the browser writes one for each
    /// refusal.
    void expect(String part) {
        expected.add(part);
    }

    /// The console said nothing, and the page asked its own host only.
    void check() {
        if (own.isEmpty()) return;
        assertThat(browser.logged())
                .filteredOn(message -> expected.stream().noneMatch(message::contains))
                .isEmpty();
        assertThat(browser.requested())
                .filteredOn(url -> url.matches("(?:https?|wss?):.*"))
                .allSatisfy(url -> assertThat(url).startsWith("http://127.0.0.1:"));
        own = "";
    }

    /// The serious and critical faults that axe-core finds in what is shown.
    List<String> faults() {
        browser.script(axe);
        return browser.asyncScript(
                        """
                        const done = arguments[arguments.length - 1];
                        axe.run().then(({violations}) => done(violations
                            .filter(({impact}) => impact === 'serious' || impact === 'critical')
                            .map(({id, nodes}) => id + ': ' + nodes[0].html + ' ' + nodes[0].failureSummary)));
                        """)
                .valueStream()
                .map(JsonNode::asText)
                .toList();
    }

    /// Counts the processor's time of the page from now on.
    void countWork() {
        browser.cdp("Performance.enable", JSON.createObjectNode().put("timeDomain", "threadTicks"));
    }

    /// Seconds of the page's main thread since its document began.
    double work() {
        for (var metric :
                browser.cdp("Performance.getMetrics", JSON.createObjectNode()).path("metrics")) {
            if (metric.path("name").asText().equals("TaskDuration")) {
                return metric.path("value").asDouble();
            }
        }
        throw new AssertionError("the browser counts no time");
    }

    /// Keeps a picture of what is shown, in `target`, or in `docs` when pictures are renewed.
    void picture(String name) {
        var picture = browser.screenshot();
        assertThat(picture.length).as("bytes of %s", name).isLessThan(LARGEST_PICTURE);
        var folder = RENEW ? Path.of("..", "docs") : Path.of("target", "pictures");
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve("console-" + name + ".png"), picture);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String origin(String address) {
        var url = URI.create(address);
        return url.getScheme() + "://" + url.getAuthority();
    }

    @Override
    public void close() {
        browser.close();
    }
}
