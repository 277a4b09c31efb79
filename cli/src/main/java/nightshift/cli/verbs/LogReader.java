package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;

import java.time.Duration;
import java.util.function.Consumer;

/// Reads a run's log from its begin, and what comes to it.
final class LogReader {
    private static final int PAGE = 5_000;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ApiClient api;
    private final RunPath run;
    private final Consumer<JsonNode> reader;
    private long read;

    LogReader(ApiClient api, RunPath run, Consumer<JsonNode> reader) {
        this.api = api;
        this.run = run;
        this.reader = reader;
    }

    /// Reads what is there.
    void readOn() {
        boolean more = true;
        while (more) {
            var answer = api.get(run.path() + "session_logs/?limit=" + PAGE + "&offset=" + read);
            answer.json().forEach(reader);
            read += answer.json().size();
            more = answer.header("X-Has-More").equals("true") && !answer.json().isEmpty();
        }
    }

    /// Reads until the run is over, and returns the run.
    JsonNode follow() {
        while (true) {
            var state = api.get(run.path()).json();
            readOn(); // after the run: what it wrote before its end is there
            if (RunPath.isOver(state)) {
                return state;
            }
            ApiClient.pause(PAUSE);
        }
    }
}
