package nightshift.local.contract;

import static nightshift.local.contract.Rules.rule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/// The rules for concurrent calls: no update is lost.
abstract class ConcurrencyRules {
    @TestFactory
    Stream<DynamicTest> nothing_is_lost(Api api) {
        return Stream.of(
                rule(
                        "20 PATCHes of different state keys of one run keep all 20",
                        () -> {
                            var run = api.run();
                            var calls = new ArrayList<Call>();
                            for (int i = 0; i < 20; i++) {
                                calls.add(
                                        api.patch(run)
                                                .json("{'state': {'key%d': %d}}".formatted(i, i)));
                            }
                            atOnce(calls);
                            var state = api.get(run).answers(200).json("state");
                            for (int i = 0; i < 20; i++) {
                                assertThat(state.path("key" + i).asInt(-1)).isEqualTo(i);
                            }
                        }),
                rule(
                        "PATCHes of an automation and runs of it lose neither",
                        () -> {
                            var automation = api.automation();
                            var path = "/task_automations/" + automation.path("id").asText();
                            var calls = new ArrayList<Call>();
                            for (var change :
                                    List.of(
                                            "{'name': 'Raced'}",
                                            "{'prompt': 'Changed.'}",
                                            "{'repository': 'acme/other'}",
                                            "{'timezone': 'Europe/Berlin'}",
                                            "{'template_id': 'raced'}")) {
                                calls.add(api.patch(path).json(change));
                                calls.add(api.post(path + "/run/"));
                            }
                            var answers = atOnce(calls);
                            var started = new HashSet<String>();
                            for (int i = 1; i < answers.size(); i += 2) {
                                started.add(answers.get(i).json("last_task_run_id").asText());
                            }
                            assertThat(started).hasSize(5);
                            var after = api.get(path).answers(200).json();
                            var expected =
                                    Json.tree(
                                            """
                                            {'name': 'Raced', 'prompt': 'Changed.',
                                             'repository': 'acme/other',
                                             'timezone': 'Europe/Berlin',
                                             'template_id': 'raced', 'last_run_status': 'running'}
                                            """);
                            expected.forEachEntry((field, value) ->
                                    assertThat(after.path(field)).as(field).isEqualTo(value));
                            assertThat(started).contains(after.path("last_task_run_id").asText());
                            var runs =
                                    api.get(
                                            "/tasks/"
                                                    + after.path("last_task_id").asText()
                                                    + "/runs/");
                            assertThat(runs.answers(200).json("count").asInt()).isEqualTo(5);
                        }));
    }

    private static List<Answer> atOnce(List<Call> calls) throws Exception {
        var answers = new ArrayList<Answer>();
        var waiting = new ArrayList<Callable<Answer>>();
        calls.forEach(call -> waiting.add(() -> call.answers(200)));
        try (var threads = Executors.newFixedThreadPool(calls.size())) {
            for (var answer : threads.invokeAll(waiting)) answers.add(answer.get());
        }
        return answers;
    }
}
