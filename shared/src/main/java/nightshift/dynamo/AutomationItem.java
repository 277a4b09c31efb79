package nightshift.dynamo;

import nightshift.automation.AutomationSpec;
import nightshift.automation.AutomationState;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.LastRun;
import nightshift.automation.Retry;
import nightshift.automation.TaskAutomation;
import nightshift.automation.Timings;
import nightshift.automation.Timings.Former;
import nightshift.run.RunStatus;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;

/// How an automation lies in the table.
final class AutomationItem {
    static final String PARTITION = "AUTOMATIONS#";
    static final String EDITION = "edition";
    static final String POLICY_EDITION = "policy_edition";
    static final String FAILURES = "failures_in_a_row";
    private static final String EARLIER_FAILURES = "earlier_failures";

    /// Names the retry to come: no two retries repeat the same run.
    static final String RETRY = "retry_run_id";

    /// A sort key ends at 1,024 bytes of UTF-8; what follows the names takes 58.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html">AWS:
    ///   quotas in DynamoDB</a>
    private static final int NAMES_BYTES = 1_024 - 58;

    private static final int FOLDED_BYTES = 780;

    private AutomationItem() {}

    static String partition(long projectId) {
        return PARTITION + projectId;
    }

    static Item key(long projectId, UUID id) {
        return Item.keyed(partition(projectId), id.toString());
    }

    static Item write(TaskAutomation automation) {
        var spec = automation.spec();
        var last = automation.lastRun();
        var retry = automation.retry();
        var row = key(automation.projectId(), automation.id());
        return RecentItem.write(row, automation.recent())
                .put("project_id", automation.projectId())
                .put("task_id", automation.taskId())
                .put("name", spec.name())
                .put("prompt", spec.prompt())
                .put("repository", spec.repository())
                .put("github_integration", spec.githubIntegration())
                .put("cron_expression", spec.cron().text())
                .put("timezone", spec.timezone().name())
                .put("template_id", spec.templateId())
                .put("enabled", spec.enabled())
                .put("last_run_id", last == null ? null : last.id())
                .put("last_run_at", last == null ? null : last.at())
                .put("last_run_status", last == null ? null : last.status().text())
                .put("last_error", automation.lastError())
                .put(FAILURES, (Long) (long) automation.failuresInARow())
                .put(EARLIER_FAILURES, (Long) (long) automation.state().earlierFailures())
                .put("paused_reason", automation.pausedReason())
                .put(RETRY, retry == null ? null : retry.runId())
                .put("retry_scheduled_at", retry == null ? null : retry.scheduledAt())
                .put("retry_attempt", retry == null ? null : (Long) (long) retry.attempt())
                .put("retry_at", retry == null ? null : retry.at())
                .put("policy", PolicyItem.write(automation.policy()))
                .put(POLICY_EDITION, automation.policyEdition())
                .put(EDITION, automation.edition())
                .put("timed_since", automation.timings().since())
                .putTexts("timed_before", formerTimings(automation))
                .put("created_at", automation.createdAt())
                .put("updated_at", automation.updatedAt())
                .put(LedgerCounts.COUNTED, true)
                .put(Table.LISTING, listing(automation));
    }

    static TaskAutomation read(Item item) {
        return new TaskAutomation(
                item.uuid(Item.SK),
                item.number("project_id", 0),
                item.uuid("task_id"),
                new AutomationSpec(
                        item.text("name"),
                        item.text("prompt"),
                        item.text("repository"),
                        item.numberOrNull("github_integration"),
                        CronExpression.stored(item.text("cron_expression")),
                        zone(item.text("timezone")),
                        item.textOrNull("template_id"),
                        item.flag("enabled")),
                PolicyItem.read(item.itemOrNull("policy")),
                new AutomationState(
                        lastRun(item),
                        item.textOrNull("last_error"),
                        (int) item.number(FAILURES, 0),
                        (int) item.number(EARLIER_FAILURES, 0),
                        item.textOrNull("paused_reason"),
                        retry(item),
                        RecentItem.read(item)),
                item.number(EDITION, 1),
                item.number(POLICY_EDITION, 1),
                timings(item),
                item.time("created_at"),
                item.time("updated_at"));
    }

    /// The change that makes an item's spec another edition. Of the state it writes what the edit
    /// changes, because a run that ends does not move the edition.
    static Change edit(Change change, TaskAutomation from, TaskAutomation to) {
        var spec = to.spec();
        if (!from.spec().sameTiming(spec)) {
            setRetry(change, null);
        }
        if (!from.spec().enabled() && spec.enabled()) {
            setFailures(change, to).set("paused_reason", to.pausedReason());
        }
        if (!Objects.equals(from.lastError(), to.lastError())) {
            change.set("last_error", to.lastError());
        }
        return change.set("name", spec.name())
                .set("prompt", spec.prompt())
                .set("repository", spec.repository())
                .set("github_integration", spec.githubIntegration())
                .set("cron_expression", spec.cron().text())
                .set("timezone", spec.timezone().name())
                .set("template_id", spec.templateId())
                .set("enabled", spec.enabled())
                .set(EDITION, (Long) to.edition())
                .set("timed_since", to.timings().since())
                .setTexts("timed_before", formerTimings(to))
                .set("updated_at", to.updatedAt())
                .set(Table.LISTING, listing(to))
                .ifPresent()
                .ifStill(EDITION, (Long) from.edition());
    }

    /// The change that makes an item's policy another edition.
    static Change editPolicy(Change change, TaskAutomation from, TaskAutomation to) {
        var retry = from.retry();
        return setRetry(change, to.retry())
                .set("policy", PolicyItem.write(to.policy()))
                .set(POLICY_EDITION, (Long) to.policyEdition())
                .ifPresent()
                .ifStill(POLICY_EDITION, from.policyEdition(), 1)
                .ifStill(RETRY, retry == null ? null : retry.runId().toString());
    }

    /// The change that makes an item follow a run, if nothing that the effect was computed from has
    /// changed since.
    static Change follow(Change change, TaskAutomation from, TaskAutomation to) {
        var last = to.lastRun();
        if (!Objects.equals(from.lastRun(), last) && last != null) {
            change.set("last_run_status", last.status().text());
        }
        if (!Objects.equals(from.lastError(), to.lastError())) {
            change.set("last_error", to.lastError());
        }
        if (from.failuresInARow() != to.failuresInARow()
                || from.state().earlierFailures() != to.state().earlierFailures()) {
            setFailures(change, to);
        }
        if (!Objects.equals(from.retry(), to.retry())) {
            setRetry(change, to.retry());
        }
        if (from.edition() != to.edition()) {
            change.set("enabled", to.spec().enabled())
                    .set("paused_reason", to.pausedReason())
                    .set(EDITION, (Long) to.edition())
                    .set("timed_since", to.timings().since())
                    .setTexts("timed_before", formerTimings(to));
        }
        RecentItem.change(change, from, to).set("updated_at", to.updatedAt());
        return ifStill(change, from).ifStill(FAILURES, from.failuresInARow(), 0);
    }

    private static Change setFailures(Change change, TaskAutomation to) {
        return change.set(FAILURES, (Long) (long) to.failuresInARow())
                .set(EARLIER_FAILURES, (Long) (long) to.state().earlierFailures());
    }

    /// Only if the automation still is what it was read as: the same edition, policy and last run.
    static Change ifStill(Change change, TaskAutomation read) {
        return change.ifPresent()
                .ifStill(EDITION, (Long) read.edition())
                .ifStill(POLICY_EDITION, read.policyEdition(), 1)
                .ifStill("last_run_id", lastRunId(read));
    }

    /// Only if the last run still has the status that was read.
    static Change ifStillRanSo(Change change, TaskAutomation read) {
        var last = read.lastRun();
        return change.ifStill("last_run_status", last == null ? null : last.status().text());
    }

    private static @Nullable String lastRunId(TaskAutomation automation) {
        var last = automation.lastRun();
        return last == null ? null : last.id().toString();
    }

    static Change setRetry(Change change, @Nullable Retry retry) {
        return retry == null
                ? change.remove(RETRY)
                        .remove("retry_scheduled_at")
                        .remove("retry_attempt")
                        .remove("retry_at")
                : change.set(RETRY, retry.runId())
                        .set("retry_scheduled_at", retry.scheduledAt())
                        .set("retry_attempt", (Long) (long) retry.attempt())
                        .set("retry_at", retry.at());
    }

    /// The automation's place in the list: name ignoring case, name by code point, newest first,
    /// id.
    ///
    /// DynamoDB orders texts by their UTF-8 bytes, which is the order of code points; U+0000, which
    /// no name may hold, ends each part. Names are compared by their first 780 bytes at least, and
    /// by all of them if they have fewer than 450: longer ones cannot be had in a sort key.
    static String listing(TaskAutomation automation) {
        var name = automation.spec().name();
        var folded = start(name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), FOLDED_BYTES);
        var rest = start(name, NAMES_BYTES - folded.getBytes(StandardCharsets.UTF_8).length);
        return "%s\0%s\0%s\0%s"
                .formatted(folded, rest, newestFirst(automation.createdAt()), automation.id());
    }

    private static String newestFirst(Instant createdAt) {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, createdAt);
        return Long.toString(Long.MAX_VALUE - micros); // always nineteen digits
    }

    private static String start(String text, int bytes) {
        int used = 0;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            used += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
            if (used > bytes) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end);
    }

    /// Since when, until when, the zone and the expression, which alone may hold spaces.
    private static List<String> formerTimings(TaskAutomation automation) {
        return automation.timings().former().stream()
                .map(former ->
                        "%s %s %s %s"
                                .formatted(
                                        former.since(),
                                        former.until(),
                                        former.timezone().name(),
                                        former.cron().text()))
                .toList();
    }

    private static Timings timings(Item item) {
        var former = new ArrayList<Former>();
        for (var text : item.texts("timed_before")) {
            var parts = text.split(" ", 4);
            former.add(
                    new Former(
                            CronExpression.stored(parts[3]),
                            zone(parts[2]),
                            Instant.parse(parts[0]),
                            Instant.parse(parts[1])));
        }
        return new Timings(item.time("timed_since"), former);
    }

    private static @Nullable LastRun lastRun(Item item) {
        var id = item.uuidOrNull("last_run_id");
        return id == null
                ? null
                : new LastRun(id, item.time("last_run_at"), status(item.text("last_run_status")));
    }

    private static @Nullable Retry retry(Item item) {
        var run = item.uuidOrNull(RETRY);
        return run == null
                ? null
                : new Retry(
                        run,
                        item.time("retry_scheduled_at"),
                        (int) item.number("retry_attempt", 0),
                        item.time("retry_at"));
    }

    private static IanaZone zone(String name) {
        return IanaZone.find(name)
                .orElseThrow(
                        () -> new IllegalStateException("stored time zone is unknown: " + name));
    }

    private static RunStatus status(String text) {
        return RunStatus.of(text);
    }
}
