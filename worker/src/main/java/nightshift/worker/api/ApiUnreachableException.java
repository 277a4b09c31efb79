package nightshift.worker.api;

/// The API has not answered within the retry limit.
public final class ApiUnreachableException extends Exception {
    private static final long serialVersionUID = 1;

    ApiUnreachableException(String reason) {
        super(reason);
    }
}
