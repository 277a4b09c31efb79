package nightshift.scheduler;

import nightshift.automation.OneTimeSchedules;

import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ActionAfterCompletion;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.ResourceNotFoundException;
import software.amazon.awssdk.services.scheduler.model.Target;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// One-time schedules in the group of EventBridge Scheduler that holds the automations' schedules.
public final class EventBridgeOneTimeSchedules implements OneTimeSchedules {
    private static final int CROSSINGS = 5;

    /// A schedule for a time that has passed might never fire.
    private static final Duration SOONEST = Duration.ofSeconds(5);

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("'at('uuuu-MM-dd'T'HH:mm:ss')'").withZone(ZoneOffset.UTC);

    private final SchedulerClient client;
    private final EventBridgeSchedules.Delivery delivery;
    private final Clock clock;

    public EventBridgeOneTimeSchedules(
            SchedulerClient client, EventBridgeSchedules.Delivery delivery, Clock clock) {
        this.client = client;
        this.delivery = delivery;
        this.clock = clock;
    }

    @Override
    public void put(String name, Instant at, String function, String input) {
        var soonest = clock.instant().plus(SOONEST);
        var expression = expression(at.isBefore(soonest) ? soonest : at);
        var target = delivery.to(function, input);
        for (int attempt = 1; ; attempt++) {
            if (create(name, expression, target) || update(name, expression, target)) {
                return;
            }
            if (attempt == CROSSINGS) {
                throw new IllegalStateException("others change the schedule " + name);
            }
        }
    }

    @Override
    public void remove(String name) {
        try {
            client.deleteSchedule(delete -> delete.name(name).groupName(delivery.group()));
        } catch (ResourceNotFoundException _) {
            // gone already
        }
    }

    /// The time in whole seconds, rounded up.
    private static String expression(Instant at) {
        var second = at.truncatedTo(ChronoUnit.SECONDS);
        return AT.format(second.equals(at) ? at : second.plusSeconds(1));
    }

    /// Answers false if there is one.
    private boolean create(String name, String expression, Target target) {
        try {
            client.createSchedule(create ->
                    create.name(name)
                            .groupName(delivery.group())
                            .scheduleExpression(expression)
                            .actionAfterCompletion(ActionAfterCompletion.DELETE)
                            .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                            .target(target));
            return true;
        } catch (ConflictException _) {
            return false;
        } catch (ResourceNotFoundException _) { // the group is gone
            client.createScheduleGroup(group -> group.name(delivery.group()));
            return create(name, expression, target);
        }
    }

    /// Answers false if there is none.
    private boolean update(String name, String expression, Target target) {
        try {
            client.updateSchedule(update ->
                    update.name(name)
                            .groupName(delivery.group())
                            .scheduleExpression(expression)
                            .actionAfterCompletion(ActionAfterCompletion.DELETE)
                            .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                            .target(target));
            return true;
        } catch (ConflictException | ResourceNotFoundException notMade) {
            return false;
        }
    }
}
