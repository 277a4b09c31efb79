package nightshift.functions.automations;

import nightshift.api.Call;
import nightshift.api.Fields;
import nightshift.automation.TaskAutomation;
import nightshift.automation.TaskAutomations;
import nightshift.json.Json;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// Which automations a list is asked for. An empty parameter is none.
public final class AutomationFilter {
    private AutomationFilter() {}

    /// The page of the automations that pass all filters of a call. Only a filter reads more than
    /// the page.
    ///
    /// @throws nightshift.api.ApiException 400 for a value that makes no sense
    public static TaskAutomations.Listed list(
            TaskAutomations automations, Call call, int offset, int limit) {
        var filter = of(call);
        return filter.isPresent()
                ? automations.in(call.projectId(), filter.get(), offset, limit)
                : automations.in(call.projectId(), offset, limit);
    }

    private static Optional<Predicate<TaskAutomation>> of(Call call) {
        var filters = new ArrayList<Predicate<TaskAutomation>>();
        value(call, "search").ifPresent(text -> filters.add(search(text)));
        flag(call, "enabled")
                .ifPresent(enabled ->
                        filters.add(automation -> automation.spec().enabled() == enabled));
        value(call, "repository").ifPresent(name -> filters.add(isIn(name)));
        flag(call, "failing")
                .ifPresent(failing -> filters.add(automation -> isFailing(automation) == failing));
        return filters.stream().reduce(Predicate::and);
    }

    private static Optional<String> value(Call call, String parameter) {
        return Optional.ofNullable(call.query(parameter))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static Optional<Boolean> flag(Call call, String parameter) {
        return value(call, parameter)
                .map(text -> new Fields(Json.object().put(parameter, text)).flag(parameter, false));
    }

    /// Each word is in the name, the prompt or the repository, in any case.
    private static Predicate<TaskAutomation> search(String text) {
        var words = Arrays.asList(lower(text).split("\\s+"));
        return automation -> {
            var spec = automation.spec();
            var texts = List.of(lower(spec.name()), lower(spec.prompt()), lower(spec.repository()));
            return words.stream()
                    .allMatch(word -> texts.stream().anyMatch(in -> in.contains(word)));
        };
    }

    /// With a slash the whole name, without one the repository's own.
    private static Predicate<TaskAutomation> isIn(String name) {
        var wanted = lower(name);
        return automation -> {
            var repository = lower(automation.spec().repository());
            return wanted.contains("/")
                    ? repository.equals(wanted)
                    : repository.endsWith("/" + wanted);
        };
    }

    private static boolean isFailing(TaskAutomation automation) {
        var last = automation.lastRun();
        return last != null && last.status().failed();
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
