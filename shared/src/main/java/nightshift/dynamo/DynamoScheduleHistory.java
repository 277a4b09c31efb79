package nightshift.dynamo;

import nightshift.automation.ScheduleHistory;
import nightshift.automation.TaskAutomation;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/// The last synchronizations, in the table.
public final class DynamoScheduleHistory implements ScheduleHistory {
    private final Table table;

    public DynamoScheduleHistory(Table table) {
        this.table = table;
    }

    @Override
    public Known find(long projectId, UUID automationId) {
        var row = AutomationItem.key(projectId, automationId);
        var place = key(projectId, automationId);
        TaskAutomation automation = null;
        State state = null;
        for (var item : table.getAll(List.of(row, place))) {
            if (item.key().equals(row.key())) automation = AutomationItem.read(item);
            else state = read(item);
        }
        return new Known(automation, state);
    }

    @Override
    public List<Known> of(long projectId, List<TaskAutomation> automations) {
        var states = new HashMap<UUID, State>();
        var keys = automations.stream().map(each -> key(projectId, each.id())).toList();
        table.getAll(keys).forEach(item -> states.put(item.uuid(Item.SK), read(item)));
        return automations.stream()
                .map(automation -> new Known(automation, states.get(automation.id())))
                .toList();
    }

    @Override
    public boolean recordSync(
            TaskAutomation automation,
            @Nullable State known,
            @Nullable String refusal,
            Instant now) {
        var state = new State(automation.edition(), refusal, now).after(known);
        if (state.equals(known)) { // nothing to record: a read is enough
            var still = find(automation.projectId(), automation.id());
            return still.isCurrent() && state.equals(still.state());
        }
        return settled(() ->
                table.write(
                        table.put(write(automation, state)),
                        table.checkStill(
                                AutomationItem.key(automation.projectId(), automation.id()),
                                AutomationItem.EDITION,
                                automation.edition())));
    }

    @Override
    public boolean recordDeletion(long projectId, UUID automationId) {
        return settled(() ->
                table.write(
                        table.delete(key(projectId, automationId)),
                        table.checkAbsent(AutomationItem.key(projectId, automationId))));
    }

    private boolean settled(Supplier<Table.Written> write) {
        return table.retryConflicts(() -> {
            var written = write.get();
            return written.conflicted() ? null : written.done();
        });
    }

    private static Item write(TaskAutomation automation, State state) {
        return key(automation.projectId(), automation.id())
                .put("edition", state.edition())
                .put("refusal", state.refusal())
                .put("since", state.since());
    }

    private static State read(Item item) {
        return new State(item.number("edition", 0), item.textOrNull("refusal"), item.time("since"));
    }

    private static Item key(long projectId, UUID automationId) {
        return Item.keyed("SCHEDULES#" + projectId, automationId.toString());
    }
}
