package nightshift.worker.api;

/// The API has not answered for longer than the worker waits.
public final class ApiUnreachableException extends Exception {
    private static final long serialVersionUID = 1;

    ApiUnreachableException(String reason) {
        super(reason);
    }
}
