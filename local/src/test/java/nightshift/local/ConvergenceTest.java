package nightshift.local;

import static nightshift.local.LocalFixture.AUTOMATIONS;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.local.FaultInjection.Fault;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// After any failure, automations and schedules converge without manual work.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(PermissionUseRecorder.class)
class ConvergenceTest {
    private @TempDir static Path state;
    private LocalFixture world;

    @BeforeAll
    void open() {
        world = new LocalFixture(state, "2099-01-05T08:00:30Z");
    }

    @AfterEach
    void mend() {
        world.server.faults().clear();
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void after_a_time_of_failures_rows_and_schedules_agree_by_themselves() {
        for (var operation : List.of("CreateSchedule", "UpdateSchedule", "DeleteSchedule")) {
            for (var fault : Fault.values()) {
                if (fault != Fault.INVALID) world.server.faults().failNext(2, operation, fault);
            }
        }

        for (int i = 0; i < 6; i++) {
            var id = world.unscheduled("0 9 13 * 5", "UTC");
            if (i % 2 == 0) edit(id, "{\"cron_expression\": \"0 9 * * *\"}");
            if (i % 3 == 0) edit(id, "{\"enabled\": false}");
            if (i == 5) assertThat(world.delete(AUTOMATIONS + id + "/").status()).isEqualTo(204);
        }

        world.awaitAgreement();
        assertThat(world.wanted()).hasSizeGreaterThanOrEqualTo(7);
    }

    @Test
    void reconcile_finds_a_lost_group_an_orphan_and_a_schedule_that_somebody_changed() {
        var id = world.automation("0 9 * * *", "UTC");
        world.automation("0 9 13 * 5", "UTC");
        world.server.scheduler().loseGroup(world.group());
        assertThat(world.invoke("Reconcile", "{}").status()).isEqualTo(200);
        assertThat(world.present()).isEqualTo(world.wanted());

        var target = world.schedule("task-automation-" + id).target();
        world.scheduler.createSchedule(create ->
                create.name("task-automation-" + UUID.randomUUID())
                        .groupName(world.group())
                        .scheduleExpression("cron(0 9 * * ? *)")
                        .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                        .target(target));
        world.scheduler.updateSchedule(update ->
                update.name("task-automation-" + id)
                        .groupName(world.group())
                        .scheduleExpression("rate(1 minute)")
                        .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                        .target(target));
        assertThat(world.agrees()).isFalse();

        var answer = world.invoke("Reconcile", "{}");

        assertThat(answer.body().path("orphans").asInt()).isEqualTo(1);
        assertThat(world.present()).isEqualTo(world.wanted());
    }

    @Test
    void records_that_come_twice_late_or_out_of_order_do_no_harm() {
        var kept = world.unscheduled("0 9 * * *", "UTC");
        edit(kept, "{\"cron_expression\": \"0 9 13 * 5\"}");
        var removed = world.unscheduled("0 9 * * *", "UTC");
        world.delete(AUTOMATIONS + removed + "/");
        world.awaitAgreement();
        var records =
                new ArrayList<>(
                        List.of(
                                record(kept, null, 1),
                                record(kept, 1, 2),
                                record(removed, null, 1),
                                record(removed, 1, null),
                                record(removed, 1, null)));
        var random = new Random(4);

        for (int round = 0; round < 10; round++) {
            Collections.shuffle(records, random);
            var answer =
                    world.invoke(
                            "SyncSchedule", "{\"Records\": [" + String.join(",", records) + "]}");

            assertThat(answer.body().toString()).isEqualTo("{\"batchItemFailures\":[]}");
            assertThat(world.present()).isEqualTo(world.wanted());
        }
    }

    @Test
    void a_permanent_refusal_is_reported_blocks_no_other_automation_and_ends_with_a_valid_edit()
            throws Exception {
        world.server.faults().failNext(1, "CreateSchedule", Fault.INVALID);
        var printed = new ByteArrayOutputStream();
        var out = System.out;
        String id;
        try {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            id = world.unscheduled("0 9 * * *", "UTC");
            LocalFixture.await("the refusal", () -> sync(id), "failed");
            LocalFixture.await(
                    "the metric",
                    () -> printed.toString(StandardCharsets.UTF_8).contains("\"SyncFailures\":1.0"),
                    true);
        } finally {
            System.setOut(out);
        }
        LocalFixture.await(
                "the error",
                () -> world.get(AUTOMATIONS + id + "/").text("last_error"),
                "EventBridge Scheduler refused the schedule: The request is not acceptable.");
        LocalFixture.await("the dead letter", () -> deadLetters(id), 1L);

        var other = world.unscheduled("0 10 * * *", "UTC");
        LocalFixture.await("the other", () -> sync(other), "synced");
        edit(id, "{\"cron_expression\": \"0 11 * * *\"}");
        LocalFixture.await("the good edit", () -> sync(id), "synced");
        LocalFixture.await(
                "no error",
                () -> world.get(AUTOMATIONS + id + "/").body().path("last_error").isNull(),
                true);
        world.awaitAgreement();
    }

    @Test
    void ten_minutes_without_a_scheduler_leave_misses_in_the_ledger_and_start_nothing_late()
            throws Exception {
        world.clock.moveTo("2099-01-05T12:00:30Z");
        var frequent = world.automation("*/5 * * * *", "UTC");
        var edited = world.automation("0 12 * * *", "UTC");
        var paused = world.automation("30 12 * * *", "UTC");

        world.server.stopScheduler();
        edit(edited, "{\"cron_expression\": \"15 12 * * *\"}");
        edit(paused, "{\"enabled\": false}");
        var made = world.unscheduled("20 12 * * *", "UTC");
        world.clock.moveTo("2099-01-05T12:10:30Z");
        world.server.startScheduler();
        world.awaitAgreement();

        for (var time : List.of("12:10:40", "12:15:00", "12:20:00", "12:25:00", "12:30:00")) {
            world.moveTo("2099-01-05T" + time + "Z");
        }
        world.awaitLedger(made, "2099-01-05T12:20:00Z started 1");
        world.awaitLedger(edited, "2099-01-05T12:15:00Z started 1");
        LocalFixture.await("the runs and the misses", () -> world.ledger(frequent).size(), 6);
        assertThat(world.invoke("Reconcile", "{}").status()).isEqualTo(200);

        assertThat(world.ledger(frequent))
                .containsExactly(
                        "2099-01-05T12:05:00Z missed 0",
                        "2099-01-05T12:10:00Z missed 0",
                        "2099-01-05T12:15:00Z started 1",
                        "2099-01-05T12:20:00Z started 1",
                        "2099-01-05T12:25:00Z started 1",
                        "2099-01-05T12:30:00Z started 1");
        assertThat(world.runs(frequent)).isEqualTo(4);
        assertThat(world.ledger(paused)).isEmpty();
        assertThat(world.ledger(edited)).hasSize(1);
    }

    private void edit(String automation, String body) {
        assertThat(world.patch(AUTOMATIONS + automation + "/", body).status()).isEqualTo(200);
    }

    private String sync(String automation) {
        return world.get(AUTOMATIONS + automation + "/schedule/")
                .body()
                .path("sync")
                .path("status")
                .asText();
    }

    private static long deadLetters(String automation) throws IOException {
        try (var files = Files.walk(state.resolve("dead-letters"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> {
                        var letter = read(file);
                        return letter.contains("TaskAutomation Schedule Refused")
                                && letter.contains(automation);
                    })
                    .count();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException vanished) {
            return "";
        }
    }

    private static String record(String automation, Integer before, Integer after) {
        var sequence = UUID.randomUUID().toString().replaceAll("\\D", "");
        return """
        {"eventName": "%s", "eventSource": "aws:dynamodb", "dynamodb": {
         "Keys": {"pk": {"S": "AUTOMATIONS#1"}, "sk": {"S": "%s"}}, %s %s
         "SequenceNumber": "%s", "StreamViewType": "NEW_AND_OLD_IMAGES"}}
        """
                .formatted(
                        before == null ? "INSERT" : after == null ? "REMOVE" : "MODIFY",
                        automation,
                        before == null ? "" : image("OldImage", before),
                        after == null ? "" : image("NewImage", after),
                        sequence);
    }

    private static String image(String name, int edition) {
        return "\"%s\": {\"edition\": {\"N\": \"%d\"}},".formatted(name, edition);
    }
}
