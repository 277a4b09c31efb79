package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Finds permissions of `template.yaml` that no function uses. It runs after all other tests of
/// this module (`local/pom.xml`): those with a [PermissionUseRecorder] record what is used.
/// Permissions that are missing need no check of their own: the local run refuses what they would
/// allow.
class PermissionUseCheck {
    private static final String SIGNED =
            "the function signs; S3 asks for the permission when the link is used, and the local S3"
                    + " knows no roles";

    /// What no test of this module uses, with the reason.
    private static final Map<String, String> EXEMPT =
            Map.of(
                    "RetrieveTaskRun SignLog s3:GetObject .*", SIGNED,
                    "PresignTaskRunArtifact ReadArtifacts s3:GetObject .*", SIGNED,
                    "PrepareTaskRunArtifactUpload WriteArtifacts s3:PutObject .*", SIGNED);

    private static final Set<String> USED = new TreeSet<>();

    @BeforeAll
    static void read() throws IOException {
        var missing = new TreeSet<String>();
        var changed = Files.getLastModifiedTime(LocalFixture.TEMPLATE);
        for (var test : recorded()) {
            var file = PermissionUseRecorder.FOLDER.resolve(test);
            if (Files.exists(file) && Files.getLastModifiedTime(file).compareTo(changed) > 0) {
                USED.addAll(Files.readAllLines(file));
            } else {
                missing.add(test);
            }
        }
        if (missing.isEmpty()) return;
        var reason =
                "Which permissions are unused is known after all tests. These have not passed since"
                        + " the last change of the template: "
                        + missing;
        System.out.println(reason); // Maven shows no reason of a skipped test
        abort(reason);
    }

    @Test
    void every_permission_is_used() {
        assertThat(unused(Template.read(LocalFixture.TEMPLATE)))
                .as("permissions that nothing uses: take them out, or let a test use them")
                .isEmpty();
    }

    @Test
    void one_permission_more_is_named() throws IOException {
        var template = Files.readString(LocalFixture.TEMPLATE);
        var action = "Action: s3:DeleteObject\n";
        assertThat(template).containsOnlyOnce(action);
        var more = template.replace(action, "Action: [s3:DeleteObject, s3:DeleteObjectTagging]\n");

        var unused = unused(Template.parse(more));
        unused.removeAll(unused(Template.parse(template)));
        assertThat(unused)
                .singleElement()
                .asString()
                .startsWith("EraseProject EraseObjects s3:DeleteObjectTagging arn:aws:s3:::")
                .endsWith("/tasks/*");
    }

    @Test
    void every_exemption_is_of_a_permission_that_is_there() {
        var all = all(Template.read(LocalFixture.TEMPLATE));
        assertThat(EXEMPT.keySet())
                .allSatisfy(line -> assertThat(all).anyMatch(each -> each.matches(line)));
    }

    private static Collection<String> unused(Template template) {
        var unused = new TreeSet<>(all(template));
        USED.forEach(use -> unused.remove(shared(use)));
        unused.removeIf(line -> EXEMPT.keySet().stream().anyMatch(line::matches));
        return unused;
    }

    private static List<String> all(Template template) {
        return template.functions().values().stream()
                .flatMap(function -> function.permissions().all().stream())
                .map(PermissionUseCheck::shared)
                .toList();
    }

    /// The use of a key is noted once an hour, by the endpoint that comes first.
    private static String shared(String use) {
        return use.replaceFirst("^\\w+ NoteUse ", "Endpoints NoteUse ");
    }

    /// The test classes that record.
    private static Set<String> recorded() {
        return new ClassFileImporter()
                .importPackages("nightshift.local").stream()
                        .filter(PermissionUseCheck::records)
                        .map(JavaClass::getSimpleName)
                        .collect(Collectors.toSet());
    }

    private static boolean records(JavaClass type) {
        return type.tryGetAnnotationOfType(ExtendWith.class)
                .filter(with -> List.of(with.value()).contains(PermissionUseRecorder.class))
                .isPresent();
    }
}
