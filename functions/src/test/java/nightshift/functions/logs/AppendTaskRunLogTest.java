package nightshift.functions.logs;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.CallBuilder;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

class AppendTaskRunLogTest {
    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final TaskRun run = project.run(project.task("Task").id());

    @Test
    void lines_that_come_after_the_end_of_the_run_are_compacted_as_well() {
        append(world);
        assertThat(world.logs().link(run.key(), RunLinks.LIFE)).isEmpty();
        world.runs().update(run.key(), from -> from.with(RunStatus.COMPLETED, project.now()));
        append(world);
        assertThat(world.logs().link(run.key(), RunLinks.LIFE)).isPresent();
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(2);
    }

    @Test
    void lines_that_are_there_are_answered_also_when_the_run_cannot_be_touched() {
        append(world.failing("touch"));
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(1);
        world.logs().compact(run.key());
        append(world.failing("touch"));
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(2);
    }

    private void append(Wiring parts) {
        var call =
                CallBuilder.call()
                        .method("POST")
                        .json("{\"entries\":[{\"n\":1}]}")
                        .inProject(project.id())
                        .taskId(run.key().taskId())
                        .id(run.id());
        var reply = new AppendTaskRunLog(parts).answer(call.build().linked());
        assertThat(reply.status()).isEqualTo(200);
    }
}
