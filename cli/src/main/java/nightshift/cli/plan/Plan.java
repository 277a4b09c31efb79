package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.files.FileSet;
import nightshift.cli.plan.Change.Action;

import java.util.List;
import java.util.Optional;

/// What files would change in the service.
///
/// @param changes in the order of the paths; unchanged automations among them
/// @param left automations of the set without a file, which stay because `--prune` was not given
public record Plan(
        FileSet files,
        ServiceState service,
        List<Change> changes,
        List<JsonNode> left,
        Optional<BusiestMinute> busiest) {

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return changes.stream().allMatch(change -> change.action() == Action.UNCHANGED);
    }

    /// How many automations would be removed.
    public long removals() {
        return count(Action.REMOVE);
    }

    long count(Action action) {
        return changes.stream().filter(change -> change.action() == action).count();
    }

    List<Change> todo() {
        return changes.stream().filter(change -> change.action() != Action.UNCHANGED).toList();
    }

    /// `Plan: 1 to create, 2 to change, 0 to remove, 3 unchanged.`
    public String summary() {
        return "%d to create, %d to change, %d to remove, %d unchanged"
                .formatted(
                        count(Action.CREATE),
                        count(Action.CHANGE),
                        count(Action.REMOVE),
                        count(Action.UNCHANGED));
    }
}
