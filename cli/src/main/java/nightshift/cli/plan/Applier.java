package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.plan.Change.Action;
import nightshift.cli.text.CliException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Makes the changes of a plan, eight at a time. A failure does not stop the others.
///
/// The first step is made alone: it claims the set's first automation, or creates it. Of two that
/// apply the same set at once, one is refused there, before it has changed anything.
public final class Applier {
    private static final int AT_ONCE = 8;
    private static final String OVERTAKEN =
            "Somebody else applied this set since the plan: %s. `nightshift plan` shows what is"
                    + " there now.";

    private final Plan plan;
    private final ApiClient api;
    private final Writes writes;
    private final Consumer<String> progress;
    private final Report report;

    private Applier(Plan plan, ApiClient api, Consumer<String> progress) {
        this.plan = plan;
        this.api = api;
        this.writes = new Writes(api, plan);
        this.progress = progress;
        this.report = new Report(plan.todo().size());
    }

    /// Makes the changes.
    ///
    /// @param progress takes a line for each change that is over
    public static Report apply(Plan plan, ApiClient api, Consumer<String> progress) {
        var applier = new Applier(plan, api, progress);
        if (!plan.isEmpty()) {
            applier.apply();
        }
        return applier.report;
    }

    private void apply() {
        var todo = new ArrayList<>(plan.todo());
        var first = first();
        if (first.isPresent()) {
            if (!claim(first.get())) {
                return;
            }
        } else {
            make(todo.removeFirst());
            if (!checkCreations()) {
                report.note(OVERTAKEN.formatted("nothing more was changed"));
                return;
            }
        }
        makeAll(todo);
        checkCreations();
        new ChannelMembers(api, plan, report).apply();
        first.filter(change -> writes.isOvertaken(change.id()))
                .ifPresent(_ -> report.note(OVERTAKEN.formatted("both were made")));
    }

    private void makeAll(List<Change> todo) {
        try (var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            todo.forEach(change -> threads.execute(() -> make(change)));
            threads.shutdown();
            while (!threads.awaitTermination(1, TimeUnit.HOURS)) {
                // as long as it takes
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// The automation of the set at which everybody begins; none if the set is new.
    private Optional<Change> first() {
        return plan.changes().stream()
                .filter(change -> change.action() != Action.CREATE)
                .min(Comparator.comparing(Change::id));
    }

    private boolean claim(Change first) {
        try {
            writes.claim(first);
            return true;
        } catch (CliException refused) {
            report.note(first.path() + ": " + refused.getMessage());
            report.note("Nothing was changed. `nightshift plan` shows what is there now.");
            return false;
        }
    }

    private void make(Change change) {
        try {
            report.done(change, writes.make(change));
            progress.accept(
                    line(
                            change.action() == Action.REMOVE
                                    ? "removed"
                                    : PlanText.word(change.action()) + "d",
                            change));
        } catch (CliException refused) {
            report.failed(change, change.id(), "" + refused.getMessage());
            progress.accept(line("FAILED", change) + ": " + refused.getMessage());
        }
    }

    private String line(String word, Change change) {
        return "[%d/%d] %s %s".formatted(report.finished(), report.total(), word, change.path());
    }

    /// Looks for creations that somebody else made at the same time, and gives way to older ones.
    ///
    /// @return whether there were none
    private boolean checkCreations() {
        var created =
                plan.todo().stream()
                        .filter(change -> change.action() == Action.CREATE)
                        .filter(change -> !report.idOf(change).isEmpty())
                        .toList();
        if (created.isEmpty()) {
            return true;
        }
        var oldest = new HashMap<String, JsonNode>();
        var ids = new HashSet<String>();
        api.list("task_automations")
                .path("results")
                .forEach(automation -> {
                    ids.add(automation.path("id").asText());
                    oldest.merge(
                            automation.path("template_id").asText(), automation, Planner::older);
                });
        boolean alone = true;
        for (var change : created) {
            String id = report.idOf(change);
            var kept = oldest.get(change.automation().path("template_id").asText());
            if (kept != null && ids.contains(id) && !kept.path("id").asText().equals(id)) {
                alone = false;
                giveWay(change, id);
            } else if (!ids.contains(id)) {
                makeAgain(change);
            }
        }
        return alone;
    }

    private void giveWay(Change change, String id) {
        try {
            writes.removeOwn(id);
            report.failed(change, "", "somebody else created it at the same time");
        } catch (CliException refused) {
            report.failed(change, id, "it is there twice now: " + refused.getMessage());
        }
    }

    /// The key of the creation was used before, and its automation deleted since.
    private void makeAgain(Change change) {
        try {
            report.done(change, writes.createAgain(change));
        } catch (CliException refused) {
            report.failed(change, "", "" + refused.getMessage());
        }
    }
}
