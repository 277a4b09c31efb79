package nightshift.functions;

import nightshift.api.Json;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A run and those of its task that it resumes.
final class RunChain {
    private static final int MOST_ANCESTORS = 10;

    private final TaskRuns runs;

    RunChain(TaskRuns runs) {
        this.runs = runs;
    }

    /// The run and its ancestors, oldest first. A circle and an unknown ancestor end the chain.
    List<TaskRun> of(TaskRun run) {
        var chain = new ArrayList<TaskRun>();
        var seen = new HashSet<UUID>();
        var next = Optional.of(run);
        while (next.isPresent() && chain.size() <= MOST_ANCESTORS && seen.add(next.get().id())) {
            chain.addFirst(next.get());
            next = resumedBy(next.get());
        }
        return chain;
    }

    private Optional<TaskRun> resumedBy(TaskRun run) {
        var id = Json.stored(run.state()).path("resume_from_run_id").asText("");
        return UuidText.matches(id)
                ? runs.find(
                        new RunKey(run.key().projectId(), run.key().taskId(), UUID.fromString(id)))
                : Optional.empty();
    }
}
