package nightshift.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.RandomJson;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// Sends random bodies. None is answered with a 5xx, and a refused one changes nothing.
class RandomBodiesTest {
    @RegisterExtension static final Stack STACK = new Stack();

    private static final int BODIES = Integer.getInteger("nightshift.bodies", 5_000);
    private static final int CALLERS = 4;
    private static final int SAMPLE = 50;

    /// A write endpoint with the fields that it reads.
    private record Target(String method, String path, List<String> fields) {}

    @Test
    void random_bodies_never_break_an_endpoint_and_never_leave_half_a_change(Api api)
            throws Exception {
        long seed = Long.getLong("nightshift.seed", System.nanoTime());
        var callers = new ArrayList<Callable<Integer>>();
        for (int caller = 0; caller < CALLERS; caller++) {
            var random = new Random(seed + caller);
            var project = api.freshProject("Random");
            callers.add(() -> new Caller(project, random, seed).send(BODIES / CALLERS));
        }
        int refused = 0;
        try (var threads = Executors.newFixedThreadPool(CALLERS)) {
            for (var sent : threads.invokeAll(callers)) refused += sent.get();
        }
        assertThat(refused).as("refusals of %d bodies", BODIES).isBetween(BODIES / 4, BODIES);
    }

    /// The only caller of a project, so that it causes all differences.
    private static final class Caller {
        private final Api api;
        private final Random random;
        private final long seed;
        private final String automation;
        private final String task;
        private final String run;
        private final List<Target> targets;

        Caller(Api api, Random random, long seed) {
            this.api = api;
            this.random = random;
            this.seed = seed;
            this.automation = "/task_automations/" + api.automation().path("id").asText();
            this.task = "/tasks/" + api.task().path("id").asText();
            this.run = api.run(task);
            this.targets = targets();
        }

        int send(int bodies) {
            int refused = 0;
            for (int i = 0; i < bodies; i++) {
                var target = targets.get(random.nextInt(targets.size()));
                var body = nightshift.json.Json.text(body(target));
                var sampled = i % SAMPLE == 0;
                var before = sampled ? everything() : null;
                var answer =
                        api.call(target.method(), target.path())
                                .body(body, "application/json")
                                .send();
                var description =
                        "nightshift.seed=%d: %s %s %s -> %s"
                                .formatted(
                                        seed, target.method(), target.path(), body, answer.text());
                assertThat(answer.status()).as(description).isIn(200, 201, 400, 404);
                if (answer.status() >= 400) {
                    refused++;
                    if (sampled) assertThat(everything()).as(description).isEqualTo(before);
                }
            }
            return refused;
        }

        /// All data that a body could change: the number of objects, and the newest ones in full.
        /// Links are left out, because they are new each time.
        private List<JsonNode> everything() {
            var seen = new ArrayList<JsonNode>();
            for (var path :
                    List.of(
                            "/task_automations/?limit=20",
                            "/tasks/?limit=20&internal=true",
                            task,
                            task + "/runs/?limit=20",
                            run + "/session_logs/")) {
                var json = api.get(path).answers(200).json();
                json.findParents("log_url").forEach(run -> ((ObjectNode) run).remove("log_url"));
                seen.add(json);
            }
            return seen;
        }

        /// Sometimes a value that is not an object, else a few of the target's fields, each valid
        /// or random.
        private JsonNode body(Target target) {
            if (random.nextInt(20) == 0) return RandomJson.tree(random, 4);
            var body = JsonNodeFactory.instance.objectNode();
            for (var field : target.fields()) {
                switch (random.nextInt(4)) {
                    case 0 -> body.set(field, RandomJson.tree(random, 3));
                    case 1, 2 -> body.set(field, plausible(field));
                    default -> {
                        // absent
                    }
                }
            }
            return body;
        }

        private JsonNode plausible(String field) {
            return switch (field) {
                case "repository" -> Json.any("'acme/shop'");
                case "cron_expression" -> Json.any("'0 9 * * 1-5'");
                case "timezone" -> Json.any("'Europe/Berlin'");
                case "github_integration", "json_schema", "resume_from_run_id" -> Json.any("null");
                case "status" -> Json.any("'in_progress'");
                case "mode" -> Json.any("'background'");
                case "environment" -> Json.any("'local'");
                case "origin_product" -> Json.any("'user_created'");
                case "enabled", "internal" -> Json.any("false");
                case "state" -> Json.any("{'f': 1}");
                case "state_remove_keys" -> Json.any("['f']");
                case "entries" -> Json.array(RandomJson.tree(random, 2));
                case "artifacts" -> Json.array(artifact());
                default -> Json.any("'text'");
            };
        }

        private JsonNode artifact() {
            var artifact =
                    Json.tree(
                            "{'name': 'a.txt', 'type': 'output', 'content': 'a', 'size': 1,"
                                    + " 'id': '0123456789abcdef0123456789abcdef',"
                                    + " 'storage_path': 'x'}");
            var fields = List.of("name", "type", "source", "content", "size", "content_type");
            artifact.set(fields.get(random.nextInt(fields.size())), RandomJson.tree(random, 2));
            return artifact;
        }

        private List<Target> targets() {
            var written =
                    List.of(
                            "name",
                            "prompt",
                            "repository",
                            "github_integration",
                            "cron_expression",
                            "timezone",
                            "template_id",
                            "enabled");
            var wording =
                    List.of(
                            "title",
                            "description",
                            "origin_product",
                            "repository",
                            "github_integration",
                            "json_schema",
                            "internal",
                            "ci_prompt");
            return List.of(
                    new Target("POST", "/task_automations/", written),
                    new Target("PATCH", automation, written),
                    new Target("POST", automation + "/run/", List.of("name")),
                    new Target(
                            "POST",
                            "/task_automations/preview/",
                            List.of("cron_expression", "timezone")),
                    new Target("POST", "/tasks/", wording),
                    new Target("PATCH", task, wording),
                    new Target(
                            "POST",
                            task + "/run/",
                            List.of(
                                    "mode",
                                    "branch",
                                    "resume_from_run_id",
                                    "pending_user_message")),
                    new Target("POST", task + "/runs/", List.of("environment", "mode", "branch")),
                    new Target(
                            "PATCH",
                            run,
                            List.of(
                                    "status",
                                    "branch",
                                    "stage",
                                    "output",
                                    "state",
                                    "state_remove_keys",
                                    "error_message",
                                    "environment")),
                    new Target("PATCH", run + "/set_output/", List.of("output")),
                    new Target("POST", run + "/append_log/", List.of("entries")),
                    new Target("POST", run + "/artifacts/", List.of("artifacts")),
                    new Target("POST", run + "/artifacts/prepare_upload/", List.of("artifacts")),
                    new Target("POST", run + "/artifacts/finalize_upload/", List.of("artifacts")),
                    new Target("POST", run + "/artifacts/presign/", List.of("storage_path")),
                    new Target("POST", run + "/artifacts/download/", List.of("storage_path")));
        }
    }
}
