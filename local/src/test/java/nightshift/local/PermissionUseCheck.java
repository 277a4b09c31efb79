package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds permissions of `template.yaml` that no test has used. It is run by hand after all other
/// tests of this module (`local/pom.xml`), which record what they use. Permissions that are missing
/// need no check of their own: the local run refuses what they would allow.
class PermissionUseCheck {
    private static final Path USES = Path.of("target", "permission-uses.txt");

    /// What no test of this module uses, with the reason.
    private static final Map<String, String> UNUSED =
            Map.of(
                    ".* (Restore|Keep).*Group scheduler:CreateScheduleGroup .*",
                    "only after somebody has deleted the group");

    @Test
    void every_permission_is_used() throws IOException {
        assumeTrue(Files.exists(USES), "the other tests have recorded nothing");
        var used = Files.readAllLines(USES).stream().map(PermissionUseCheck::shared);
        var unused = new TreeSet<String>();
        for (var function : Template.read(LocalFixture.TEMPLATE).functions().values()) {
            function.permissions().all().forEach(line -> unused.add(shared(line)));
        }
        unused.removeAll(used.collect(Collectors.toSet()));
        unused.removeIf(line -> UNUSED.keySet().stream().anyMatch(line::matches));

        assertThat(unused).as("permissions that nothing uses: take them out").isEmpty();
    }

    /// A statement that functions share is used when one of them uses it.
    private static String shared(String line) {
        return line.replaceFirst("^\\w+ (ReadKeyAndProject|NoteUse) ", "CheckKeys $1 ");
    }
}
