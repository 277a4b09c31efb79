package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.UUID;

/// What every `Artifacts` does.
public interface ArtifactsContract {
    Artifacts artifacts();

    @Test
    default void keeps_a_file_with_its_size_and_type() throws IOException {
        var path = path("plan.md");
        artifacts().put(path, "# Plan é".getBytes(UTF_8), "text/markdown");
        assertThat(artifacts().find(path)).contains(new StoredArtifact(9, "text/markdown"));
        try (var content = artifacts().open(path).orElseThrow()) {
            assertThat(content).hasBinaryContent("# Plan é".getBytes(UTF_8));
        }
    }

    @Test
    default void a_file_of_unknown_type_is_plain_bytes() {
        var path = path("x");
        artifacts().put(path, new byte[0], "");
        assertThat(artifacts().find(path))
                .contains(new StoredArtifact(0, "application/octet-stream"));
    }

    @Test
    default void knows_nothing_of_what_is_not_there() {
        assertThat(artifacts().find(path("none"))).isEmpty();
        assertThat(artifacts().open(path("none"))).isEmpty();
    }

    static StoragePath path(String name) {
        var run = new RunKey(7, UUID.randomUUID(), UUID.randomUUID());
        return StoragePath.of(run, UUID.randomUUID().toString().replace("-", ""), name);
    }
}
