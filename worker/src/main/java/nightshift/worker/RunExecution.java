package nightshift.worker;

import nightshift.worker.Worker.Ending;
import nightshift.worker.api.ApiRefusalException;
import nightshift.worker.api.ApiUnreachableException;
import nightshift.worker.api.ClaimedRun;
import nightshift.worker.api.RunApi;
import nightshift.worker.api.RunEndedException;
import nightshift.worker.api.RunLogWriter;
import nightshift.worker.command.SecretValues;
import nightshift.worker.files.OutputFile;
import nightshift.worker.files.OutputFile.Found;
import nightshift.worker.files.PushedBranches;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Executes a claimed run. Any failure ends the run with a status and a reason. The log is
/// delivered, and the output and artifacts are uploaded if possible.
final class RunExecution {
    /// The time to send the last lines at a shutdown. The process may be killed five seconds after
    /// SIGTERM.
    private static final Duration LOG_TIMEOUT = Duration.ofMillis(1_500);

    private static final Duration REPORT_TIMEOUT = Duration.ofSeconds(2);

    private final WorkerSettings settings;
    private final RunApi api;
    private final ClaimedRun run;
    private final CompletableFuture<Void> over = new CompletableFuture<>();
    private final StepRunner steps;
    private final AtomicBoolean ending = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile @Nullable CommandStep command;
    private volatile @Nullable RunLogWriter log;
    private @Nullable RunFolder folder;

    /// The result to report.
    ///
    /// @param reason of the failure; null if the run is completed
    /// @param output JSON, or null
    /// @param temporary whether the failure may not happen again
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Outcome(@Nullable String reason, byte @Nullable [] output, boolean temporary) {}

    RunExecution(WorkerSettings settings, RunApi api, ClaimedRun run) {
        this.settings = settings;
        this.api = api;
        this.run = run;
        this.steps = new StepRunner(over, settings.timing().grace().plusSeconds(2));
    }

    /// Works until the run has ended.
    Ending work() {
        var heartbeats = new Heartbeats(api, settings.timing().heartbeat(), over);
        try {
            var outcome = outcome();
            if (!ending.compareAndSet(false, true)) {
                return Ending.FAILED; // stopped meanwhile
            }
            return report(outcome);
        } catch (RunEndedException runOver) {
            return Ending.RUN_OVER;
        } catch (Throwable failed) {
            System.err.println("The end of the run could not be reported: " + failed.getMessage());
            return Ending.UNREPORTED;
        } finally {
            ending.set(true);
            ended.complete(null);
            heartbeats.close();
            if (folder != null) {
                folder.delete();
            }
        }
    }

    /// Stops the command and reports it if there is time: the worker process is being stopped.
    void abandon() {
        try {
            if (!ending.compareAndSet(false, true)) {
                ended.completeOnTimeout(null, 4, TimeUnit.SECONDS).join();
                return;
            }
            var running = command;
            if (running != null) {
                running.kill();
            }
            var lines = log;
            if (lines != null) {
                lines.close(LOG_TIMEOUT);
            }
            steps.run(
                    REPORT_TIMEOUT,
                    () -> {
                        api.fail("The worker was stopped.", null, false);
                        return "done";
                    });
        } catch (Exception failed) {
            System.err.println("The run could not be ended: " + failed.getMessage());
        }
    }

    /// Catches all failures between claim and end, except the end of the run itself.
    private Outcome outcome() throws RunEndedException {
        var lines =
                new RunLogWriter(
                        api, settings.run().runId(), settings.timing().append(), settings.blocks());
        log = lines;
        try {
            var secrets = CommandSecrets.read(settings.access().secrets());
            folder = RunFolder.make(settings.access().user());
            return outcome(folder, secrets, lines);
        } catch (CommandSecrets.Unusable unusable) {
            return new Outcome(unusable.getMessage(), null, false);
        } catch (RunEndedException runOver) {
            throw runOver;
        } catch (Throwable failed) {
            return new Outcome(first(RunMessages.of(failed), delivered(lines)), null, false);
        }
    }

    private Outcome outcome(RunFolder place, Map<String, String> secrets, RunLogWriter lines)
            throws RunEndedException, InterruptedException {
        var failure = runCommand(place, secrets, lines);
        var found = visible(readOutput(place.output()), place, secrets, lines);
        var problem = problem(failure == null, found, lines);
        keepArtifacts(place.artifacts(), lines);
        var undelivered = delivered(lines);
        if (over.isDone()) {
            throw new RunEndedException();
        }
        byte[] output = found instanceof Found.Json json ? json.json() : null;
        var step = command;
        boolean temporary = failure != null && step != null && step.isTemporary();
        return new Outcome(first(failure, problem, undelivered), output, temporary);
    }

    /// @return null, or why the log is not complete
    private @Nullable String delivered(RunLogWriter lines) throws RunEndedException {
        try {
            return lines.close(settings.keeping());
        } catch (InterruptedException interrupted) {
            return RunMessages.of(interrupted);
        }
    }

    /// @return the reason of the failure, or null
    private @Nullable String runCommand(
            RunFolder place, Map<String, String> secrets, RunLogWriter lines)
            throws RunEndedException, InterruptedException {
        var step = new CommandStep(settings, run, place, secrets, lines);
        command = step;
        var longest = step.limit().plus(settings.timing().grace()).plus(settings.keeping());
        try {
            return steps.run(longest, step::run, lines.broken()).orElse(null);
        } catch (StepRunner.TooLong tooLong) {
            return RunMessages.tooLong(step.limit());
        } catch (StepRunner.Failed failed) {
            return lines.broken().isDone()
                    ? RunLogWriter.undelivered(lines.broken().join())
                    : RunMessages.of(failed.reason());
        }
    }

    private Found readOutput(Path file) throws RunEndedException, InterruptedException {
        try {
            return steps.run(settings.keeping(), () -> OutputFile.read(file));
        } catch (StepRunner.TooLong tooLong) {
            return new Found.Unusable(
                    "The output that the command left cannot be read in time.", "");
        } catch (StepRunner.Failed failed) {
            return new Found.Unusable(
                    "The output that the command left cannot be read: "
                            + RunMessages.of(failed.reason()),
                    "");
        }
    }

    /// The output without secrets, and with the branches that were pushed.
    private Found visible(
            Found found, RunFolder place, Map<String, String> secrets, RunLogWriter lines) {
        var pushed = PushedBranches.of(place.work());
        if (!pushed.isEmpty()) {
            lines.addMessage("Pushed " + String.join(", ", pushed) + ".");
        }
        return VisibleOutput.of(
                found,
                new SecretValues(secrets.values()),
                run.jsonSchema().isEmpty() ? pushed : List.of());
    }

    /// The reason why the output is invalid. It is the run's failure if the command succeeded.
    private @Nullable String problem(boolean didWell, Found found, RunLogWriter lines) {
        return switch (found) {
            case Found.Json json -> null;
            case Found.Nothing nothing ->
                    run.jsonSchema().isEmpty() || !didWell
                            ? null
                            : "The task asks for an output, and the command left none.";
            case Found.Unusable unusable -> {
                if (!didWell) {
                    lines.addMessage(unusable.reason());
                }
                if (!unusable.detail().isEmpty()) {
                    lines.addMessage(unusable.detail());
                }
                yield unusable.reason();
            }
        };
    }

    private void keepArtifacts(Path artifacts, RunLogWriter lines)
            throws RunEndedException, InterruptedException {
        var uploads = new ArtifactUploads(api, artifacts, lines::addMessage);
        try {
            steps.run(
                    settings.keeping(),
                    () -> {
                        uploads.keepAll();
                        return "done";
                    });
        } catch (StepRunner.TooLong tooLong) {
            lines.addMessage(
                    "Keeping the artifacts took longer than its limit of %s."
                            .formatted(RunMessages.of(settings.keeping())));
            uploads.giveUp("there was no time left.");
        } catch (StepRunner.Failed failed) {
            lines.addMessage(RunMessages.of(failed.reason()));
            uploads.giveUp("the worker failed.");
        }
    }

    private Ending report(Outcome outcome)
            throws ApiUnreachableException, ApiRefusalException, InterruptedException {
        var reason = outcome.reason();
        var output = outcome.output();
        try {
            if (reason == null && output != null) {
                try {
                    api.output(output);
                } catch (ApiRefusalException refused) {
                    reason = "The output was refused: " + refused.getMessage();
                    output = null;
                }
            }
            if (reason == null) {
                api.complete();
                return Ending.COMPLETED;
            }
            fail(RunMessages.shortened(reason), output, outcome.temporary());
        } catch (RunEndedException alreadyOver) {
            // Either an answer was lost, or the output has completed the run.
            System.out.println("The run was over before its end was reported.");
        }
        return reason == null ? Ending.COMPLETED : Ending.FAILED;
    }

    /// Ends the run without the output if the API refuses the output.
    private void fail(String reason, byte @Nullable [] output, boolean temporary)
            throws RunEndedException,
                    ApiUnreachableException,
                    ApiRefusalException,
                    InterruptedException {
        try {
            api.fail(reason, output, temporary);
        } catch (ApiRefusalException refused) {
            api.fail(
                    "%s (Its output was refused: %s)".formatted(reason, refused.getMessage()),
                    null,
                    temporary);
        }
    }

    private static @Nullable String first(@Nullable String... reasons) {
        for (var reason : reasons) {
            if (reason != null) {
                return reason;
            }
        }
        return null;
    }
}
