package nightshift.functions.logs;

import static java.util.Objects.requireNonNull;

import nightshift.api.ApiException;
import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunLinks;
import nightshift.functions.runs.RunPath;
import nightshift.run.RunKey;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRun;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// `GET .../runs/{id}/logs/`: the run's log as JSON lines, after those of the runs that it resumes.
/// Opens with a key or with the signed link that the run shows.
public final class RetrieveTaskRunLogs extends Endpoint {
    /// What fits into one answer of Lambda, which ends at 6 MB including base64.
    private static final long MOST_BYTES = 4 << 20;

    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLogs logs;
    private final Clock clock;

    /// The function as Lambda makes it.
    public RetrieveTaskRunLogs() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskRunLogs(Wiring wiring) {
        super(new LogLinkGatekeeper(wiring), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.logs = wiring.logs();
        this.clock = wiring.clock();
    }

    @Override
    protected Reply answer(Call call) {
        var started = clock.instant();
        // Each log is read at the same time as the row of its run.
        var opening = new LinkedHashMap<RunKey, CompletableFuture<RunLog>>();
        var chain =
                chain(
                        call,
                        key ->
                                opening.put(
                                        key,
                                        CompletableFuture.supplyAsync(
                                                () -> logs.open(key), Thread::startVirtualThread)));
        var open = chain.stream().map(run -> requireNonNull(opening.get(run)).join()).toList();
        if (open.stream().mapToLong(RunLog::bytes).sum() > MOST_BYTES) {
            return logs.url(chain, RunLinks.LIFE)
                    .map(link -> Reply.redirect(307, link.url()))
                    .orElseThrow(
                            () -> ApiException.refused(400, "Unable to generate download URL"));
        }
        var whole = read(open);
        var millis = Duration.between(started, clock.instant()).toMillis();
        return Reply.bytes("application/jsonl", whole)
                .with("Cache-Control", "no-cache")
                .with("Server-Timing", "s3_read;dur=" + millis);
    }

    /// The run and those that it resumes, the oldest first.
    ///
    /// @param ahead is called with the key of each before its row is read
    private List<RunKey> chain(Call call, Consumer<RunKey> ahead) {
        ahead.accept(RunPath.key(call));
        return new RunChain(runs)
                .of(RunPath.run(call, runs, tasks), ahead)
                .map(TaskRun::key)
                .toList()
                .reversed();
    }

    private static byte[] read(List<RunLog> chain) {
        var whole = new ByteArrayOutputStream();
        for (var log : chain) {
            try (var lines = log.lines()) {
                lines.transferTo(whole);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        return whole.toByteArray();
    }
}
