package nightshift.functions;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.Call;
import nightshift.api.Json;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

class AppendTaskRunLogTest {
    private final InMemoryWiring world = new InMemoryWiring();
    private final TestProject project = new TestProject(world.ports);
    private final TaskRun run = project.run(project.task("Task").id());

    @Test
    void a_log_that_goes_on_is_whole_no_more() {
        compact(0, 0);
        assertThat(found().logWhole()).isTrue();
        append();
        assertThat(found().logWhole()).isFalse();
    }

    /// As a log shows an old seal when those behind it have expired.
    @Test
    void a_log_whose_seal_is_older_than_the_row_is_whole_no_more_either() {
        world.runs().logExtended(run.key(), 4);
        compact(5, 2);
        assertThat(found().logWhole()).isTrue();
        append();
        assertThat(found().logWhole()).isFalse();
    }

    private void compact(long noted, long sealed) {
        world.logs().compact(run.key(), sealed);
        world.runs().logCompacted(run.key(), noted);
    }

    private void append() {
        var event =
                Json.object().put("httpMethod", "POST").put("body", "{\"entries\":[{\"n\":1}]}");
        event.putObject("headers").put("Content-Type", "application/json").put("Host", "localhost");
        event.putObject("pathParameters")
                .put("project_id", Long.toString(project.id()))
                .put("task_id", run.key().taskId().toString())
                .put("id", run.id().toString());
        new AppendTaskRunLog(world).answer(Call.of(event).linked());
    }

    private TaskRun found() {
        return world.runs().find(run.key()).orElseThrow();
    }
}
