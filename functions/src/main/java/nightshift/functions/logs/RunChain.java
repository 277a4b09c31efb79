package nightshift.functions.logs;

import nightshift.json.Json;
import nightshift.run.RunKey;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.text.UuidText;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A run and those of its task that it resumes.
public final class RunChain {
    private static final int MOST_ANCESTORS = 10;

    private final TaskRuns runs;

    public RunChain(TaskRuns runs) {
        this.runs = runs;
    }

    /// The run and its ancestors, the latest first, each looked up when it is asked for. A circle
    /// and an unknown ancestor end the chain.
    public Stream<TaskRun> of(TaskRun run) {
        return of(run, _ -> {});
    }

    /// The same, with a notice before each lookup.
    ///
    /// @param ahead takes the key of each ancestor before it is looked up
    public Stream<TaskRun> of(TaskRun run, Consumer<RunKey> ahead) {
        var seen = new HashSet<>(Set.of(run.key()));
        return Stream.iterate(
                        Optional.of(run),
                        Optional::isPresent,
                        link ->
                                link.flatMap(RunChain::resumedBy)
                                        .filter(key -> seen.size() <= MOST_ANCESTORS)
                                        .filter(seen::add)
                                        .flatMap(key -> {
                                            ahead.accept(key);
                                            return runs.find(key);
                                        }))
                .map(Optional::orElseThrow);
    }

    private static Optional<RunKey> resumedBy(TaskRun run) {
        var id = Json.stored(run.report().state()).path("resume_from_run_id").asText("");
        return UuidText.matches(id)
                ? Optional.of(
                        new RunKey(run.key().projectId(), run.key().taskId(), UUID.fromString(id)))
                : Optional.empty();
    }
}
