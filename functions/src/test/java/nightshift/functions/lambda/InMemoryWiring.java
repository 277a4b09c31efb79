package nightshift.functions.lambda;

import nightshift.api.Gatekeeper;
import nightshift.api.KeyGatekeeper;
import nightshift.automation.InMemoryOneTimeSchedules;
import nightshift.automation.InMemorySchedules;
import nightshift.automation.Occurrences;
import nightshift.automation.ScheduleHistory;
import nightshift.automation.TaskAutomations;
import nightshift.events.Announcements;
import nightshift.events.Announcements.Announcement;
import nightshift.idempotency.InMemoryKeyUses;
import nightshift.idempotency.KeyUses;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.ProjectData;
import nightshift.keys.ProjectObjects;
import nightshift.notification.NotificationChannels;
import nightshift.notification.RecordedWebhooks;
import nightshift.notification.Webhooks;
import nightshift.run.Artifacts;
import nightshift.run.InMemoryArtifacts;
import nightshift.run.InMemoryRunLogs;
import nightshift.run.InMemoryStorageLinks;
import nightshift.run.RunKey;
import nightshift.run.RunLogs;
import nightshift.run.StorageLinks;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;
import nightshift.testing.Ports;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// The parts in memory, at a time that moves when a test says so.
public final class InMemoryWiring implements Wiring {
    /// How a function ends whose instance is taken away.
    public static final class Died extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final Set<String> IMMORTAL = Set.of("clock", "gatekeeper");

    public final Ports ports = Ports.inMemory();
    public final InMemorySchedules schedules = new InMemorySchedules();
    public final InMemoryOneTimeSchedules oneTimeSchedules = new InMemoryOneTimeSchedules();
    public final List<Announcement> announced = new ArrayList<>();
    private final InMemoryKeyUses keyUses = new InMemoryKeyUses();
    public final RecordedWebhooks webhooks = new RecordedWebhooks();
    private final InMemoryRunLogs logs = new InMemoryRunLogs();
    private final InMemoryArtifacts artifacts = new InMemoryArtifacts();
    private volatile Instant now = Instant.parse("2026-01-01T10:00:00Z");

    /// Time passes.
    public void forward(Duration duration) {
        now = now.plus(duration);
    }

    /// The same parts, which cannot change some runs.
    public Wiring failingFor(List<RunKey> broken) {
        return proxy(
                Wiring.class,
                (method, arguments) -> {
                    var part = method.invoke(this, arguments);
                    return method.getName().equals("runs")
                            ? failing((TaskRuns) part, broken)
                            : part;
                });
    }

    private static TaskRuns failing(TaskRuns runs, List<RunKey> broken) {
        return proxy(
                TaskRuns.class,
                (method, arguments) -> {
                    boolean writes = List.of("update", "announced").contains(method.getName());
                    if (writes && broken.contains(arguments[0])) {
                        throw new IllegalStateException("will not do");
                    }
                    return method.invoke(runs, arguments);
                });
    }

    /// The same parts, of which one method fails.
    public Wiring failing(String name) {
        return before(
                name,
                () -> {
                    throw new IllegalStateException("busy");
                });
    }

    /// The same parts, with something that happens just before each call of one method.
    public Wiring before(String name, Runnable happening) {
        return proxy(
                Wiring.class,
                (method, arguments) -> {
                    var part = method.invoke(this, arguments);
                    return isMortal(method)
                            ? before(method.getReturnType(), part, name, happening)
                            : part;
                });
    }

    private static <T> Object before(Class<T> type, Object part, String name, Runnable happening) {
        return proxy(
                type,
                (method, arguments) -> {
                    if (method.getName().equals(name)) happening.run();
                    return method.invoke(part, arguments);
                });
    }

    private static boolean isMortal(Method method) {
        return method.getReturnType().isInterface() && !IMMORTAL.contains(method.getName());
    }

    /// The same parts for a function that dies in the call of the given number.
    ///
    /// @param acted whether that call has done its work
    public Wiring dyingAt(int call, boolean acted) {
        var left = new AtomicInteger(call);
        return proxy(
                Wiring.class,
                (method, arguments) -> {
                    var part = method.invoke(this, arguments);
                    return isMortal(method)
                            ? mortal(method.getReturnType(), part, left, acted)
                            : part;
                });
    }

    private static <T> Object mortal(
            Class<T> type, Object part, AtomicInteger left, boolean acted) {
        return proxy(
                type,
                (method, arguments) -> {
                    int callsLeft = left.getAndDecrement();
                    boolean works = callsLeft > 0 || (callsLeft == 0 && acted);
                    if (!works) throw new Died();
                    var answer = method.invoke(part, arguments);
                    if (callsLeft == 0) throw new Died();
                    return answer;
                });
    }

    private interface Called {
        Object with(Method method, Object[] arguments) throws Exception;
    }

    private static <T> T proxy(Class<T> type, Called called) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (_, method, arguments) -> {
                            try {
                                return called.with(method, arguments);
                            } catch (InvocationTargetException thrown) {
                                throw thrown.getCause();
                            }
                        }));
    }

    @Override
    public Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return Clock.fixed(now, zone);
            }
        };
    }

    @Override
    public Gatekeeper gatekeeper() {
        return new KeyGatekeeper(apiKeys(), clock());
    }

    @Override
    public ProjectData projectData() {
        throw new UnsupportedOperationException("EraseProjectTest of `local` tests it");
    }

    @Override
    public ProjectObjects projectObjects() {
        throw new UnsupportedOperationException("EraseProjectTest of `local` tests it");
    }

    @Override
    public ApiKeyStore apiKeys() {
        return ports.apiKeys();
    }

    @Override
    public KeyUses keyUses() {
        return keyUses;
    }

    @Override
    public TaskAutomations automations() {
        return ports.automations();
    }

    @Override
    public Tasks tasks() {
        return ports.tasks();
    }

    @Override
    public TaskRuns runs() {
        return ports.runs();
    }

    @Override
    public Occurrences occurrences() {
        return ports.occurrences();
    }

    @Override
    public nightshift.automation.Schedules schedules() {
        return schedules;
    }

    @Override
    public nightshift.automation.OneTimeSchedules oneTimeSchedules() {
        return oneTimeSchedules;
    }

    @Override
    public String fireFunction() {
        return "FireTaskAutomation";
    }

    @Override
    public ScheduleHistory scheduleHistory() {
        return ports.scheduleHistory();
    }

    @Override
    public RunLogs logs() {
        return logs;
    }

    @Override
    public Artifacts artifacts() {
        return artifacts;
    }

    @Override
    public StorageLinks links() {
        return new InMemoryStorageLinks();
    }

    @Override
    public Announcements announcements() {
        return announced::addAll;
    }

    @Override
    public URI bucketUrl() {
        return URI.create("https://bucket.s3.us-east-1.amazonaws.com/any");
    }

    @Override
    public NotificationChannels channels() {
        return ports.channels();
    }

    @Override
    public Webhooks webhooks() {
        return webhooks;
    }

    @Override
    public Set<String> allowedPrivateHosts() {
        return Set.of("localhost");
    }

    @Override
    public String apiUrl() {
        return "https://nightshift.example";
    }

    @Override
    public Duration tolerance() {
        return Duration.ofMinutes(15);
    }

    @Override
    public Duration lease() {
        return Duration.ofHours(2);
    }

    @Override
    public Duration queueLease() {
        return Duration.ofHours(24);
    }
}
