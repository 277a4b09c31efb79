package nightshift.local;

import static nightshift.local.AwsApiException.invalid;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.local.AwsApiServer.Operation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// EventBridge Scheduler on one machine. It serves the REST API, stores schedules on disk, and
/// fires them at least once, within the minute. Occurrences while it was stopped are skipped.
final class LocalScheduler implements AutoCloseable {
    private final Clock clock;
    private final ScheduleStore store;
    private final ScheduleInvoker invoker;
    private final DeliveryQueue deliveries;
    private final AwsApiServer server;
    private final PeriodicTask timer = new PeriodicTask();

    LocalScheduler(
            int port,
            Path folder,
            Clock clock,
            Target target,
            Consumer<DeadLetter> deadLetters,
            FaultInjection faults)
            throws IOException {
        this.clock = clock;
        var now = clock.instant();
        this.store = new ScheduleStore(folder, now);
        this.invoker = new ScheduleInvoker(store, now, target, deadLetters);
        this.deliveries = new DeliveryQueue(folder.resolve("deliveries"), clock, faults, invoker);
        this.server = new AwsApiServer(port, "application/json", faults, this::route);
    }

    /// Starts to fire schedules periodically.
    LocalScheduler start() {
        timer.every(
                Duration.ofSeconds(1),
                () -> {
                    invokeDue();
                    var _ = deliveries.begin();
                });
        return this;
    }

    /// Fires the due schedules and waits until the targets have answered.
    void tick() {
        invokeDue();
        deliveries.tick();
    }

    int port() {
        return server.port();
    }

    /// Deletes a group with all its schedules, for a test of the recovery.
    synchronized void loseGroup(String name) {
        store.removeGroup(name);
    }

    @Override
    public void close() {
        timer.close();
        server.close();
        deliveries.close();
    }

    private synchronized void invokeDue() {
        invoker.invokeDue(clock.instant(), deliveries);
    }

    private Operation route(AwsApiRequest request) {
        var path = request.path();
        var name = path.size() == 2 ? path.get(1) : "";
        var call = request.method() + " " + path.getFirst() + (path.size() == 2 ? "/" : "");
        return switch (call) {
            case "POST schedules/" -> operation("CreateSchedule", () -> create(name, request));
            case "GET schedules/" ->
                    operation("GetSchedule", () -> store.schedule(group(request), name).details());
            case "PUT schedules/" -> operation("UpdateSchedule", () -> update(name, request));
            case "DELETE schedules/" -> operation("DeleteSchedule", () -> delete(name, request));
            case "GET schedules" -> operation("ListSchedules", () -> list(request));
            case "POST schedule-groups/" ->
                    operation("CreateScheduleGroup", () -> createGroup(name));
            case "GET schedule-groups/" ->
                    operation("GetScheduleGroup", () -> store.group(name).details());
            case "DELETE schedule-groups/" ->
                    operation("DeleteScheduleGroup", () -> deleteGroup(name));
            case "GET schedule-groups" ->
                    operation("ListScheduleGroups", () -> listGroups(request));
            default ->
                    throw new AwsApiException(
                            404,
                            "UnknownOperationException",
                            "The stand-in does not know " + request.method() + " " + path + ".");
        };
    }

    private Operation operation(String name, Supplier<ObjectNode> act) {
        return new Operation(
                name,
                () -> {
                    synchronized (this) {
                        return act.get();
                    }
                });
    }

    private ObjectNode create(String name, AwsApiRequest request) {
        var body = request.json();
        var wanted = ScheduleRequest.read(name, body);
        var token = ScheduleRequest.clientToken(body);
        var now = clock.instant();
        var schedule = new Schedule(wanted, now, now, token, null);
        if (token != null && store.contains(schedule.group(), name)) {
            var present = store.schedule(schedule.group(), name);
            if (token.equals(present.clientToken()) && wanted.equals(present.description())) {
                return scheduleArn(present); // a retry of the same call
            }
        }
        store.add(schedule);
        return scheduleArn(schedule);
    }

    private ObjectNode update(String name, AwsApiRequest request) {
        var wanted = ScheduleRequest.read(name, request.json());
        var now = clock.instant();
        var present = store.schedule(wanted.path("GroupName").asText(), name);
        // An occurrence between the last tick and this change must not be lost.
        invoker.invokeDue(present, now, deliveries);
        var changed = store.schedule(present.group(), name).replacedBy(wanted, now);
        store.put(changed);
        return scheduleArn(changed);
    }

    private ObjectNode delete(String name, AwsApiRequest request) {
        store.remove(store.schedule(group(request), name));
        return answer();
    }

    private ObjectNode list(AwsApiRequest request) {
        var group = request.parameter("ScheduleGroup");
        group.ifPresent(store::group);
        var prefix = request.parameter("NamePrefix").orElse("");
        var state = request.parameter("State");
        var matching =
                store.schedules().stream()
                        .filter(schedule -> group.isEmpty() || schedule.group().equals(group.get()))
                        .filter(schedule -> schedule.name().startsWith(prefix))
                        .filter(schedule -> state.isEmpty() || schedule.state().equals(state.get()))
                        .toList();
        return page(request, "Schedules", matching, Schedule::key, Schedule::summary);
    }

    private ObjectNode createGroup(String name) {
        var group = store.addGroup(ScheduleRequest.name(name, "name"), clock.instant());
        return answer().put("ScheduleGroupArn", group.arn());
    }

    private ObjectNode deleteGroup(String name) {
        if (name.equals(ScheduleRequest.DEFAULT_GROUP)) {
            throw invalid("The default schedule group cannot be deleted.");
        }
        store.removeGroup(name);
        return answer();
    }

    private ObjectNode listGroups(AwsApiRequest request) {
        var prefix = request.parameter("NamePrefix").orElse("");
        var matching =
                store.groups().stream().filter(group -> group.name().startsWith(prefix)).toList();
        return page(
                request,
                "ScheduleGroups",
                matching,
                ScheduleStore.Group::name,
                ScheduleStore.Group::details);
    }

    /// Returns one page. The items are sorted by key, and the token holds the last key of the page.
    private static <T> ObjectNode page(
            AwsApiRequest request,
            String field,
            List<T> all,
            Function<T, String> key,
            Function<T, ObjectNode> write) {
        var size = pageSize(request);
        var after = request.parameter("NextToken").map(LocalScheduler::readToken).orElse("");
        var rest = all.stream().filter(one -> key.apply(one).compareTo(after) > 0).toList();
        var page = rest.subList(0, Math.min(size, rest.size()));
        var answer = answer();
        var list = answer.putArray(field);
        page.forEach(one -> list.add(write.apply(one)));
        if (rest.size() > size) {
            var last = key.apply(page.getLast()).getBytes(StandardCharsets.UTF_8);
            answer.put("NextToken", Base64.getUrlEncoder().withoutPadding().encodeToString(last));
        }
        return answer;
    }

    private static int pageSize(AwsApiRequest request) {
        var text = request.parameter("MaxResults").orElse("100");
        if (!text.matches("[1-9]\\d?|100")) throw invalid("MaxResults must be from 1 to 100.");
        return Integer.parseInt(text);
    }

    private static String readToken(String token) {
        try {
            return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw invalid("Invalid NextToken.");
        }
    }

    private static String group(AwsApiRequest request) {
        return request.parameter("groupName").orElse(ScheduleRequest.DEFAULT_GROUP);
    }

    private static ObjectNode scheduleArn(Schedule schedule) {
        return answer().put("ScheduleArn", schedule.arn());
    }

    private static ObjectNode answer() {
        return JsonNodeFactory.instance.objectNode();
    }
}
