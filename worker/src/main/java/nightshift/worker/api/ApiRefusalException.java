package nightshift.worker.api;

/// The API has refused a call. A retry does not help.
public final class ApiRefusalException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    ApiRefusalException(int status, String reason) {
        super(reason);
        this.status = status;
    }

    public int status() {
        return status;
    }
}
