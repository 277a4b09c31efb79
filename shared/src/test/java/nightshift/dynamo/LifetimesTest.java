package nightshift.dynamo;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.automation.Outcome;
import nightshift.run.RunStatus;
import nightshift.run.TaskRun;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/// Tests when DynamoDB may delete the rows.
class LifetimesTest {
    private static final String NAME = DynamoServer.create();
    private final Table table =
            new Table(
                    DynamoServer.CLIENT,
                    NAME,
                    new Lifetimes(Duration.ofDays(1), Duration.ofDays(2), Duration.ofDays(3)));
    private final TestProject project = new TestProject(DynamoServer.ports(table));

    @Test
    void an_artifact_ends_with_the_lifetime_of_runs() {
        var run = project.run(project.task("Tidy up").id());
        var added = project.artifact(run.key(), 1);
        var at = run.times().created().truncatedTo(ChronoUnit.SECONDS);
        new DynamoTaskRuns(table).addArtifacts(run.key(), List.of(added), at);

        assertThat(expiry(table, RunItem.artifactKey(run.key(), added.storagePath())))
                .isEqualTo(at.plus(Duration.ofDays(3)));
    }

    @Test
    void the_lifetime_of_a_run_begins_with_its_end() {
        var runs = new DynamoTaskRuns(table);
        var run = project.run(project.task("Tidy up").id());
        assertThat(expiry(table, RunItem.key(run.key()))).isEqualTo(Instant.EPOCH);
        for (int i = 0; i < 2; i++) {
            var end = run.times().created().plus(Duration.ofDays(9 + i));
            runs.update(run.key(), it -> it.with(RunStatus.FAILED, end));
            assertThat(expiry(table, RunItem.key(run.key())))
                    .isEqualTo(end.plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.SECONDS));
            runs.update(run.key(), it -> it.with(RunStatus.QUEUED, end));
            assertThat(expiry(table, RunItem.key(run.key()))).isEqualTo(Instant.EPOCH);
        }
    }

    @Test
    void an_occurrence_ends_with_the_lifetime_of_occurrences() {
        var automation = project.automation("nightly");
        var minute = Instant.parse("2026-01-02T09:00:00Z");
        var occurrence = TestProject.occurrence(automation, minute, Outcome.PAUSED, null);
        new DynamoOccurrences(table).record(occurrence, automation);

        assertThat(expiry(table, OccurrenceItem.key(occurrence)))
                .isEqualTo(minute.plus(Duration.ofDays(2)));
    }

    @Test
    void runs_are_kept_for_ever_by_default() {
        var standard = new Table(DynamoServer.CLIENT, NAME);
        var own = new TestProject(DynamoServer.ports(standard));
        TaskRun run = own.run(own.task("Tidy up").id());

        assertThat(standard.get(RunItem.key(run.key())).orElseThrow().number("expires_at", 0))
                .isZero();
    }

    private static Instant expiry(Table table, Item key) {
        return Instant.ofEpochSecond(table.get(key).orElseThrow().number("expires_at", 0));
    }
}
