package nightshift.functions.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomation;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.testing.TestProject;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

class ReconcileTest {
    private static final int AUTOMATIONS = 40;

    private final InMemoryWiring world = new InMemoryWiring();

    @Test
    void one_that_fails_does_not_keep_the_others_from_being_looked_at() throws IOException {
        var project = new TestProject(world.ports);
        var automations =
                IntStream.range(0, AUTOMATIONS)
                        .mapToObj(_ -> project.automation("nightly"))
                        .toList();
        var unlucky = automations.get(AUTOMATIONS / 2).id();
        assertThat(reconcile(busyFor(unlucky))).isEqualTo("1 automations could not be reconciled");
        assertThat(world.schedules.automations()).hasSize(AUTOMATIONS - 1).doesNotContain(unlucky);

        assertThat(reconcile(world)).contains("\"automations\":40", "\"unsynced\":1,");
        assertThat(world.schedules.automations())
                .containsExactlyInAnyOrderElementsOf(
                        automations.stream().map(TaskAutomation::id).toList());
    }

    @Test
    void what_has_no_automation_any_more_has_no_schedule() throws IOException {
        var project = new TestProject(world.ports);
        var kept = project.automation("kept");
        var gone = project.automation("gone");
        reconcile(world);
        world.automations().remove(project.id(), gone.id());
        assertThat(reconcile(world)).contains("\"automations\":1", "\"orphans\":1");
        assertThat(world.schedules.automations()).containsExactly(kept.id());
    }

    /// The schedule service refuses to speak of one automation.
    private Wiring busyFor(UUID unlucky) {
        var schedules =
                new Schedules() {
                    @Override
                    public void sync(UUID id, @Nullable TaskAutomation wanted) {
                        if (id.equals(unlucky)) throw new IllegalStateException("busy");
                        world.schedules.sync(id, wanted);
                    }

                    @Override
                    public boolean matches(TaskAutomation wanted) {
                        return world.schedules.matches(wanted);
                    }

                    @Override
                    public Optional<Long> projectOf(UUID id) {
                        return world.schedules.projectOf(id);
                    }

                    @Override
                    public Set<UUID> automations() {
                        return world.schedules.automations();
                    }
                };
        return (Wiring)
                Proxy.newProxyInstance(
                        Wiring.class.getClassLoader(),
                        new Class<?>[] {Wiring.class},
                        (_, method, arguments) ->
                                method.getName().equals("schedules")
                                        ? schedules
                                        : method.invoke(world, arguments));
    }

    /// What it answers, or why it fails.
    private static String reconcile(Wiring wiring) throws IOException {
        var answer = new ByteArrayOutputStream();
        try {
            new Reconcile(wiring)
                    .handleRequest(new ByteArrayInputStream(new byte[] {'{', '}'}), answer, null);
            return answer.toString(StandardCharsets.UTF_8);
        } catch (IllegalStateException failed) {
            return String.valueOf(failed.getMessage());
        }
    }
}
