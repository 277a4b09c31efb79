package nightshift.functions.lambda;

import nightshift.api.Gatekeeper;
import nightshift.automation.Occurrences;
import nightshift.automation.OneTimeSchedules;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.Schedules;
import nightshift.automation.TaskAutomations;
import nightshift.events.Announcements;
import nightshift.idempotency.KeyUses;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.ProjectData;
import nightshift.keys.ProjectObjects;
import nightshift.notification.NotificationChannels;
import nightshift.notification.Webhooks;
import nightshift.run.Artifacts;
import nightshift.run.RunLogs;
import nightshift.run.StorageLinks;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/// The parts that functions are made of. Asking for a part builds it, so no function pays for one
/// it does not use.
public interface Wiring {
    Clock clock();

    Gatekeeper gatekeeper();

    ApiKeyStore apiKeys();

    ProjectData projectData();

    ProjectObjects projectObjects();

    KeyUses keyUses();

    TaskAutomations automations();

    Tasks tasks();

    TaskRuns runs();

    Occurrences occurrences();

    Schedules schedules();

    OneTimeSchedules oneTimeSchedules();

    /// The ARN of `FireTaskAutomation`.
    String fireFunction();

    ScheduleHistory scheduleHistory();

    RunLogs logs();

    Artifacts artifacts();

    StorageLinks links();

    Announcements announcements();

    NotificationChannels channels();

    Webhooks webhooks();

    /// The hosts that a channel may have although they are not public.
    Set<String> allowedPrivateHosts();

    /// The URL under which clients call the API, without a slash at the end.
    String apiUrl();

    /// The URL of the bucket, as links to its objects begin.
    URI bucketUrl();

    /// How late a firing may come and still start a run.
    Duration tolerance();

    /// How long a run may go without a sign of life.
    Duration lease();

    /// How long a run may wait for a worker.
    Duration queueLease();
}
