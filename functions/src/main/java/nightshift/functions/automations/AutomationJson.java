package nightshift.functions.automations;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.api.EntityTag;
import nightshift.api.Fields;
import nightshift.api.Reply;
import nightshift.api.TextRule;
import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;
import nightshift.automation.TaskAutomation;
import nightshift.json.Json;
import nightshift.log.Log;
import nightshift.run.RunStatus;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// An automation on the wire.
public final class AutomationJson {
    public static final int PROMPT_BYTES = 64 << 10;
    private static final TextRule NAME = TextRule.filled().atMost(255);
    private static final TextRule PROMPT = TextRule.filled().inBytes(PROMPT_BYTES);
    private static final TextRule REPOSITORY = TextRule.filled().atMost(255);
    private static final Pattern DOT_GIT =
            Pattern.compile("(\\.git)++\\z", Pattern.CASE_INSENSITIVE);
    private static final Pattern REPOSITORY_NAME =
            Pattern.compile("(?!\\.\\.?/)[A-Za-z0-9._-]+/(?!\\.\\.?\\z)[A-Za-z0-9._-]+");
    private static final TextRule CRON = TextRule.filled().atMost(100);
    private static final TextRule TIMEZONE = TextRule.filled().atMost(128);
    private static final TextRule TEMPLATE_ID = TextRule.filled().orNull().orBlank().atMost(255);

    private AutomationJson() {}

    /// The answer that shows an automation, with its version.
    static Reply reply(int status, TaskAutomation automation) {
        return Reply.of(status, write(automation))
                .with(EntityTag.HEADER, EntityTag.of(automation.edition()));
    }

    static ObjectNode write(TaskAutomation automation) {
        var spec = automation.spec();
        var last = automation.lastRun();
        return Json.object()
                .put("id", automation.id().toString())
                .put("name", spec.name())
                .put("prompt", spec.prompt())
                .put("repository", spec.repository())
                .put("github_integration", spec.githubIntegration())
                .put("cron_expression", spec.cron().text())
                .put("timezone", spec.timezone().name())
                .put("template_id", spec.templateId())
                .put("enabled", spec.enabled())
                .put("last_run_at", IsoTime.format(last == null ? null : last.at()))
                .put("last_run_status", last == null ? null : status(last.status()))
                .put("last_task_id", automation.taskId().toString())
                .put("last_task_run_id", last == null ? null : last.id().toString())
                .put("last_error", automation.lastError())
                .put("created_at", IsoTime.format(automation.createdAt()))
                .put("updated_at", IsoTime.format(automation.updatedAt()));
    }

    /// The spec of a new automation. Without an integration it gets the project's first.
    static AutomationSpec createSpec(Fields body, List<Long> integrations) {
        return spec(body, null, integrations);
    }

    /// The stored spec overlaid with the body.
    static AutomationSpec patchSpec(AutomationSpec stored, Fields body, List<Long> integrations) {
        return spec(body, stored, integrations);
    }

    /// Reads the fields in the order in which the contract declares them; the first bad one is
    /// reported.
    private static AutomationSpec spec(
            Fields body, @Nullable AutomationSpec stored, List<Long> integrations) {
        var name = stored == null || body.has("name") ? body.text("name", NAME) : stored.name();
        var prompt =
                stored == null || body.has("prompt")
                        ? body.text("prompt", PROMPT)
                        : stored.prompt();
        var repository =
                stored == null || body.has("repository")
                        ? repository(body, body.text("repository", REPOSITORY))
                        : stored.repository();
        var integration = integration(body, stored, integrations);
        var cron = stored == null || body.has("cron_expression") ? cron(body) : stored.cron();
        var timezone =
                body.has("timezone")
                        ? timezone(body)
                        : stored == null ? IanaZone.utc() : stored.timezone();
        var templateId =
                body.text("template_id", TEMPLATE_ID, stored == null ? null : stored.templateId());
        var enabled = body.flag("enabled", stored == null || stored.enabled());
        return new AutomationSpec(
                name, prompt, repository, integration, cron, timezone, templateId, enabled);
    }

    /// A cron expression that must be there.
    static CronExpression cron(Fields body) {
        var text = body.text("cron_expression", CRON);
        try {
            return CronExpression.parse(text);
        } catch (CronSyntaxException refused) {
            Log.info(
                    "cron expression refused",
                    Map.of("reason", String.valueOf(refused.getMessage())));
            throw body.refuse("cron_expression", "invalid_input", refusal(refused));
        }
    }

    /// A cron expression that must be there, refused with the exact reason after the usual words.
    static CronExpression explainedCron(Fields body) {
        var text = body.text("cron_expression", CRON);
        try {
            return CronExpression.parse(text);
        } catch (CronSyntaxException refused) {
            throw body.refuse(
                    "cron_expression",
                    "invalid_input",
                    refusal(refused) + " Reason: " + refused.getMessage() + ".");
        }
    }

    /// The contract's words.
    private static String refusal(CronSyntaxException refused) {
        return refused.notFiveFields()
                ? "Only standard 5-field cron expressions are supported (minute hour day month weekday)."
                        + " Example: '0 9 * * 1-5'."
                : "Invalid cron expression. Use standard 5-field cron syntax (e.g., '0 9 * * 1-5').";
    }

    /// A time zone that must be there.
    static IanaZone timezone(Fields body) {
        var name = body.text("timezone", TIMEZONE);
        return IanaZone.find(name)
                .orElseThrow(() ->
                        body.refuse(
                                "timezone",
                                "invalid_input",
                                "'" + name + "' is not a valid IANA timezone."));
    }

    /// A repository's name in lower case, without the `.git` of its clone URL.
    public static String repository(Fields body, String sent) {
        var name = DOT_GIT.matcher(sent).replaceFirst("");
        if (!REPOSITORY_NAME.matcher(name).matches()) {
            throw body.refuse(
                    "repository",
                    "invalid_input",
                    "Repository must be in the format organization/repository");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /// An integration of the project. A creation without one gets the project's first.
    private static @Nullable Long integration(
            Fields body, @Nullable AutomationSpec stored, List<Long> integrations) {
        var sent = integration(body, integrations);
        if (stored == null) {
            return sent == null && !integrations.isEmpty() ? integrations.getFirst() : sent;
        }
        return body.has("github_integration") ? sent : stored.githubIntegration();
    }

    /// An integration of the project, or null if none was sent.
    public static @Nullable Long integration(Fields body, List<Long> integrations) {
        var sent = body.primaryKey("github_integration");
        if (sent != null && !integrations.contains(sent)) {
            throw body.noSuchKey("github_integration", sent);
        }
        return sent;
    }

    private static String status(RunStatus status) {
        return switch (status) {
            case COMPLETED -> "success";
            case FAILED, CANCELLED -> "failed";
            case NOT_STARTED, QUEUED, IN_PROGRESS -> "running";
        };
    }
}
