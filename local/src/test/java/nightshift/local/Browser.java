package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/// A headless Chromium, driven over the WebDriver protocol by chromedriver.
///
/// @see <a href="https://www.w3.org/TR/webdriver2/">W3C: WebDriver</a>
final class Browser implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final URI root;
    private final List<JsonNode> network = new ArrayList<>();
    private final List<String> messages = new ArrayList<>();
    private @Nullable String session;

    private Browser(Process driver, int port) {
        this.driver = driver;
        this.root = URI.create("http://127.0.0.1:" + port);
    }

    /// Where chromedriver is; empty: this machine has none, or no Chromium.
    static Optional<Path> driver() {
        var chromium =
                onPath("chromium").or(() -> onPath("google-chrome")).or(() -> onPath("chrome"));
        return onPath("chromedriver").filter(_ -> chromium.isPresent());
    }

    /// Starts a browser for a person in Berlin.
    static Browser start(Path chromedriver) throws IOException {
        var builder = new ProcessBuilder(chromedriver.toString(), "--port=0");
        builder.environment().put("TZ", "Europe/Berlin");
        builder.redirectErrorStream(true);
        var process = builder.start();
        var output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            var port = PORT.matcher(line);
            if (port.find()) {
                Thread.startVirtualThread(() -> output.lines().forEach(_ -> {}));
                return new Browser(process, Integer.parseInt(port.group(1)));
            }
        }
        throw new IOException("chromedriver did not start");
    }

    /// Opens a window of its own, with nothing kept from the one before, which is closed. The
    /// browser stays: its start takes longer than most tests.
    Browser window(int width, int height) {
        if (session == null) {
            begin();
        } else {
            var window = inSession("POST", "/window/new", empty().put("type", "tab"));
            inSession("DELETE", "/window", null);
            inSession("POST", "/window", empty().put("handle", window.path("handle").asText()));
            cdp(
                    "Storage.clearDataForOrigin",
                    empty().put("origin", "*").put("storageTypes", "all"));
            drain();
            network.clear();
            messages.clear();
        }
        size(width, height);
        return this;
    }

    private void begin() {
        var options = JSON.createObjectNode();
        var arguments = options.putArray("args");
        List.of(
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--hide-scrollbars",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-default-apps",
                        "--no-first-run",
                        "--lang=en-GB",
                        "--force-color-profile=srgb")
                .forEach(arguments::add);
        onPath("chromium").ifPresent(path -> options.put("binary", path.toString()));
        var always = JSON.createObjectNode();
        always.set("goog:chromeOptions", options);
        always.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
        var body = JSON.createObjectNode();
        body.putObject("capabilities").set("alwaysMatch", always);
        session = call("POST", "/session", body).path("sessionId").asText();
    }

    /// Makes the page as large as that, without the window's frame.
    void size(int width, int height) {
        cdp(
                "Emulation.setDeviceMetricsOverride",
                JSON.createObjectNode()
                        .put("width", width)
                        .put("height", height)
                        .put("deviceScaleFactor", 1)
                        .put("mobile", false));
    }

    /// Prefers light or dark colours.
    void prefer(String scheme) {
        var parameters = JSON.createObjectNode();
        parameters
                .putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        cdp("Emulation.setEmulatedMedia", parameters);
    }

    /// Executes a script in every document before the page's own.
    void before(String script) {
        cdp("Page.addScriptToEvaluateOnNewDocument", JSON.createObjectNode().put("source", script));
    }

    JsonNode cdp(String command, ObjectNode parameters) {
        var body = JSON.createObjectNode().put("cmd", command);
        body.set("params", parameters);
        return inSession("POST", "/goog/cdp/execute", body);
    }

    void open(String url) {
        inSession("POST", "/url", JSON.createObjectNode().put("url", url));
    }

    String url() {
        return inSession("GET", "/url", null).asText();
    }

    void back() {
        inSession("POST", "/back", JSON.createObjectNode());
    }

    /// Executes a function's body in the page and returns its value.
    JsonNode script(String script, Object... arguments) {
        return execute("/execute/sync", script, arguments);
    }

    /// Executes a function's body whose last argument is to be called with the result.
    JsonNode asyncScript(String script, Object... arguments) {
        return execute("/execute/async", script, arguments);
    }

    /// The text of the page as it is shown.
    String text() {
        return script("return document.body.innerText").asText();
    }

    String text(String css) {
        return script(
                        "return document.querySelector(arguments[0])?.textContent?.trim().replace(/\\s+/g, ' ') ?? ''",
                        css)
                .asText();
    }

    int count(String css) {
        return script("return document.querySelectorAll(arguments[0]).length", css).asInt();
    }

    /// Waits until a script's value is true.
    void until(String what, String script, Object... arguments) {
        var deadline = Instant.now().plus(PATIENCE);
        while (!script("return Boolean(" + script + ")", arguments).asBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("not seen: %s%n%s%n%s".formatted(what, text(), logged()));
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /// Waits until the page shows a text.
    void untilText(String text) {
        until(text, "document.body.innerText.includes(arguments[0])", text);
    }

    /// Waits for an element, and clicks it as a person does.
    void click(String css) {
        until(css, "document.querySelector(arguments[0])", css);
        inSession("POST", "/element/" + element("css selector", css) + "/click", empty());
    }

    /// Clicks the link or button with this text.
    void clickText(String text) {
        var path =
                "//*[self::a or self::button or self::summary][contains(normalize-space(.), \"%s\")]"
                        .formatted(text);
        untilText(text);
        inSession("POST", "/element/" + element("xpath", path) + "/click", empty());
    }

    /// Replaces what a field contains.
    void type(String css, String text) {
        until(css, "document.querySelector(arguments[0])", css);
        var id = element("css selector", css);
        inSession("POST", "/element/" + id + "/clear", empty());
        inSession("POST", "/element/" + id + "/value", JSON.createObjectNode().put("text", text));
    }

    /// Presses keys, wherever the focus is. See WebDriver for the names of special keys.
    void press(String... keys) {
        var body = JSON.createObjectNode();
        var source = body.putArray("actions").addObject().put("type", "key").put("id", "keys");
        var actions = source.putArray("actions");
        for (var key : keys) {
            actions.addObject().put("type", "keyDown").put("value", key);
            actions.addObject().put("type", "keyUp").put("value", key);
        }
        inSession("POST", "/actions", body);
    }

    /// Moves the pointer.
    void point(int x, int y) {
        var body = JSON.createObjectNode();
        var source = body.putArray("actions").addObject().put("type", "pointer").put("id", "mouse");
        source.putObject("parameters").put("pointerType", "mouse");
        source.putArray("actions")
                .addObject()
                .put("type", "pointerMove")
                .put("duration", 0)
                .put("x", x)
                .put("y", y);
        inSession("POST", "/actions", body);
    }

    byte[] screenshot() {
        return Base64.getMimeDecoder().decode(inSession("GET", "/screenshot", null).asText());
    }

    /// What the page, or the browser about the page, has written to the console.
    List<String> logged() {
        drain();
        return List.copyOf(messages);
    }

    /// The URLs that the page has asked for.
    List<String> requested() {
        drain();
        return network.stream()
                .filter(event -> event.path("method").asText().equals("Network.requestWillBeSent"))
                .map(event -> event.at("/params/request/url").asText())
                .toList();
    }

    private void drain() {
        for (var entry : log("browser")) {
            messages.add(entry.path("level").asText() + " " + entry.path("message").asText());
        }
        for (var entry : log("performance")) {
            try {
                network.add(JSON.readTree(entry.path("message").asText()).path("message"));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private JsonNode log(String type) {
        return inSession("POST", "/se/log", JSON.createObjectNode().put("type", type));
    }

    private String element(String using, String value) {
        var found =
                inSession(
                        "POST",
                        "/element",
                        JSON.createObjectNode().put("using", using).put("value", value));
        return found.elements().next().asText();
    }

    private JsonNode execute(String path, String script, Object... arguments) {
        var body = JSON.createObjectNode().put("script", script);
        ArrayNode args = body.putArray("args");
        for (var argument : arguments) args.addPOJO(argument);
        return inSession("POST", path, body);
    }

    private JsonNode inSession(String method, String path, @Nullable JsonNode body) {
        return call(method, "/session/" + session + path, body);
    }

    private JsonNode call(String method, String path, @Nullable JsonNode body) {
        try {
            var request =
                    HttpRequest.newBuilder(root.resolve(path))
                            .timeout(Duration.ofSeconds(60))
                            .method(
                                    method,
                                    body == null
                                            ? HttpRequest.BodyPublishers.noBody()
                                            : HttpRequest.BodyPublishers.ofString(
                                                    JSON.writeValueAsString(body)))
                            .build();
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            var value = JSON.readTree(answer.body()).path("value");
            if (answer.statusCode() != 200) {
                throw new AssertionError(
                        value.path("error").asText() + ": " + value.path("message").asText());
            }
            return value;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }

    private void close(@Nullable String open) {
        if (open != null) call("DELETE", "/session/" + open, null);
    }

    @Override
    public void close() {
        try {
            close(session);
        } finally {
            driver.destroy();
            http.close();
        }
    }

    private static ObjectNode empty() {
        return JSON.createObjectNode();
    }

    private static Optional<Path> onPath(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
