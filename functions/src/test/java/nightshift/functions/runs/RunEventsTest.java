package nightshift.functions.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.functions.lambda.InMemoryWiring;
import nightshift.json.Json;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

class RunEventsTest {
    private static final int LARGEST_ENTRY = 256 << 10;
    private final TestProject project = new TestProject(new InMemoryWiring().ports);

    @Test
    void a_queued_run_is_announced_with_all_that_a_worker_needs() {
        var event = queued("Fix it");

        assertThat(event.path("prompt").asText()).isEqualTo("Fix it");
        assertThat(event.path("json_schema").toString()).isEqualTo("{\"type\":\"object\"}");
        assertThat(event.path("branch").asText()).isEqualTo("main");
        assertThat(event.path("api_url").asText()).isEqualTo("https://api.example.com");
        assertThat(event.path("claim_token").asText()).hasSize(64);
    }

    @Test
    void a_prompt_that_no_event_can_carry_is_left_for_the_worker_to_read() {
        var event = queued("\u0001".repeat(64 << 10)); // six bytes each in JSON

        assertThat(Json.text(event).getBytes(StandardCharsets.UTF_8).length)
                .isLessThan(LARGEST_ENTRY);
        assertThat(event.path("prompt").isNull()).isTrue();
        assertThat(event.path("json_schema").isNull()).isTrue();
        assertThat(event.path("claim_token").asText()).hasSize(64);
    }

    private ObjectNode queued(String prompt) {
        var task = project.unsavedTask("Task", false);
        var spec = task.spec().worded("Task", prompt, "acme/web", null);
        var worded = task.with(spec, true, project.now());
        return RunEvents.queued(project.unsavedRun(task.id()), worded, "https://api.example.com");
    }
}
