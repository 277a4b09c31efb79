package nightshift.functions.logs;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.api.Call;
import nightshift.api.Reply;
import nightshift.functions.lambda.InMemoryWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
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
        append(world);
        assertThat(found().logWhole()).isFalse();
    }

    /// As a log shows an old seal when those behind it have expired.
    @Test
    void a_log_whose_seal_is_older_than_the_row_is_whole_no_more_either() {
        world.runs().logExtended(run.key(), 4);
        compact(5, 2);
        assertThat(found().logWhole()).isTrue();
        append(world);
        assertThat(found().logWhole()).isFalse();
    }

    /// The caller would send them again.
    @Test
    void lines_that_are_there_are_answered_also_when_it_cannot_be_noted_that_there_are_many() {
        var failing = world.failing("logGrown");
        for (int n = 1; n <= 16; n++) assertThat(append(failing).status()).isEqualTo(200);
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(16);
    }

    @Test
    void lines_that_are_there_are_answered_also_when_the_run_cannot_be_touched() {
        assertThat(append(world.failing("touch")).status()).isEqualTo(200);
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(1);
        compact(0, 0);
        assertThat(append(world.failing("touch")).status()).isEqualTo(200);
        assertThat(world.logs().open(run.key()).entries()).isEqualTo(2);
    }

    private void compact(long noted, long sealed) {
        world.logs().compact(run.key(), sealed);
        world.runs().logCompacted(run.key(), noted);
    }

    private Reply append(Wiring parts) {
        var event =
                Json.object().put("httpMethod", "POST").put("body", "{\"entries\":[{\"n\":1}]}");
        event.putObject("headers").put("Content-Type", "application/json").put("Host", "localhost");
        event.putObject("pathParameters")
                .put("project_id", Long.toString(project.id()))
                .put("task_id", run.key().taskId().toString())
                .put("id", run.id().toString());
        return new AppendTaskRunLog(parts).answer(Call.of(event).linked());
    }

    private TaskRun found() {
        return world.runs().find(run.key()).orElseThrow();
    }
}
