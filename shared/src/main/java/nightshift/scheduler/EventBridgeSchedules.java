package nightshift.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;

import nightshift.automation.ScheduleRefusedException;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomation;
import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindow;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.GetScheduleResponse;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;
import software.amazon.awssdk.services.scheduler.model.ServiceQuotaExceededException;
import software.amazon.awssdk.services.scheduler.model.Target;
import software.amazon.awssdk.services.scheduler.model.ValidationException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// Schedules in one group of EventBridge Scheduler: one for an automation, two if both of its day
/// fields are restricted.
public final class EventBridgeSchedules implements Schedules {
    private static final String PREFIX = "task-automation-";
    private static final int UUID_LENGTH = 36;

    /// Other names are those of one-time schedules.
    private static final Pattern RECURRING =
            Pattern.compile(PREFIX + "[0-9a-f-]{" + UUID_LENGTH + "}(-or)?");

    /// The most that EventBridge Scheduler allows.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html">AWS:
    ///   RetryPolicy</a>
    private static final int RETRIES = 185;

    private static final int CONFLICTS = 5;

    private final SchedulerClient client;
    private final Delivery delivery;
    private final String functionArn;

    /// What all schedules have in common: their group, the role that permits them to invoke a
    /// function, and the queue for firings that failed.
    ///
    /// @param tolerance how long a firing is tried
    public record Delivery(String group, String roleArn, String deadLetterArn, Duration tolerance) {
        Target to(String functionArn, String input) {
            return Target.builder()
                    .arn(functionArn)
                    .roleArn(roleArn)
                    .input(input)
                    .deadLetterConfig(dead -> dead.arn(deadLetterArn))
                    .retryPolicy(retry ->
                            retry.maximumEventAgeInSeconds((int) tolerance.toSeconds())
                                    .maximumRetryAttempts(RETRIES))
                    .build();
        }
    }

    /// @param functionArn the function that the schedules invoke
    public EventBridgeSchedules(SchedulerClient client, Delivery delivery, String functionArn) {
        this.client = client;
        this.delivery = delivery;
        this.functionArn = functionArn;
    }

    @Override
    public void sync(UUID automationId, @Nullable TaskAutomation wanted) {
        var expressions =
                wanted == null ? List.<String>of() : AwsCron.translate(wanted.spec().cron());
        var names = names(automationId);
        for (int i = 0; i < names.size(); i++) {
            if (wanted != null && i < expressions.size()) {
                put(names.get(i), expressions.get(i), wanted);
            } else {
                delete(names.get(i));
            }
        }
    }

    @Override
    public void create(TaskAutomation wanted) {
        var expressions = AwsCron.translate(wanted.spec().cron());
        var names = names(wanted.id());
        try {
            for (int i = 0; i < expressions.size(); i++) {
                int number = i;
                accepted(() -> create(names.get(number), expressions.get(number), wanted));
            }
        } catch (ConflictException _) { // there is one all the same
            sync(wanted.id(), wanted);
        }
    }

    @Override
    public boolean matches(TaskAutomation wanted) {
        var expressions = AwsCron.translate(wanted.spec().cron());
        var names = names(wanted.id());
        for (int i = 0; i < names.size(); i++) {
            var found = find(names.get(i));
            boolean same =
                    i < expressions.size()
                            ? found.isPresent() && matches(found.get(), expressions.get(i), wanted)
                            : found.isEmpty();
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private boolean matches(GetScheduleResponse found, String expression, TaskAutomation wanted) {
        return expression.equals(found.scheduleExpression())
                && wanted.spec().timezone().name().equals(found.scheduleExpressionTimezone())
                && state(wanted) == found.state()
                && atTheMinute().equals(found.flexibleTimeWindow())
                && target(wanted).equals(found.target());
    }

    @Override
    public Optional<Long> projectOf(UUID automationId) {
        return names(automationId).stream()
                .flatMap(name -> find(name).stream())
                .flatMap(found -> project(found.target().input()).stream())
                .findFirst();
    }

    private static Optional<Long> project(@Nullable String input) {
        try {
            long project =
                    Json.parse(String.valueOf(input).getBytes(StandardCharsets.UTF_8))
                            .path("project_id")
                            .asLong();
            return project > 0 ? Optional.of(project) : Optional.empty();
        } catch (JsonProcessingException _) {
            return Optional.empty(); // somebody else's
        }
    }

    private Optional<GetScheduleResponse> find(String name) {
        try {
            return Optional.of(
                    client.getSchedule(get -> get.name(name).groupName(delivery.group())));
        } catch (ResourceNotFoundException _) {
            return Optional.empty();
        }
    }

    @Override
    public Set<UUID> automations() {
        var found = new HashSet<UUID>();
        try {
            client
                    .listSchedulesPaginator(
                            list -> list.groupName(delivery.group()).namePrefix(PREFIX))
                    .schedules()
                    .stream()
                    .filter(schedule -> RECURRING.matcher(schedule.name()).matches())
                    .forEach(schedule -> found.add(automation(schedule.name())));
        } catch (ResourceNotFoundException _) {
            // the group is gone, and what was in it with it
        }
        return found;
    }

    private static List<String> names(UUID automationId) {
        var name = PREFIX + automationId;
        return List.of(name, name + "-or");
    }

    private static UUID automation(String name) {
        return UUID.fromString(name.substring(PREFIX.length(), PREFIX.length() + UUID_LENGTH));
    }

    /// Updates the schedule, whole, or creates it. An update that finds none and a creation that
    /// finds one cross each other only while somebody else changes the same schedule.
    private void put(String name, String expression, TaskAutomation wanted) {
        for (int attempt = 1; ; attempt++) {
            try {
                accepted(() -> {
                    if (!update(name, expression, wanted)) create(name, expression, wanted);
                });
                return;
            } catch (ConflictException crossed) {
                if (attempt == CONFLICTS) {
                    throw crossed;
                }
            }
        }
    }

    private static void accepted(Runnable request) {
        try {
            request.run();
        } catch (ValidationException | ServiceQuotaExceededException refused) {
            throw new ScheduleRefusedException(
                    "EventBridge Scheduler refused the schedule: "
                            + refused.awsErrorDetails().errorMessage(),
                    refused);
        }
    }

    private boolean update(String name, String expression, TaskAutomation wanted) {
        try {
            client.updateSchedule(update ->
                    update.name(name)
                            .groupName(delivery.group())
                            .scheduleExpression(expression)
                            .scheduleExpressionTimezone(wanted.spec().timezone().name())
                            .state(state(wanted))
                            .flexibleTimeWindow(atTheMinute())
                            .target(target(wanted)));
            return true;
        } catch (ResourceNotFoundException _) {
            return false;
        }
    }

    private void create(String name, String expression, TaskAutomation wanted) {
        try {
            client.createSchedule(create ->
                    create.name(name)
                            .groupName(delivery.group())
                            .scheduleExpression(expression)
                            .scheduleExpressionTimezone(wanted.spec().timezone().name())
                            .state(state(wanted))
                            .flexibleTimeWindow(atTheMinute())
                            .target(target(wanted)));
        } catch (
                ResourceNotFoundException
                        _) { // the group is gone; what else was in it is for Reconcile to find
            client.createScheduleGroup(create -> create.name(delivery.group()));
            create(name, expression, wanted);
        }
    }

    private void delete(String name) {
        try {
            client.deleteSchedule(delete -> delete.name(name).groupName(delivery.group()));
        } catch (ResourceNotFoundException _) {
            // gone already
        }
    }

    private static ScheduleState state(TaskAutomation wanted) {
        return wanted.spec().enabled() ? ScheduleState.ENABLED : ScheduleState.DISABLED;
    }

    private static FlexibleTimeWindow atTheMinute() {
        return FlexibleTimeWindow.builder().mode(FlexibleTimeWindowMode.OFF).build();
    }

    private Target target(TaskAutomation wanted) {
        var spec = wanted.spec();
        var input =
                Json.object()
                        .put("project_id", wanted.projectId())
                        .put("automation_id", wanted.id().toString())
                        .put("scheduled_time", "<aws.scheduler.scheduled-time>")
                        .put("cron_expression", spec.cron().text())
                        .put("timezone", spec.timezone().name());
        return delivery.to(functionArn, Json.text(input));
    }
}
