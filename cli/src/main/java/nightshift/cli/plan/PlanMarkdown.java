package nightshift.cli.plan;

import nightshift.cli.text.TextTable;

/// A plan for a comment on a pull request.
public final class PlanMarkdown {
    private PlanMarkdown() {}

    /// The whole plan. What comes from files and from the service is shown as code.
    public static String write(Plan plan) {
        var text = new StringBuilder();
        text.append("### Nightshift: ").append(plan.summary()).append("\n\n");
        if (!plan.todo().isEmpty()) {
            text.append("| | file | automation | what changes |\n| --- | --- | --- | --- |\n");
        }
        for (var change : plan.todo()) {
            text.append("| ")
                    .append(PlanText.word(change.action()))
                    .append(" | ")
                    .append(code(change.path()))
                    .append(" | ")
                    .append(code(change.name()))
                    .append(" | ")
                    .append(details(change))
                    .append(" |\n");
        }
        for (var automation : plan.left()) {
            text.append("\n")
                    .append(code(automation.path("template_id").asText()))
                    .append(" has no file; `--prune` removes it.\n");
        }
        plan.busiest()
                .ifPresent(busiest ->
                        text.append("\n").append(PlanText.busiest(busiest)).append("\n"));
        return text.toString();
    }

    private static String details(Change change) {
        var text = new StringBuilder();
        if (change.action() == Change.Action.CHANGE) {
            for (var field : change.fields()) {
                text.append(field.name()).append(": ");
                text.append(
                        field.name().equals("prompt")
                                ? PromptDifference.of(
                                        field.before().asText(""), field.after().asText())
                                : code(Planner.text(field.before()))
                                        + " → "
                                        + code(Planner.text(field.after())));
                text.append("<br>");
            }
        }
        var before = change.before();
        var after = change.after();
        if (before != null) {
            text.append("before: ").append(before.sentence()).append("; next ");
            text.append(before.occurrences()).append("<br>");
        }
        if (after != null) {
            text.append(before == null ? "" : "after: ").append(after.sentence()).append("; next ");
            text.append(after.occurrences()).append("<br>");
            after.warnings().forEach(warning -> text.append("⚠ ").append(warning).append("<br>"));
        }
        return text.toString().replaceFirst("<br>$", "");
    }

    /// Code that no content can end: backticks and bars are taken out of it.
    static String code(String text) {
        String clean = TextTable.printable(text).replace('`', '\'').replace("|", "\\|");
        return clean.isBlank() ? "" : "`" + clean + "`";
    }
}
