package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/// A project's night as the lists of the API show it: 24 hours back and 24 ahead of a moment.
final class ConsoleNight {
    static final Instant NOW = Instant.parse("2026-11-26T08:04:00Z");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final int DAY = 1_440;

    private final Random random = new Random(5);
    private final Instant now;
    final List<ObjectNode> states = new ArrayList<>();
    final List<ObjectNode> occurrences = new ArrayList<>();
    final List<ObjectNode> upcoming = new ArrayList<>();

    ConsoleNight(Instant now) {
        this.now = now;
    }

    /// A night with one of everything.
    static ConsoleNight drawn() {
        var night = new ConsoleNight(NOW);
        var bump = night.every("Bump dependencies", "acme/shop", DAY, "02:10", 9);
        night.fail(bump, "3 of 412 tests fail after the update of undici to 7.2.0", 1, 3);
        var flaky = night.every("Hunt flaky tests", "acme/shop", DAY, "05:30", 6);
        night.fail(flaky, "The repository could not be cloned: connection reset by peer", 2, 1);
        var notes = night.every("Draft release notes", "acme/docs", 720, "06:00", 8);
        night.last(notes, "missed", null);
        var audit = night.every("Audit licences", "acme/platform", "UTC", DAY, "05:00", 12);
        audit.putObject("sync")
                .put("state", "failed")
                .put("reason", "the schedule service refused it")
                .put("since", "2026-11-26T03:10:00Z");
        night.every("Check canary", "acme/platform", "UTC", 1, "00:00", 0);
        night.every("Label support tickets", "acme/support", "UTC", 60, "00:05", 3);
        night.every("Triage new issues", "acme/shop", "UTC", 15, "00:00", 2);
        var sync = night.every("Sync translations", "acme/web", 30, "00:00", 5);
        night.overlapped(sync, 3);
        night.every("Review stale pull requests", "acme/web", "Europe/London", DAY, "10:00", 14);
        night.every("Benchmark hot paths", "acme/api", "America/Los_Angeles", DAY, "12:00", 35);
        night.every("Scan for secrets", "acme/mono", "UTC", 360, "01:00", 11);
        night.every("Summarise incidents", "acme/platform", "America/New_York", DAY, "14:00", 7);
        night.every("Tidy merged branches", "acme/mono", "Australia/Sydney", DAY, "14:00", 3);
        night.every("Reconcile invoice export", "acme/billing", "Asia/Kolkata", DAY, "20:45", 9);
        night.every("Translate help centre", "acme/support", "Asia/Tokyo", DAY, "22:30", 23);
        for (var name : List.of("Refresh API examples", "Prune feature flags", "Rotate fixtures")) {
            night.every(name, "acme/docs", DAY, "02:00", 12 + name.length());
        }
        night.every("Typecheck the monorepo", "acme/mono", DAY, "02:00", 47);
        night.every("Update changelog", "acme/docs", DAY, "02:00", 4);
        night.every("Fix lint debt", "acme/mono", DAY, "02:00", 52);
        night.last(
                night.every("Port tests to Vitest", "acme/web", DAY, "02:00", 9),
                "started",
                "cancelled");
        night.running(night.every("Migrate legacy endpoints", "acme/api", DAY, "07:30", 0));
        night.paused(night.every("Rewrite cart, experiment", "acme/shop", 30, "00:20", 6));
        return night;
    }

    /// Many automations, with some 3,000 occurrences in 24 hours.
    static ConsoleNight large() {
        var night = drawn();
        while (night.states.size() < 500) {
            int number = night.states.size();
            var automation =
                    night.every(
                            "Automation %03d".formatted(number),
                            "acme/repository-" + number % 20,
                            List.of(DAY, 720, 480, 360, 240).get(number % 5),
                            "%02d:%02d".formatted(night.random.nextInt(24), number % 60),
                            1 + night.random.nextInt(50));
            if (number % 97 == 0) night.fail(automation, "It broke", 1, 1);
        }
        return night;
    }

    ObjectNode every(String name, String repository, int minutes, String at, int took) {
        return every(name, repository, "Europe/Berlin", minutes, at, took);
    }

    /// An automation that starts every so many minutes, from a time of the day in Berlin.
    ObjectNode every(
            String name, String repository, String zone, int minutes, String at, int took) {
        var automation =
                JSON.createObjectNode()
                        .put("id", id())
                        .put("name", name)
                        .put("repository", repository)
                        .put("enabled", true)
                        .put("cron_expression", "0 0 * * *")
                        .put("timezone", zone)
                        .put("description", "Every day");
        automation
                .putObject("sync")
                .put("state", "synced")
                .putNull("reason")
                .put("since", "2026-11-01T00:00:00Z");
        automation
                .put("failures_in_a_row", 0)
                .putNull("paused_reason")
                .putNull("current_run")
                .putNull("next_run_at");
        var recent = automation.putArray("recent");
        var task = id();
        var day = now.atZone(BERLIN).truncatedTo(ChronoUnit.DAYS).minusDays(1);
        var first = day.plus(Duration.ofHours(Integer.parseInt(at.substring(0, 2))));
        first = first.plusMinutes(Integer.parseInt(at.substring(3)));
        var end = now.plus(Duration.ofDays(1));
        var step = Duration.ofMinutes(minutes);
        for (var time = first.toInstant(); time.isBefore(end); time = time.plus(step)) {
            if (time.isBefore(now.minus(Duration.ofDays(1)))) continue;
            if (time.isAfter(now)) {
                if (automation.path("next_run_at").isNull()) {
                    automation.put("next_run_at", time.toString());
                }
                upcoming.add(upcoming(automation, time));
            } else {
                occurrences.add(started(automation, task, time, took));
                recent.insert(0, "completed");
                if (recent.size() > 14) recent.remove(14);
            }
        }
        states.add(automation);
        return automation;
    }

    /// The last occurrence of an automation becomes a failure.
    void fail(ObjectNode automation, String message, int attempt, int inARow) {
        last(automation, "started", "failed").put("error_message", message).put("attempt", attempt);
        automation.put("failures_in_a_row", inARow);
    }

    ObjectNode last(ObjectNode automation, String status, @Nullable String runStatus) {
        return outcome(automation, 1, status, runStatus);
    }

    /// An occurrence, counted from the last, met the run before.
    void overlapped(ObjectNode automation, int back) {
        var before = of(automation).get(of(automation).size() - back - 1);
        outcome(automation, back, "overlap_skipped", null)
                .put("task_run_id", before.path("task_run_id").asText());
    }

    void running(ObjectNode automation) {
        var last = last(automation, "started", "in_progress").putNull("duration_seconds");
        automation
                .putObject("current_run")
                .put("id", last.path("task_run_id").asText())
                .put("status", "in_progress");
    }

    void paused(ObjectNode automation) {
        automation.put("enabled", false).putNull("next_run_at");
        upcoming.removeIf(each -> each.at("/automation/id").equals(automation.path("id")));
    }

    private ObjectNode outcome(
            ObjectNode automation, int back, String status, @Nullable String runStatus) {
        var all = of(automation);
        var occurrence = all.get(all.size() - back);
        occurrence.put("status", status).put("run_status", runStatus);
        if (runStatus == null) occurrence.putNull("task_run_id").putNull("duration_seconds");
        ((ArrayNode) automation.path("recent"))
                .set(
                        back - 1,
                        JSON.getNodeFactory().textNode(runStatus == null ? status : runStatus));
        return occurrence;
    }

    List<ObjectNode> of(JsonNode automation) {
        return occurrences.stream()
                .filter(each -> each.at("/automation/id").equals(automation.path("id")))
                .toList();
    }

    private ObjectNode started(ObjectNode automation, String task, Instant time, int minutes) {
        var occurrence =
                JSON.createObjectNode()
                        .put("scheduled_at", time.toString())
                        .put("status", "started")
                        .put("task_run_id", id())
                        .put("task_id", task)
                        .put("deliveries", 1)
                        .put("late_seconds", 3.0)
                        .put("recorded_at", time.plusSeconds(3).toString())
                        .put("run_status", "completed")
                        .put("attempt", 1)
                        .put("duration_seconds", minutes * 60 + 20)
                        .putNull("error_message");
        occurrence.set("automation", about(automation));
        return occurrence;
    }

    private static ObjectNode upcoming(ObjectNode automation, Instant time) {
        var coming =
                JSON.createObjectNode()
                        .put("scheduled_at", time.toString())
                        .put("local", time.atZone(BERLIN).toOffsetDateTime().toString());
        coming.set("automation", about(automation));
        return coming;
    }

    private static ObjectNode about(ObjectNode automation) {
        return JSON.valueToTree(
                Map.of(
                        "id", automation.path("id").asText(),
                        "name", automation.path("name").asText()));
    }

    private String id() {
        return new UUID(
                        (random.nextLong() & ~0xF000L) | 0x4000L,
                        (random.nextLong() >>> 2) | 0x8000000000000000L)
                .toString();
    }
}
