package nightshift.functions.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.json.Json;
import nightshift.run.Artifact;
import nightshift.run.RunEnvironment;
import nightshift.run.RunPlace;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// A run on the wire.
public final class RunJson {
    static final int OUTPUT_BYTES = 256 << 10;
    public static final int STATE_BYTES = 64 << 10;
    public static final TextRule BRANCH = TextRule.filled().orNull().atMost(255);
    private static final TextRule STAGE = TextRule.filled().orNull().atMost(100);
    private static final TextRule ERROR_MESSAGE =
            TextRule.filled().orNull().orBlank().inBytes(16 << 10);
    private static final List<String> STATUSES =
            List.of("not_started", "queued", "in_progress", "completed", "failed", "cancelled");

    /// State that only the service itself may set or remove.
    private static final Set<String> PROTECTED_STATE =
            Set.of("github_credential_source", "pr_authorship_mode", "sandbox_id");

    private RunJson() {}

    /// @param logUrl opens the run's log without a key; null if it cannot be signed
    static ObjectNode write(TaskRun run, @Nullable String logUrl) {
        var json =
                Json.object()
                        .put("id", run.id().toString())
                        .put("task", run.key().taskId().toString())
                        .put("stage", run.place().stage())
                        .put("branch", run.place().branch())
                        .put("status", run.status().text())
                        .put("environment", run.place().environment().text())
                        .put("log_url", logUrl)
                        .put("error_message", run.report().errorMessage());
        json.set(
                "output",
                run.report().output() == null ? null : Json.stored(run.report().output()));
        json.set("state", Json.stored(run.report().state()));
        json.set("artifacts", manifest(run.artifacts()));
        return json.put("created_at", IsoTime.format(run.times().created()))
                .put("updated_at", IsoTime.format(run.times().updated()))
                .put("completed_at", IsoTime.format(run.times().completed()));
    }

    public static JsonNode manifest(List<Artifact> artifacts) {
        var manifest = Json.array();
        for (var artifact : artifacts) {
            manifest.addObject()
                    .put("id", artifact.id())
                    .put("name", artifact.name())
                    .put("type", artifact.type())
                    .put("source", artifact.source())
                    .put("size", artifact.size())
                    .put("content_type", artifact.contentType())
                    .put("storage_path", artifact.storagePath())
                    .put("uploaded_at", IsoTime.format(artifact.uploadedAt()));
        }
        return manifest;
    }

    /// What a PATCH asks to change, checked before the run is looked up.
    record Patch(
            @Nullable RunStatus status,
            Fields body,
            @Nullable String branch,
            @Nullable String stage,
            @Nullable ObjectNode state,
            List<String> stateRemoveKeys,
            @Nullable String errorMessage,
            @Nullable String environment) {

        /// The keys of the state that are set or removed.
        Stream<String> stateKeys() {
            var set =
                    state == null
                            ? Stream.<String>empty()
                            : state.properties().stream().map(Map.Entry::getKey);
            return Stream.concat(set, stateRemoveKeys.stream());
        }

        /// The run with these changes.
        TaskRun apply(TaskRun run, Instant now) {
            var changed = run.with(status == null ? run.status() : status, now);
            changed =
                    changed.with(
                            new RunPlace(
                                    environment == null
                                            ? run.place().environment()
                                            : RunEnvironment.LOCAL,
                                    body.has("stage") ? stage : run.place().stage(),
                                    body.has("branch") ? branch : run.place().branch()));
            if (body.has("error_message")) {
                changed = changed.withErrorMessage(errorMessage);
            }
            if (body.has("output")) {
                changed = changed.withOutput(mergedOutput(run));
            }
            if (state != null || !stateRemoveKeys.isEmpty()) {
                changed = changed.withState(mergedState(run));
            }
            return changed;
        }

        private @Nullable String mergedOutput(TaskRun run) {
            var sent = body.raw("output");
            var old = run.report().output() == null ? null : Json.stored(run.report().output());
            var output =
                    old instanceof ObjectNode both && sent instanceof ObjectNode added
                            ? both.setAll(added)
                            : sent;
            return outputText(body, output);
        }

        private String mergedState(TaskRun run) {
            var merged = (ObjectNode) Json.stored(run.report().state());
            merged.remove(
                    stateRemoveKeys.stream()
                            .filter(key -> !PROTECTED_STATE.contains(key))
                            .toList());
            if (state != null) {
                for (var entry : state.properties()) {
                    if (!PROTECTED_STATE.contains(entry.getKey())) {
                        merged.set(entry.getKey(), entry.getValue());
                    }
                }
            }
            var text = Json.text(merged);
            body.limit("state", text, STATE_BYTES);
            return text;
        }
    }

    static Patch patch(Fields body) {
        var status = body.choice("status", STATUSES, null);
        var branch = body.text("branch", BRANCH, null);
        var stage = body.text("stage", STAGE, null);
        if (body.has("output")) {
            outputText(body, body.raw("output"));
        }
        var state = body.freeObject("state", STATE_BYTES);
        var removed = body.texts("state_remove_keys");
        var errorMessage = body.text("error_message", ERROR_MESSAGE, null);
        var environment = body.choice("environment", List.of("local"), null);
        return new Patch(
                status == null ? null : RunStatus.of(status),
                body,
                branch,
                stage,
                state,
                removed,
                errorMessage,
                environment);
    }

    /// An output as it is stored: JSON text, or null for JSON's null.
    static @Nullable String outputText(Fields body, JsonNode output) {
        if (output.isNull()) {
            return null;
        }
        var text = Json.text(output);
        body.limit("output", text, OUTPUT_BYTES);
        return text;
    }
}
