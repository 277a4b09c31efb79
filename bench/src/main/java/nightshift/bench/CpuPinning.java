package nightshift.bench;

import module java.base;

/// Pins processes to cores. The measured function runs alone on the first core, everything else on
/// the second one. Without a second core or `taskset`, nothing is pinned and the results vary more.
final class CpuPinning {
    static final String FUNCTION = "0";
    static final String OTHERS = "1";
    static final String BOTH = "0,1";

    private CpuPinning() {}

    /// Moves a process with all its threads. Returns whether that was possible.
    static boolean move(long pid, String cores) throws IOException, InterruptedException {
        if (Runtime.getRuntime().availableProcessors() < 2) return false;
        return run("command -v taskset && taskset -a -c -p %s %d".formatted(cores, pid)) == 0;
    }

    static int run(String shellCommand) throws IOException, InterruptedException {
        var command = new ProcessBuilder("sh", "-c", shellCommand);
        command.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        return command.start().waitFor();
    }
}
