package nightshift.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.models.dynamodb.AttributeValue;
import com.amazonaws.services.lambda.runtime.events.models.dynamodb.StreamRecord;

import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.RunStreak;
import nightshift.run.TaskRun;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

class TableChangeTest {
    private static final Instant NOW = Instant.parse("2026-04-02T09:00:00.123456Z");
    private static final RunKey KEY = new RunKey(7, new UUID(1, 2), new UUID(3, 4));
    private static final TaskRun QUEUED =
            TaskRun.start(
                    KEY,
                    RunStatus.QUEUED,
                    RunEnvironment.CLOUD,
                    "main",
                    "{\"mode\":\"background\"}",
                    new UUID(5, 6),
                    new RunOccurrence(NOW, 2),
                    TaskRun.RETRY,
                    "secret",
                    NOW);

    @Test
    void a_run_that_has_ended_is_the_one_of_the_record() {
        var ended =
                QUEUED.with(RunStatus.FAILED, NOW.plusSeconds(60))
                        .withErrorMessage("it broke")
                        .withOutput("{\"n\":1.10}")
                        .with(new RunStreak(3, 1, 2, true));
        var streak = Map.of("earlier_failures", 3L, "failures_before", 1L, "failures_in_a_row", 2L);
        var item = RunItem.write(ended).put("paused_automation", true);
        streak.forEach((name, value) -> item.put(name, value));

        var change = (TableChange.OfRun) change(RunItem.write(QUEUED), item);

        assertThat(change.run()).isEqualTo(KEY);
        assertThat(change.before()).isEqualTo(RunStatus.QUEUED);
        assertThat(change.after()).isEqualTo(RunStatus.FAILED);
        assertThat(change.ended()).isEqualTo(ended);
    }

    @Test
    void a_run_that_goes_on_has_not_ended() {
        var change = (TableChange.OfRun) change(null, RunItem.write(QUEUED));
        assertThat(change.before()).isNull();
        assertThat(change.ended()).isNull();
    }

    private static TableChange change(Item before, Item after) {
        var record = new StreamRecord();
        record.setKeys(image(Item.of(after.key())));
        record.setOldImage(before == null ? null : image(before));
        record.setNewImage(image(after));
        return TableChange.read(record);
    }

    private static Map<String, AttributeValue> image(Item item) {
        var image = new HashMap<String, AttributeValue>();
        item.attributes()
                .forEach((name, value) -> {
                    var converted = new AttributeValue();
                    if (value.s() != null) converted.setS(value.s());
                    else if (value.n() != null) converted.setN(value.n());
                    else converted.setBOOL(value.bool());
                    image.put(name, converted);
                });
        return image;
    }
}
