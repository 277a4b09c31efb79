package nightshift.functions.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.functions.automations.AutomationJson;
import nightshift.functions.runs.RunJson;
import nightshift.functions.schemas.JsonSchema;
import nightshift.json.Json;
import nightshift.keys.Owner;
import nightshift.task.Person;
import nightshift.task.Task;
import nightshift.task.TaskSpec;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// A task on the wire.
public final class TaskJson {
    private static final int LONGEST_TITLE = 60;
    private static final TextRule TITLE = TextRule.filled().orBlank().atMost(255);
    private static final TextRule DESCRIPTION =
            TextRule.filled().orBlank().inBytes(AutomationJson.PROMPT_BYTES);
    private static final TextRule REPOSITORY = TextRule.filled().orNull().orBlank().atMost(255);
    private static final TextRule CI_PROMPT =
            TextRule.filled().orNull().orBlank().inBytes(AutomationJson.PROMPT_BYTES);
    private static final List<String> ORIGINS =
            List.of(
                    "error_tracking",
                    "eval_clusters",
                    "user_created",
                    "automation",
                    "slack",
                    "support_queue",
                    "session_summaries",
                    "signal_report");

    private TaskJson() {}

    /// @param latestRun the latest run on the wire; null: none yet
    static ObjectNode write(Task task, @Nullable ObjectNode latestRun) {
        var spec = task.spec();
        var json =
                Json.object()
                        .put("id", task.id().toString())
                        .put("task_number", task.number())
                        .put("slug", task.slug())
                        .put("title", spec.title())
                        .put("title_manually_set", task.titleManuallySet())
                        .put("description", spec.description())
                        .put("origin_product", spec.originProduct())
                        .put("repository", spec.repository())
                        .put("github_integration", spec.githubIntegration());
        json.set("json_schema", spec.jsonSchema() == null ? null : Json.stored(spec.jsonSchema()));
        json.put("internal", spec.internal());
        json.set("latest_run", latestRun);
        json.put("created_at", IsoTime.format(task.createdAt()))
                .put("updated_at", IsoTime.format(task.updatedAt()));
        json.set("created_by", person(task.createdBy()));
        return json.put("ci_prompt", spec.ciPrompt());
    }

    static TaskSpec createSpec(Fields body, List<Long> integrations) {
        var unset = TaskSpec.of("", "", "user_created");
        var spec = patchSpec(unset, body, integrations);
        return spec.title().isEmpty() ? titledByDescription(spec) : spec;
    }

    /// The stored spec overlaid with the body.
    static TaskSpec patchSpec(TaskSpec stored, Fields body, List<Long> integrations) {
        var title = body.has("title") ? body.text("title", TITLE) : stored.title();
        var description =
                body.has("description")
                        ? body.text("description", DESCRIPTION)
                        : stored.description();
        var origin = body.choice("origin_product", ORIGINS, stored.originProduct());
        var repository = body.text("repository", REPOSITORY, stored.repository());
        if (repository != null && body.has("repository")) {
            repository = repository.isEmpty() ? null : AutomationJson.repository(body, repository);
        }
        var integration =
                body.has("github_integration")
                        ? AutomationJson.integration(body, integrations)
                        : stored.githubIntegration();
        var schema = body.has("json_schema") ? schema(body) : stored.jsonSchema();
        return new TaskSpec(
                title,
                description,
                origin == null ? stored.originProduct() : origin,
                repository,
                integration,
                schema,
                body.flag("internal", stored.internal()),
                body.text("ci_prompt", CI_PROMPT, stored.ciPrompt()));
    }

    public static Person person(Owner owner) {
        return new Person(
                owner.id(),
                owner.uuid(),
                owner.distinctId(),
                owner.firstName(),
                owner.lastName(),
                owner.email());
    }

    private static @Nullable String schema(Fields body) {
        var schema =
                body.raw("json_schema").isNull()
                        ? null
                        : body.freeObject("json_schema", RunJson.STATE_BYTES);
        if (schema == null) {
            return null;
        }
        JsonSchema.refuseUnusable(body, "json_schema", schema);
        return Json.text(schema);
    }

    /// A task without a title is called by the first line of its description.
    private static TaskSpec titledByDescription(TaskSpec spec) {
        var line =
                spec.description()
                        .lines()
                        .map(String::strip)
                        .filter(text -> !text.isEmpty())
                        .findFirst();
        var title = line.orElse("");
        if (title.codePointCount(0, title.length()) > LONGEST_TITLE) {
            title = title.substring(0, title.offsetByCodePoints(0, LONGEST_TITLE - 3)) + "...";
        }
        return spec.titled(title);
    }

    private static @Nullable JsonNode person(@Nullable Person person) {
        return person == null
                ? null
                : Json.object()
                        .put("id", person.id())
                        .put("uuid", person.uuid().toString())
                        .put("distinct_id", person.distinctId())
                        .put("first_name", person.firstName())
                        .put("last_name", person.lastName())
                        .put("email", person.email());
    }
}
