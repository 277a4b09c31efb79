package nightshift.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which core does what: the function has core 0 for itself, everything else shares core 1.
///
/// Where the machine has no second core or no `taskset`, nothing is pinned and the figures are less
/// steady.
final class Cores {
    /// The core of the function that is measured.
    static final String FUNCTION = "0";

    /// The core of everything else.
    static final String OTHERS = "1";

    private static final ProcessHandle THIS = ProcessHandle.current();

    private Cores() {}

    /// Moves this process to its core. Whether that was possible.
    static boolean pinThisProcess() {
        return Runtime.getRuntime().availableProcessors() > 1 && move(THIS, OTHERS);
    }

    /// Gives this process both cores back.
    static void release() {
        move(THIS, FUNCTION + "," + OTHERS);
    }

    /// The command that runs another one on one of the cores.
    static List<String> pinned(String core, List<String> command) {
        var pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(command);
        return pinned;
    }

    /// Moves a process to the function's core.
    static void moveToFunction(ProcessHandle process) {
        move(process, FUNCTION);
    }

    private static boolean move(ProcessHandle process, String cores) {
        var pid = Long.toString(process.pid());
        try {
            return new ProcessBuilder("taskset", "-a", "-c", "-p", cores, pid)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException _) { // no such command here
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
