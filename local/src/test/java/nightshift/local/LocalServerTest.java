package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.local.Settings.Port;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

class LocalServerTest {
    private static final String AUTOMATION =
            """
            {"name": "nightly", "prompt": "check", "repository": "a/b", "cron_expression": "0 9 * * *"}
            """;

    @TempDir Path state;

    @Test
    void a_second_start_finds_everything() throws Exception {
        ApiKeys keys;
        try (var server = LocalServer.start(settings())) {
            keys = server.keys();
            assertThat(send(server, "POST", AUTOMATION).statusCode()).isEqualTo(201);
        }
        try (var server = LocalServer.start(settings())) {
            assertThat(server.keys()).isEqualTo(keys);
            assertThat(send(server, "GET", "").body())
                    .contains("\"count\":1", "\"name\":\"nightly\"");
            assertThat(Files.readString(state.resolve("keys.env")))
                    .contains("export NIGHTSHIFT_URL=" + server.url(Port.API))
                    .contains("export NIGHTSHIFT_KEY=" + keys.write())
                    .contains("export NIGHTSHIFT_READ_KEY=" + keys.read());
            assertThat(Files.getPosixFilePermissions(state.resolve("keys.env")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
            assertThatThrownBy(() -> LocalServer.start(settings()))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("under way");
        }
    }

    @Test
    void tables_in_memory_leave_no_file() throws Exception {
        try (var server = LocalServer.start(settings().withTablesInMemory())) {
            assertThat(send(server, "POST", AUTOMATION).statusCode()).isEqualTo(201);
            assertThat(send(server, "GET", "").body()).contains("\"count\":1");
            assertThat(state.resolve("dynamodb")).doesNotExist();
        }
    }

    @Test
    void a_state_that_cannot_be_read_is_one_sentence() throws Exception {
        var data = Files.createDirectories(state.resolve("dynamodb"));
        Files.writeString(data.resolve("shared-local-instance.db"), "x".repeat(5_000));

        assertThatThrownBy(() -> LocalServer.start(settings()))
                .isInstanceOf(StartupException.class)
                .hasMessage(
                        "The tables in %s cannot be read: move the state folder away to begin anew."
                                .formatted(data));
    }

    @Test
    void a_state_folder_that_cannot_be_made_is_one_sentence() throws Exception {
        var file = Files.writeString(state.resolve("file"), "");

        assertThatThrownBy(() -> StateFolder.open(file.resolve("state")))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("cannot be written");
    }

    @Test
    void a_port_that_is_none_or_in_use_is_one_sentence() throws Exception {
        assertThatThrownBy(() ->
                        Settings.fromEnvironment(Map.of("NIGHTSHIFT_S3_PORT", "ninethousand")))
                .hasMessage("NIGHTSHIFT_S3_PORT is \"ninethousand\", which is not a port number.");
        try (var taken =
                LoopbackHttpServer.serve(
                        0,
                        0,
                        _ ->
                                new LoopbackHttpServer.Response(
                                        200, java.util.List.of(), new byte[0]))) {
            var port = String.valueOf(taken.port());
            var settings = Settings.fromEnvironment(Map.of("NIGHTSHIFT_API_PORT", port));

            assertThatThrownBy(settings::checkPorts)
                    .hasMessage(
                            "Port %s (the API, as API Gateway serves it) is in use: stop what uses it, or set NIGHTSHIFT_API_PORT to another port."
                                    .formatted(port));
        }
    }

    private Settings settings() {
        return Settings.forTest(Path.of("..", "template.yaml"), state);
    }

    private static HttpResponse<String> send(LocalServer server, String method, String body)
            throws Exception {
        var uri = URI.create(server.url(Port.API) + "/api/projects/1/task_automations/");
        try (var http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(uri)
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Authorization", "Bearer " + server.keys().write())
                            .header("Content-Type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
