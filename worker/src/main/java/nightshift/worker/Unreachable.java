package nightshift.worker;

/// The API has not answered for longer than the worker waits.
final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unreachable(String reason) {
        super(reason);
    }
}
