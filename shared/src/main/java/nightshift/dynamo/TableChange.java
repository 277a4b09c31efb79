package nightshift.dynamo;

import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;

import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunStatus;

import org.jspecify.annotations.Nullable;

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
    record OfAutomation(
            long projectId,
            UUID automationId,
            boolean wasThere,
            boolean edited,
            boolean retryChanged)
            implements TableChange {}

    /// A run was created or changed.
    ///
    /// @param before the status before the change; null: the run is new
    record OfRun(
            RunKey run, @Nullable RunStatus before, RunStatus after, RunEnvironment environment)
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
            return new OfAutomation(
                    Long.parseLong(pk.substring(AutomationItem.PARTITION.length())),
                    UUID.fromString(sk),
                    before != null,
                    !sameEdition,
                    !Objects.equals(
                            text(before, AutomationItem.RETRY), text(after, AutomationItem.RETRY)));
        }
        if (pk.startsWith(LogItem.PARTITION)) {
            return new OfLog(run(pk));
        }
        var status = status(after);
        if (!pk.startsWith(RunItem.PARTITION) || status == null) {
            return new OfOther();
        }
        var environment = Objects.requireNonNull(text(after, "environment"), "environment");
        return new OfRun(
                run(pk + "#" + sk), status(before), status, RunEnvironment.of(environment));
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
