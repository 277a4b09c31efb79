package nightshift.worker.api;

/// The run has ended, for example by a cancellation, so the API refuses the worker's key.
public final class RunEndedException extends Exception {
    private static final long serialVersionUID = 1;

    public RunEndedException() {
        super("The run is over.");
    }
}
