package nightshift.functions.logs;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Wiring;
import nightshift.functions.runs.RunPath;
import nightshift.functions.runs.WorkerGatekeeper;
import nightshift.json.Json;
import nightshift.run.RunLog;
import nightshift.run.RunLogs;
import nightshift.run.TaskRuns;
import nightshift.task.Tasks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/// `GET .../runs/{id}/session_logs/`: a run's log as a JSON array, filtered and page by page. With
/// `after` only the end of the log is read, so following a run costs what its new lines cost.
public final class RetrieveTaskRunSessionLogs extends Endpoint {
    /// What fits into one answer of Lambda; a page that would be larger ends early and says that
    /// there is more. One entry fits whatever its length: none is longer than a request's body.
    private static final long MOST_BYTES = 3 << 20;

    private final Tasks tasks;
    private final TaskRuns runs;
    private final RunLogs logs;

    /// The function as Lambda makes it.
    public RetrieveTaskRunSessionLogs() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RetrieveTaskRunSessionLogs(Wiring wiring) {
        super(new WorkerGatekeeper(wiring), Scope.TASK_READ);
        this.tasks = wiring.tasks();
        this.runs = wiring.runs();
        this.logs = wiring.logs();
    }

    @Override
    protected Reply answer(Call call) {
        var query = SessionLogQuery.of(call);
        var after = query.after();
        var page = Json.array();
        long total;
        long matching = 0;
        long bytes = 0;
        boolean full = false;
        var log = open(call);
        try (var lines = reader(after == null ? log.lines() : log.linesSince(after))) {
            total = log.entries();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var entry = SessionLog.line(line);
                if (entry == null || !query.matches(entry)) {
                    continue;
                }
                if (matching >= query.offset() && page.size() < query.limit() && !full) {
                    int length = line.getBytes(StandardCharsets.UTF_8).length;
                    full = bytes + length > MOST_BYTES && !page.isEmpty();
                    if (!full) page.add(entry);
                    bytes += length;
                }
                matching++;
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
        boolean more = query.offset() + page.size() < matching;
        return Reply.bytes("application/json", Json.bytes(page))
                .with("X-Total-Count", String.valueOf(total))
                .with("X-Filtered-Count", String.valueOf(matching))
                .with("X-Matching-Count", String.valueOf(matching))
                .with("X-Has-More", String.valueOf(more))
                .with("Cache-Control", "no-cache");
    }

    /// Reads the log at the same time as the row of the run.
    private RunLog open(Call call) {
        var key = RunPath.key(call);
        var opening =
                CompletableFuture.supplyAsync(() -> logs.open(key), Thread::startVirtualThread);
        RunPath.run(call, runs, tasks);
        return opening.join();
    }

    private static BufferedReader reader(InputStream lines) {
        return new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8));
    }
}
