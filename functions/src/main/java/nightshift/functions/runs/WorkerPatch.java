package nightshift.functions.runs;

import nightshift.api.ApiException;
import nightshift.api.Fields;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What a worker's key may change of its run: the status forwards, `stage`, `error_message`,
/// `output`, and the keys of `state` that neither the service nor the client that started the run
/// has set.
record WorkerPatch(WorkerKey key, RunJson.Patch patch) {
    private static final List<String> REFUSED_FIELDS =
            List.of("branch", "environment", "resume_from_run_id");
    private static final Set<String> RESERVED_STATE =
            Set.of(
                    "attempt",
                    "automation_id",
                    "automation_trigger_workflow_id",
                    "branch",
                    "environment",
                    "github_credential_source",
                    "mode",
                    "pending_user_message",
                    "pr_authorship_mode",
                    "resume_from_run_id",
                    "sandbox_id");

    /// Reads the body of a worker's PATCH.
    ///
    /// @throws ApiException 403 if it has what a worker may not change
    static WorkerPatch read(WorkerKey key, Fields body) {
        for (var field : REFUSED_FIELDS) {
            if (body.has(field)) {
                throw refused(field);
            }
        }
        var patch = RunJson.patch(body);
        patch.stateKeys()
                .filter(RESERVED_STATE::contains)
                .findFirst()
                .ifPresent(reserved -> {
                    throw refused("state." + reserved);
                });
        return new WorkerPatch(key, patch);
    }

    /// The run with these changes.
    ///
    /// @throws ApiException 401 if the run has ended or was queued again meanwhile, 403 if its
    ///   status would go backwards
    TaskRun apply(TaskRun run, Instant now) {
        if (!key.valid(run, now)) {
            throw WorkerGatekeeper.invalid();
        }
        var status = patch.status();
        if (status != null && place(status) < place(run.status())) {
            throw ApiException.forbidden(
                    "A worker's key cannot change the status from %s to %s."
                            .formatted(run.status().text(), status.text()));
        }
        return patch.apply(run, now);
    }

    private static int place(RunStatus status) {
        return switch (status) {
            case NOT_STARTED -> 0;
            case QUEUED -> 1;
            case IN_PROGRESS -> 2;
            case COMPLETED, FAILED, CANCELLED -> 3;
        };
    }

    private static ApiException refused(String field) {
        return ApiException.forbidden("A worker's key cannot change %s.".formatted(field));
    }
}
