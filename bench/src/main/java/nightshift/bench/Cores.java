package nightshift.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which core does what: the function has core 0 for itself, everything else shares core 1.
///
/// Where the machine has no second core or no `taskset`, nothing is pinned and the figures are less
/// steady.
final class Cores {
    private static final String FUNCTION = "0";
    private static final String OTHERS = "1";
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

    /// The command that runs another one on the function's core.
    static List<String> forFunction(List<String> command) {
        return pinned(FUNCTION, command);
    }

    /// The command that runs another one on the core that everything else shares, when nothing else
    /// wants it.
    static List<String> forPreparation(List<String> command) {
        var patient = new ArrayList<>(List.of("nice", "-n", "19"));
        patient.addAll(pinned(OTHERS, command));
        return patient;
    }

    /// Moves a process to the function's core.
    static void moveToFunction(ProcessHandle process) {
        move(process, FUNCTION);
    }

    private static List<String> pinned(String core, List<String> command) {
        var pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(command);
        return pinned;
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
