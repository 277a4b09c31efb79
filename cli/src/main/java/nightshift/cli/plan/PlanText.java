package nightshift.cli.plan;

import nightshift.cli.plan.Change.Action;
import nightshift.cli.text.Style;
import nightshift.cli.text.Terminal;
import nightshift.cli.text.TextTable;
import nightshift.cli.text.Times;

import java.time.ZoneId;
import java.util.Locale;

/// A plan for people at a prompt.
public final class PlanText {
    private final Plan plan;
    private final Terminal terminal;

    private PlanText(Plan plan, Terminal terminal) {
        this.plan = plan;
        this.terminal = terminal;
    }

    /// Prints the plan to standard output.
    public static void print(Plan plan, Terminal terminal) {
        new PlanText(plan, terminal).print();
    }

    private void print() {
        for (var change : plan.todo()) {
            print(change);
        }
        for (var automation : plan.left()) {
            line(
                    Style.YELLOW,
                    "! " + automation.path("template_id").asText(),
                    "has no file; --prune removes it");
        }
        terminal.line("Plan for " + plan.files().name() + ": " + plan.summary() + ".");
        plan.busiest().ifPresent(busiest -> terminal.line(busiest(busiest)));
    }

    static String busiest(BusiestMinute busiest) {
        return "Busiest minute of the next 24 hours: "
                + Times.minute(busiest.at(), ZoneId.of("UTC"))
                + " UTC, "
                + busiest.starts()
                + (busiest.starts() == 1 ? " start." : " starts.");
    }

    private void print(Change change) {
        line(style(change.action()), change.action().mark() + " " + change.path(), change.name());
        if (change.action() == Action.CHANGE) {
            for (var field : change.fields()) {
                terminal.line("    " + difference(field));
            }
        }
        var before = change.before();
        var after = change.after();
        if (before != null) {
            terminal.line("    before: " + before.sentence());
            terminal.line("            next " + before.occurrences());
        }
        if (after != null) {
            terminal.line((before == null ? "    " : "    after:  ") + after.sentence());
            terminal.line(
                    (before == null ? "    next " : "            next ") + after.occurrences());
            for (var warning : after.warnings()) {
                terminal.line("    " + Style.YELLOW.of("warning: " + warning, terminal));
            }
        }
    }

    private static String difference(Change.Field field) {
        if (field.name().equals("prompt")) {
            return "prompt: "
                    + PromptDifference.of(field.before().asText(""), field.after().asText());
        }
        return field.name()
                + ": "
                + TextTable.printable(Planner.text(field.before()))
                + " -> "
                + TextTable.printable(Planner.text(field.after()));
    }

    private void line(Style style, String first, String second) {
        terminal.line(
                style.of(TextTable.printable(first), terminal)
                        + "  "
                        + TextTable.printable(second));
    }

    private static Style style(Action action) {
        return switch (action) {
            case CREATE -> Style.GREEN;
            case CHANGE -> Style.YELLOW;
            case REMOVE -> Style.RED;
            case UNCHANGED -> Style.DIM;
        };
    }

    static String word(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }
}
