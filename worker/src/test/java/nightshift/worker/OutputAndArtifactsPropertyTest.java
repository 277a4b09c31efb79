package nightshift.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// With any content of the output file and the artifact folder, the run ends with a status and a
/// reason, and each file is uploaded or named.
@Timeout(120)
class OutputAndArtifactsPropertyTest {
    private static final int RUNS = 200;
    private static final int AT_ONCE = 8;

    private static final List<String> KINDS =
            List.of(
                    "mkfifo %1$s",
                    "mkdir %1$s",
                    "mkdir -p %1$s && touch %1$s/a && chmod %2$s %1$s",
                    "ln -s /dev/zero %1$s",
                    "ln -s /nowhere %1$s",
                    "ln -s . %1$s",
                    "ln -s ../output.json %1$s",
                    "truncate -s 3G %1$s",
                    "truncate -s %3$d %1$s",
                    "head -c %3$d /dev/urandom > %1$s",
                    "printf '{\"a\": %3$d}' > %1$s",
                    "printf '{\"a\": 1} junk' > %1$s",
                    "printf '\\377\\376' > %1$s; chmod %2$s %1$s",
                    "yes '[' | head -n %3$d > %1$s",
                    ": > %1$s",
                    "echo 1 > %1$s; ln %1$s %1$s.again",
                    "rm -rf .; rm -rf \"$PWD\"",
                    "true");

    private static final List<String> ENDS =
            List.of("exit 0", "exit 0", "exit 0", "exit 3", "kill -9 $$", "exit 255");

    @Test
    void whatever_is_left_a_run_ends_with_a_status_and_a_reason() throws Exception {
        long seed = Long.getLong("leftovers.seed", System.nanoTime());
        var random = new Random(seed);
        try (var server = new StubApiServer();
                var threads = Executors.newFixedThreadPool(AT_ONCE)) {
            var all = new ArrayList<Callable<String>>();
            for (int i = 0; i < RUNS; i++) {
                var command = command(random);
                all.add(() -> wrong(server, command));
            }
            var wrong = new ArrayList<String>();
            for (var one : threads.invokeAll(all)) {
                if (!one.get().isEmpty()) {
                    wrong.add(one.get());
                }
            }
            assertThat(wrong).as("seed %d", seed).isEmpty();
        }
    }

    /// The errors in the end of a run, or empty.
    private static String wrong(StubApiServer server, String command) {
        var run = server.queue("Work.", "", "");
        new Worker(WorkerRunner.settings(run, command, Duration.ofMinutes(1))).work();
        boolean ended =
                switch (run.status()) {
                    case "completed" -> run.reason().isEmpty();
                    case "failed" -> run.reason().startsWith("The ") && run.reason().endsWith(".");
                    default -> false;
                };
        boolean internal = run.reason().contains("Exception") || run.reason().contains("worker");
        return ended && !internal ? "" : "%s: %s %s".formatted(command, run.status(), run.reason());
    }

    private static String command(Random random) {
        var command = new StringBuilder("exec 2>/dev/null\n");
        command.append(left(random, "\"$NIGHTSHIFT_OUTPUT\"")).append('\n');
        command.append("cd \"$NIGHTSHIFT_ARTIFACTS\"\n");
        int files = random.nextInt(4);
        for (int i = 0; i < files; i++) {
            command.append(left(random, name(random))).append('\n');
        }
        return command.append(pick(random, ENDS)).toString();
    }

    private static String left(Random random, String place) {
        return pick(random, KINDS)
                .formatted(place, pick(random, List.of("000", "200", "755")), size(random));
    }

    private static int size(Random random) {
        return random.nextInt(1 << (1 + random.nextInt(19)));
    }

    /// Random bytes that are valid in a file name.
    private static String name(Random random) {
        var name = new StringBuilder("\"$(printf '");
        int length = 1 + random.nextInt(12);
        for (int i = 0; i < length; i++) {
            int one = random.nextInt(4) == 0 ? 1 + random.nextInt(255) : 'a' + random.nextInt(26);
            name.append(one == '/' || one == '\n' ? "_" : "\\%03o".formatted(one));
        }
        return name.append("')\"").toString();
    }

    private static <T> T pick(Random random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
