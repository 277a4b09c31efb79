package nightshift.worker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Executors;

/// A server of bare Git repositories behind HTTP basic authentication: `git http-backend`, which
/// comes with git, over the JDK's server.
final class GitServer implements AutoCloseable {
    private final Path repositories;
    private final String authorization;
    private final HttpServer server;

    GitServer(Path repositories, String user, String password) throws IOException {
        this.repositories = repositories;
        var credentials = (user + ":" + password).getBytes(UTF_8);
        authorization = "Basic " + Base64.getEncoder().encodeToString(credentials);
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = HttpServer.create(loopback, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = exchange.getRequestHeaders();
            if (!authorization.equals(request.getFirst("Authorization"))) {
                exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"git\"");
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            var answer = Files.createTempFile(repositories, "answer", "");
            var body = Files.createTempFile(repositories, "body", "");
            Files.write(body, exchange.getRequestBody().readAllBytes());
            var backend =
                    new ProcessBuilder("git", "http-backend")
                            .redirectInput(body.toFile())
                            .redirectOutput(answer.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT);
            var uri = exchange.getRequestURI();
            var environment = backend.environment();
            environment.put("GIT_PROJECT_ROOT", repositories.toString());
            environment.put("GIT_HTTP_EXPORT_ALL", "1");
            environment.put("PATH_INFO", uri.getPath());
            environment.put("QUERY_STRING", uri.getQuery() == null ? "" : uri.getQuery());
            environment.put("REQUEST_METHOD", exchange.getRequestMethod());
            environment.put("REMOTE_USER", "somebody");
            environment.put("CONTENT_LENGTH", String.valueOf(Files.size(body)));
            for (var name : List.of("Content-Type", "Content-Encoding", "Git-Protocol")) {
                var value = request.getFirst(name);
                var variable = name.toUpperCase(java.util.Locale.ROOT).replace('-', '_');
                if (value != null) {
                    environment.put(
                            name.equals("Content-Type") ? variable : "HTTP_" + variable, value);
                }
            }
            backend.start().waitFor();
            send(exchange, new String(Files.readAllBytes(answer), ISO_8859_1));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private static void send(HttpExchange exchange, String answer) throws IOException {
        int end = answer.indexOf("\r\n\r\n");
        int status = 200;
        for (var line : answer.substring(0, end).split("\r\n", -1)) {
            var header = line.split(": ", 2);
            if (header[0].equals("Status")) {
                status = Integer.parseInt(header[1].substring(0, 3));
            } else {
                exchange.getResponseHeaders().set(header[0], header[1]);
            }
        }
        var content = answer.substring(end + 4).getBytes(ISO_8859_1);
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }
}
