package nightshift.worker;

import java.io.IOException;

/// `java -jar worker.jar`: works on one run, then exits.
public final class WorkerMain {
    private WorkerMain() {}

    /// The program.
    ///
    /// @param arguments the announced run, if it is not in the environment
    public static void main(String[] arguments) {
        WorkerSettings settings;
        try {
            settings = WorkerSettings.from(arguments, Environment.variables());
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
            return;
        }
        try {
            UserLock.take(settings.access().user());
        } catch (IOException failed) {
            System.err.println(
                    "The worker cannot have its user for itself: " + failed.getMessage());
            System.exit(2);
            return;
        }
        var worker = new Worker(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(worker::abandon));
        var ending = worker.work();
        System.out.println(settings.run() + ": " + ending);
        System.exit(ending.exitCode());
    }
}
