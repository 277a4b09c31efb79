package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.automation.CronExpression;
import nightshift.local.Settings.Port;
import nightshift.scheduler.AwsCron;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;

/// The whole local run with a clock that the test moves, and clients for it.
///
/// The clock is far in the future, because DynamoDB Local expires items by the machine's clock.
final class LocalFixture implements AutoCloseable {
    static final Path TEMPLATE = Path.of("..", "template.yaml");
    static final String AUTOMATIONS = "/api/projects/1/task_automations/";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final MovableClock clock;
    final LocalServer server;
    final SchedulerClient scheduler;
    private final ApiClient client;

    /// An answer of the API or of a function.
    record Answer(int status, JsonNode body) {
        String text(String field) {
            return body.path(field).asText();
        }
    }

    LocalFixture(Path state, String now) {
        clock = new MovableClock(now);
        var settings = Settings.forTest(TEMPLATE, state);
        server =
                LocalServer.start(
                        new Settings(
                                settings.template(),
                                settings.state(),
                                settings.ports(),
                                clock,
                                settings.retryPauses(),
                                settings.streamPoll()));
        client = new ApiClient(server.url(Port.API), server.keys().write());
        scheduler = SchedulerClient.builder().httpClient(UrlConnectionHttpClient.create()).build();
        // the template's schedules would fire for a whole day at each step of the clock
        for (var own : scheduler.listSchedules(list -> list.groupName("default")).schedules()) {
            scheduler.deleteSchedule(delete -> delete.name(own.name()));
        }
    }

    @Override
    public void close() {
        scheduler.close();
        client.close();
        server.close();
    }

    /// Moves the clock and fires the due schedules.
    void moveTo(String time) {
        clock.moveTo(time);
        server.scheduler().tick();
    }

    void forward(Duration duration) {
        clock.forward(duration);
        server.scheduler().tick();
    }

    Answer post(String path, String body) {
        return send(Port.API, "POST", path, body);
    }

    Answer patch(String path, String body) {
        return send(Port.API, "PATCH", path, body);
    }

    Answer delete(String path) {
        return send(Port.API, "DELETE", path, "");
    }

    Answer get(String path) {
        return send(Port.API, "GET", path, "");
    }

    /// Invokes a function synchronously. Status 0 is a failure.
    Answer invoke(String function, String event) {
        return send(
                Port.LAMBDA, "POST", "/2015-03-31/functions/" + function + "/invocations", event);
    }

    /// Creates an automation, waits for its schedules, and returns its id.
    String automation(String cron, String zone) {
        var id = unscheduled(cron, zone);
        awaitAgreement();
        return id;
    }

    /// Creates an automation and returns its id.
    String unscheduled(String cron, String zone) {
        var created =
                post(
                        AUTOMATIONS,
                        """
                        {"name": "nightly", "prompt": "check", "repository": "acme/api",
                         "cron_expression": "%s", "timezone": "%s"}
                        """
                                .formatted(cron, zone));
        assertThat(created.status()).as("%s", created.body()).isEqualTo(201);
        return created.text("id");
    }

    /// The recorded occurrences of an automation, oldest first: minute, outcome, deliveries.
    List<String> ledger(String automation) {
        return StreamSupport.stream(occurrences(automation).spliterator(), false)
                .map(one ->
                        "%s %s %d"
                                .formatted(
                                        one.path("scheduled_at").asText(),
                                        one.path("status").asText(),
                                        one.path("deliveries").asInt()))
                .sorted()
                .toList();
    }

    JsonNode occurrences(String automation) {
        return get(AUTOMATIONS + automation + "/occurrences/").body().path("results");
    }

    void awaitLedger(String automation, String... lines) {
        await("the ledger", () -> ledger(automation), List.of(lines));
    }

    /// The number of runs of an automation's task.
    int runs(String automation) {
        return runs(taskOf(automation), 0);
    }

    int runs(String task, int offset) {
        return get("/api/projects/1/tasks/" + task + "/runs/?offset=" + offset)
                .body()
                .path("count")
                .asInt();
    }

    String taskOf(String automation) {
        return get(AUTOMATIONS + automation + "/").text("last_task_id");
    }

    String group() {
        return server.template().named("AWS::Scheduler::ScheduleGroup").keySet().iterator().next();
    }

    GetScheduleResponse schedule(String name) {
        return scheduler.getSchedule(get -> get.name(name).groupName(group()));
    }

    /// Checks that automations and schedules match.
    void awaitAgreement() {
        await("agreement", () -> wanted().equals(present()) ? "" : wanted() + "\n" + present(), "");
    }

    boolean agrees() {
        return wanted().equals(present());
    }

    /// The expected schedules of the automations: name, expression, zone, state.
    Set<String> wanted() {
        var wanted = new TreeSet<String>();
        for (var row : get(AUTOMATIONS + "?limit=1000").body().path("results")) {
            var expressions =
                    AwsCron.translate(CronExpression.parse(row.path("cron_expression").asText()));
            for (int i = 0; i < expressions.size(); i++) {
                wanted.add(
                        "task-automation-%s%s %s %s %s"
                                .formatted(
                                        row.path("id").asText(),
                                        i == 0 ? "" : "-or",
                                        expressions.get(i),
                                        row.path("timezone").asText(),
                                        row.path("enabled").asBoolean() ? "ENABLED" : "DISABLED"));
            }
        }
        return wanted;
    }

    /// The schedules of the group: name, expression, zone, state.
    Set<String> present() {
        var present = new TreeSet<String>();
        scheduler
                .listSchedulesPaginator(list -> list.groupName(group()))
                .schedules()
                .forEach(summary -> {
                    var schedule = schedule(summary.name());
                    present.add(
                            "%s %s %s %s"
                                    .formatted(
                                            schedule.name(),
                                            schedule.scheduleExpression(),
                                            schedule.scheduleExpressionTimezone(),
                                            schedule.stateAsString()));
                });
        return present;
    }

    static <T> void await(String what, Callable<T> actual, T expected) {
        var deadline = Instant.now().plus(PATIENCE);
        Object last;
        do {
            try {
                last = actual.call();
            } catch (Exception notYet) { // reported at the timeout
                last = notYet;
            }
            if (last.equals(expected)) return;
            LockSupport.parkNanos(20_000_000);
        } while (Instant.now().isBefore(deadline));
        assertThat(last).as(what).isEqualTo(expected);
    }

    private Answer send(Port port, String method, String path, String body) {
        var request =
                HttpRequest.newBuilder(URI.create(server.url(port) + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .header("Authorization", "Bearer " + server.keys().write())
                        .header("Content-Type", "application/json")
                        .build();
        var answer = client.send(request);
        boolean failed = answer.headers().firstValue("X-Amz-Function-Error").isPresent();
        return new Answer(failed ? 0 : answer.statusCode(), ApiClient.json(answer));
    }
}
