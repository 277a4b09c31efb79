package nightshift.functions.logs;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

class RunChainTest {
    private final Ports ports = Ports.inMemory();
    private final TestProject project = new TestProject(ports);
    private final UUID task = project.task("task").id();
    private final RunChain chain = new RunChain(ports.runs());

    @Test
    void a_run_comes_before_the_one_that_it_resumes() {
        var first = project.run(task);
        var second = resuming(first.id());
        var third = resuming(second.id());
        assertThat(chain.of(third)).containsExactly(third, second, first);
    }

    @Test
    void an_ancestor_is_announced_and_looked_up_only_when_it_is_asked_for() {
        var first = project.run(task);
        var second = resuming(first.id());
        var ahead = new ArrayList<RunKey>();
        assertThat(chain.of(second, ahead::add).findFirst()).contains(second);
        assertThat(ahead).isEmpty();
        assertThat(chain.of(second, ahead::add)).hasSize(2);
        assertThat(ahead).containsExactly(first.key());
    }

    @Test
    void ends_after_ten_ancestors() {
        var run = project.run(task);
        for (int n = 1; n <= 10; n++) run = resuming(run.id());
        assertThat(chain.of(run)).hasSize(11);
        assertThat(chain.of(resuming(run.id()))).hasSize(11);
    }

    @Test
    void ends_where_it_would_begin_again() {
        var first = project.run(task);
        var second = resuming(first.id());
        var again = resume(first, second.id());
        assertThat(chain.of(again)).containsExactly(again, second);
        var itself = resume(again, again.id());
        assertThat(chain.of(itself)).containsExactly(itself);
    }

    @Test
    void ends_at_what_is_no_run_of_its_task() {
        var elsewhere = project.run(project.task("another task").id());
        for (var resumed : List.of(UUID.randomUUID(), elsewhere.id())) {
            var run = resuming(resumed);
            assertThat(chain.of(run)).containsExactly(run);
        }
    }

    private TaskRun resuming(UUID resumed) {
        return resume(project.run(task), resumed);
    }

    private TaskRun resume(TaskRun run, UUID resumed) {
        var state = "{\"resume_from_run_id\":\"" + resumed + "\"}";
        return ports.runs().update(run.key(), kept -> kept.withState(state)).orElseThrow();
    }
}
