package nightshift.cli.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nightshift.cli.text.CliException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

class CallerTest {
    private static final String LOCAL = "http://127.0.0.1:3000";

    @TempDir private Path folder;

    @Test
    void the_environment_alone_is_enough_and_the_project_is_1() {
        var found = connection(Map.of("NIGHTSHIFT_URL", LOCAL + "/", "NIGHTSHIFT_KEY", "phx_a"));

        assertThat(found).isEqualTo(new Connection(Connection.address(LOCAL), "phx_a", "1"));
    }

    @Test
    void a_login_is_used_without_an_environment() {
        store("default", LOCAL, "phx_stored", "7");

        assertThat(connection(Map.of()).project()).isEqualTo("7");
        assertThat(connection(Map.of()).key()).isEqualTo("phx_stored");
    }

    @Test
    void a_stored_key_is_not_sent_to_another_address() {
        store("default", LOCAL, "phx_stored", "1");

        assertThatThrownBy(() -> connection(Map.of("NIGHTSHIFT_URL", "https://elsewhere.example")))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("There is no key for https://elsewhere.example")
                .extracting(failure -> ((CliException) failure).exitCode())
                .isEqualTo(4);
    }

    @Test
    void a_profile_is_chosen_by_its_name() {
        store("work", "https://work.example/prod", "phx_work", "2");
        store("home", LOCAL, "phx_home", "3");

        assertThat(connection(Map.of()).key()).isEqualTo("phx_home");
        assertThat(connection(Map.of("NIGHTSHIFT_PROFILE", "work")).key()).isEqualTo("phx_work");
        assertThat(Caller.connection(null, null, "work", environment(Map.of())).project())
                .isEqualTo("2");
        assertThatThrownBy(() -> connection(Map.of("NIGHTSHIFT_PROFILE", "none")))
                .hasMessageContaining("no profile \"none\"");
    }

    @Test
    void nobody_signed_in_is_exit_code_4() {
        assertThatThrownBy(() -> connection(Map.of()))
                .extracting(failure -> ((CliException) failure).exitCode())
                .isEqualTo(4);
    }

    @Test
    void only_the_owner_may_read_the_file() throws IOException {
        store("default", LOCAL, "phx_stored", "1");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void a_connection_does_not_print_its_key() {
        assertThat(new Connection(Connection.address(LOCAL), "phx_secret", "1").toString())
                .doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://api.example",
                "ftp://127.0.0.1",
                "api.example",
                "https://a:b@api.example",
                "https://api.example/?x=1",
                "https://",
                "not an address"
            })
    void an_address_that_would_show_the_key_or_is_none_is_refused(String address) {
        assertThatThrownBy(() -> Connection.address(address))
                .extracting(failure -> ((CliException) failure).exitCode())
                .isEqualTo(3);
    }

    private Connection connection(Map<String, String> variables) {
        return Caller.connection(null, null, null, environment(variables));
    }

    private Map<String, String> environment(Map<String, String> variables) {
        var all = new HashMap<>(variables);
        all.put("NIGHTSHIFT_CONFIG", file().toString());
        return all;
    }

    private Path file() {
        return folder.resolve("deep").resolve("config.json");
    }

    private void store(String profile, String address, String key, String project) {
        ConfigFile.of(environment(Map.of()))
                .store(profile, new Connection(Connection.address(address), key, project));
    }
}
