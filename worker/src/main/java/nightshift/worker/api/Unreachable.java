package nightshift.worker.api;

/// The API has not answered for longer than the worker waits.
public final class Unreachable extends Exception {
    private static final long serialVersionUID = 1;

    Unreachable(String reason) {
        super(reason);
    }
}
