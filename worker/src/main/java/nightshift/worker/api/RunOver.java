package nightshift.worker.api;

/// The API takes the worker's key no more: the run was cancelled, or ended otherwise.
public final class RunOver extends Exception {
    private static final long serialVersionUID = 1;

    public RunOver() {
        super("The run is over.");
    }
}
