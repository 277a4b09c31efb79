package nightshift.cli.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.api.Json;
import nightshift.cli.plan.Change.Action;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `apply` did and did not do.
public final class Report {
    private final int total;
    private final Map<Change, Result> results = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /// @param id of the automation; empty if there is none
    /// @param error why it was not done; null if it was
    private record Result(String id, @Nullable String error) {}

    Report(int total) {
        this.total = total;
    }

    synchronized void done(Change change, String id) {
        results.put(change, new Result(id, null));
    }

    synchronized void failed(Change change, String id, String error) {
        results.put(change, new Result(id, error));
    }

    synchronized void note(String note) {
        notes.add(note);
    }

    synchronized int finished() {
        return results.size();
    }

    int total() {
        return total;
    }

    /// The id of a change's automation, if the change was made; empty if not.
    synchronized String idOf(Change change) {
        var result = results.get(change);
        return result == null || result.error() != null ? "" : result.id();
    }

    /// Whether all of the plan is done.
    public synchronized boolean isComplete() {
        return results.size() == total && count(null, false) == 0 && notes.isEmpty();
    }

    private int count(@Nullable Action action, boolean done) {
        return (int)
                results.entrySet().stream()
                        .filter(entry -> action == null || entry.getKey().action() == action)
                        .filter(entry -> done == (entry.getValue().error() == null))
                        .count();
    }

    /// The summary, and what was not done and why.
    public synchronized String text() {
        var text = new StringBuilder();
        text.append(
                "%d created, %d changed, %d removed."
                        .formatted(
                                count(Action.CREATE, true),
                                count(Action.CHANGE, true),
                                count(Action.REMOVE, true)));
        int undone = total - count(null, true);
        if (undone > 0) {
            text.append(" Not done: ").append(undone).append(".");
        }
        results.forEach((change, result) -> {
            if (result.error() != null) {
                text.append("\n  ").append(change.path()).append(": ").append(result.error());
            }
        });
        notes.forEach(note -> text.append("\n").append(note));
        return text.toString();
    }

    /// The same for programs.
    public synchronized ObjectNode json() {
        var json =
                Json.object()
                        .put("created", count(Action.CREATE, true))
                        .put("changed", count(Action.CHANGE, true))
                        .put("removed", count(Action.REMOVE, true))
                        .put("not_done", total - count(null, true));
        var changes = json.putArray("changes");
        results.forEach((change, result) ->
                changes.addObject()
                        .put("action", PlanText.word(change.action()))
                        .put("file", change.file() == null ? null : change.file().path())
                        .put("id", result.id().isEmpty() ? null : result.id())
                        .put("name", change.name())
                        .put("done", result.error() == null)
                        .put("error", result.error()));
        var texts = json.putArray("notes");
        notes.forEach(texts::add);
        return json;
    }
}
