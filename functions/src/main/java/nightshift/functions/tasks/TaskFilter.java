package nightshift.functions.tasks;

import nightshift.api.Call;
import nightshift.api.Fields;
import nightshift.json.Json;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRuns;
import nightshift.task.Task;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Which tasks a list is asked for.
final class TaskFilter {
    private TaskFilter() {}

    /// All filters of a call together; empty: there is none.
    static Optional<Predicate<Task>> of(Call call, TaskRuns runs) {
        var filters = new ArrayList<Predicate<Task>>();
        value(call, "origin_product")
                .ifPresent(
                        origin -> filters.add(task -> task.spec().originProduct().equals(origin)));
        value(call, "repository").ifPresent(name -> filters.add(task -> isIn(task, name)));
        value(call, "organization")
                .ifPresent(name ->
                        filters.add(task -> repository(task).startsWith(lower(name) + "/")));
        value(call, "created_by").ifPresent(id -> filters.add(createdBy(id)));
        value(call, "search").ifPresent(text -> filters.add(task -> contains(task, lower(text))));
        value(call, "status")
                .ifPresent(status -> filters.add(hasStatus(call.projectId(), status, runs)));
        value(call, "stage")
                .ifPresent(stage -> filters.add(hasStage(call.projectId(), stage, runs)));
        return filters.stream().reduce(Predicate::and);
    }

    private static Optional<String> value(Call call, String parameter) {
        return Optional.ofNullable(call.query(parameter)).filter(text -> !text.isEmpty());
    }

    /// With a slash the whole name, without one the repository's own.
    private static boolean isIn(Task task, String name) {
        var repository = repository(task);
        return name.contains("/")
                ? repository.equals(lower(name))
                : repository.endsWith("/" + lower(name));
    }

    private static Predicate<Task> createdBy(String id) {
        var wanted =
                new Fields(Json.object().put("created_by", id))
                        .integer("created_by", Long.MIN_VALUE, Long.MAX_VALUE);
        return task -> {
            var person = task.createdBy();
            return person != null && person.id() == wanted;
        };
    }

    private static boolean contains(Task task, String text) {
        return List.of(
                        task.spec().title(),
                        task.spec().description(),
                        task.slug(),
                        repository(task))
                .stream()
                .anyMatch(part -> lower(part).contains(text));
    }

    /// By the latest run.
    private static Predicate<Task> hasStatus(long projectId, String text, TaskRuns runs) {
        var status =
                Arrays.stream(RunStatus.values())
                        .filter(each -> each.text().equals(text))
                        .findFirst();
        if (status.isEmpty()) {
            return _ -> false;
        }
        var ids =
                runs.keys(projectId, status.get(), null).stream()
                        .map(RunKey::runId)
                        .collect(Collectors.toSet());
        return task -> task.latestRunId() != null && ids.contains(task.latestRunId());
    }

    /// By any run.
    private static Predicate<Task> hasStage(long projectId, String stage, TaskRuns runs) {
        var tasks =
                runs.keys(projectId, null, stage).stream()
                        .map(RunKey::taskId)
                        .collect(Collectors.toSet());
        return task -> tasks.contains(task.id());
    }

    private static String repository(Task task) {
        var repository = task.spec().repository();
        return repository == null ? "" : lower(repository);
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
