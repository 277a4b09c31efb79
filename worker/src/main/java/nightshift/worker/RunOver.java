package nightshift.worker;

/// The API takes the worker's key no more: the run was cancelled, or ended otherwise.
final class RunOver extends Exception {
    private static final long serialVersionUID = 1;

    RunOver() {
        super("The run is over.");
    }
}
