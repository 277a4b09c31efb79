package nightshift.testing;

import nightshift.automation.AutomationSpec;
import nightshift.automation.CronExpression;
import nightshift.automation.IanaZone;
import nightshift.automation.Occurrence;
import nightshift.automation.Outcome;
import nightshift.automation.Policy;
import nightshift.automation.TaskAutomation;
import nightshift.keys.Project;
import nightshift.run.Artifact;
import nightshift.run.Ids;
import nightshift.run.RunEnvironment;
import nightshift.run.RunKey;
import nightshift.run.RunOccurrence;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.task.Person;
import nightshift.task.Task;
import nightshift.task.TaskSpec;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A project that no other test uses, its clock, and what a test puts into it.
public final class TestProject {
    private static final Instant START = Instant.parse("2026-01-01T09:00:00.123456Z");

    private final Ports ports;
    private final long id = ThreadLocalRandom.current().nextLong(1, 1_000_000_000_000_000_000L);
    private final AtomicLong ticks = new AtomicLong();

    public TestProject(Ports ports) {
        this(ports, "Acme");
    }

    public TestProject(Ports ports, String name) {
        this.ports = ports;
        ports.apiKeys().put(new Project(id, name, List.of(7L)));
    }

    public long id() {
        return id;
    }

    /// A second later each time.
    public Instant now() {
        return START.plusSeconds(ticks.incrementAndGet());
    }

    /// A new automation and its task.
    public TaskAutomation automation(String name) {
        var automation = unkept(name);
        ports.automations().add(automation, taskOf(automation));
        return automation;
    }

    /// An automation that is not kept yet.
    public TaskAutomation unkept(String name) {
        var now = now();
        return TaskAutomation.create(
                Ids.timeOrdered(now), id, Ids.timeOrdered(now), spec(name), Policy.DEFAULT, now);
    }

    public static AutomationSpec spec(String name) {
        return new AutomationSpec(
                name,
                "Look for flaky tests",
                "acme/web",
                7L,
                CronExpression.parse("0 9 * * 1-5"),
                IanaZone.utc(),
                null,
                true);
    }

    /// The task that an automation comes with.
    public Task taskOf(TaskAutomation automation) {
        var spec = automation.spec();
        return task(
                automation.taskId(),
                automation.id(),
                new TaskSpec(
                        spec.name(),
                        spec.prompt(),
                        "automation",
                        spec.repository(),
                        spec.githubIntegration(),
                        null,
                        false,
                        null));
    }

    /// A new task of its own.
    public Task task(String title) {
        return task(title, false);
    }

    public Task task(String title, boolean internal) {
        return ports.tasks().add(unsavedTask(title, internal));
    }

    /// A task that is not kept yet.
    public Task unsavedTask(String title, boolean internal) {
        return task(
                Ids.timeOrdered(now()),
                null,
                new TaskSpec(
                        title,
                        "Fix it",
                        "user_created",
                        null,
                        null,
                        "{\"type\":\"object\"}",
                        internal,
                        "ci"));
    }

    private Task task(UUID taskId, @Nullable UUID automationId, TaskSpec spec) {
        var now = now();
        var person =
                new Person(3, new UUID(1, 2), "ada-distinct", "Ada", "Lovelace", "ada@example.com");
        return Task.create(taskId, id, spec, false, person, now).ofAutomation(automationId);
    }

    /// A run of an automation that is not kept yet.
    public TaskRun unsavedRun(TaskAutomation automation) {
        return unsavedRun(automation, now());
    }

    public TaskRun unsavedRun(TaskAutomation automation, Instant now) {
        return run(automation.taskId(), automation.id(), null, now);
    }

    /// A run of an automation's occurrence that is not kept yet.
    public TaskRun unsavedRun(TaskAutomation automation, RunOccurrence occurrence) {
        return run(automation.taskId(), automation.id(), occurrence, now());
    }

    /// The automation with another policy.
    public TaskAutomation with(TaskAutomation automation, Policy policy) {
        return ports.automations()
                .updatePolicy(id, automation.id(), from -> from.with(policy))
                .orElseThrow();
    }

    /// A run of a task that is not kept yet.
    public TaskRun unsavedRun(UUID taskId) {
        return unsavedRun(taskId, now());
    }

    public TaskRun unsavedRun(UUID taskId, Instant now) {
        return run(taskId, null, null, now);
    }

    private TaskRun run(
            UUID taskId,
            @Nullable UUID automationId,
            @Nullable RunOccurrence occurrence,
            Instant now) {
        return TaskRun.start(
                new RunKey(id, taskId, Ids.timeOrdered(now)),
                RunStatus.QUEUED,
                RunEnvironment.CLOUD,
                "main",
                "{\"mode\":\"background\"}",
                automationId,
                occurrence,
                automationId == null ? "ci (Ada Lovelace)" : TaskRun.SCHEDULE,
                "secret",
                now);
    }

    /// A new run of a task.
    public TaskRun run(UUID taskId) {
        return ports.runs().add(() -> unsavedRun(taskId)).orElseThrow();
    }

    /// A new run of an automation.
    public TaskRun start(TaskAutomation automation) {
        var started =
                ports.automations().start(id, automation.id(), this::unsavedRun).orElseThrow();
        var last = started.lastRun();
        if (last == null) {
            throw new IllegalStateException("started without a last run");
        }
        return ports.runs().find(key(automation.taskId(), last.id())).orElseThrow();
    }

    public RunKey key(UUID taskId, UUID runId) {
        return new RunKey(id, taskId, runId);
    }

    /// An entry for a run's manifest.
    public Artifact artifact(RunKey run, int number) {
        var artifactId = "%032x".formatted(number);
        return new Artifact(
                artifactId,
                "report.md",
                "output",
                "",
                12,
                "text/markdown",
                "tasks/artifacts/team_%d/task_%s/run_%s/%s_report.md"
                        .formatted(id, run.taskId(), run.runId(), artifactId),
                "text/markdown; charset=utf-8",
                now());
    }

    /// An occurrence that came ten seconds late, seen once.
    public static Occurrence occurrence(
            TaskAutomation automation, Instant scheduledAt, Outcome outcome, @Nullable UUID runId) {
        var late = Duration.ofSeconds(10);
        return new Occurrence(
                automation.projectId(),
                automation.id(),
                scheduledAt,
                outcome,
                runId,
                1,
                late,
                scheduledAt.plus(late));
    }
}
