package nightshift.worker.api;

/// The API takes the worker's key no more: the run was cancelled, or ended otherwise.
public final class RunEndedException extends Exception {
    private static final long serialVersionUID = 1;

    public RunEndedException() {
        super("The run is over.");
    }
}
