package nightshift.automation;

import org.jspecify.annotations.Nullable;

/// What a caller sets of an automation.
///
/// @param githubIntegration an integration of the project; null: none
/// @param templateId free text of the client, may be empty; null: none
/// @param enabled false: paused
public record AutomationSpec(
        String name,
        String prompt,
        String repository,
        @Nullable Long githubIntegration,
        CronExpression cron,
        IanaZone timezone,
        @Nullable String templateId,
        boolean enabled) {
    /// Whether another spec has the same occurrences.
    public boolean sameTiming(AutomationSpec other) {
        return cron.equals(other.cron)
                && timezone.equals(other.timezone)
                && enabled == other.enabled;
    }

    /// The same, paused.
    AutomationSpec paused() {
        return new AutomationSpec(
                name, prompt, repository, githubIntegration, cron, timezone, templateId, false);
    }
}
