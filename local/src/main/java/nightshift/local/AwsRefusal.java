package nightshift.local;

/// A refusal in the words of AWS: the status, the exception's name and a message.
final class AwsRefusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    AwsRefusal(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static AwsRefusal invalid(String message) {
        return new AwsRefusal(400, "ValidationException", message);
    }

    static AwsRefusal notFound(String message) {
        return new AwsRefusal(404, "ResourceNotFoundException", message);
    }

    static AwsRefusal conflict(String message) {
        return new AwsRefusal(409, "ConflictException", message);
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
