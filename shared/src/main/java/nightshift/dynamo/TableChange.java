package nightshift.dynamo;

import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;

import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// A change of an item that the table's stream reports.
public sealed interface TableChange {
    /// An automation was created, changed or deleted.
    ///
    /// @param wasThere whether it existed before the change
    /// @param edited whether the change concerns its schedules: a new edition, or a deletion
    /// @param retryChanged whether the automation has another retry to come, or none any more
    /// @param formerRetry the failed run whose retry was to come before the change and is not any
    ///   more; null: there is none, or the automation was deleted
    record OfAutomation(
            long projectId,
            UUID automationId,
            boolean wasThere,
            boolean edited,
            boolean retryChanged,
            @Nullable RunKey formerRetry)
            implements TableChange {}

    /// A run was created or changed.
    ///
    /// @param before the status before the change; null: the run is new
    /// @param ended the run as the change has left it, without its manifest; null: it has not ended
    record OfRun(
            RunKey run,
            @Nullable RunStatus before,
            RunStatus after,
            RunEnvironment environment,
            @Nullable TaskRun ended)
            implements TableChange {}

    /// A run's log should be compacted.
    record OfLog(RunKey run) implements TableChange {}

    /// A change that no function follows, for example of an artifact.
    record OfOther() implements TableChange {}

    /// The change that a record of the stream describes.
    static TableChange read(StreamRecord record) {
        var pk = key(record, Item.PK);
        var sk = key(record, Item.SK);
        var before = record.getOldImage();
        var after = record.getNewImage();
        if (pk.startsWith(AutomationItem.PARTITION)) {
            boolean sameEdition =
                    before != null
                            && after != null
                            && Objects.equals(
                                    text(before, AutomationItem.EDITION),
                                    text(after, AutomationItem.EDITION));
            var projectId = Long.parseLong(pk.substring(AutomationItem.PARTITION.length()));
            var retry = text(before, AutomationItem.RETRY);
            boolean retryChanged = !Objects.equals(retry, text(after, AutomationItem.RETRY));
            var task = text(before, "task_id");
            var former =
                    retryChanged && retry != null && task != null && after != null
                            ? new RunKey(projectId, UUID.fromString(task), UUID.fromString(retry))
                            : null;
            return new OfAutomation(
                    projectId,
                    UUID.fromString(sk),
                    before != null,
                    !sameEdition,
                    retryChanged,
                    former);
        }
        if (pk.startsWith(LogItem.PARTITION)) {
            return new OfLog(run(pk));
        }
        var status = status(after);
        if (!pk.startsWith(RunItem.PARTITION) || status == null || after == null) {
            return new OfOther();
        }
        var environment = Objects.requireNonNull(text(after, "environment"), "environment");
        return new OfRun(
                run(pk + "#" + sk),
                status(before),
                status,
                RunEnvironment.of(environment),
                status.terminal() ? RunItem.read(StreamItem.of(after), List.of()) : null);
    }

    private static RunKey run(String key) {
        var parts = key.split("#", 4);
        return new RunKey(
                Long.parseLong(parts[1]), UUID.fromString(parts[2]), UUID.fromString(parts[3]));
    }

    private static String key(StreamRecord record, String name) {
        return Objects.requireNonNull(record.getKeys().get(name), name).getS();
    }

    private static @Nullable RunStatus status(@Nullable Map<String, AttributeValue> image) {
        var status = text(image, "status");
        return status == null ? null : RunStatus.of(status);
    }

    /// A text, or a number as text; null: absent.
    private static @Nullable String text(
            @Nullable Map<String, AttributeValue> image, String attribute) {
        var value = image == null ? null : image.get(attribute);
        if (value == null) {
            return null;
        }
        return value.getS() == null ? value.getN() : value.getS();
    }
}
