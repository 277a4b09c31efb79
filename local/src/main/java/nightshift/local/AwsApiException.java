package nightshift.local;

/// An error answer of an AWS API: the status, the error code and a message.
final class AwsApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    AwsApiException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    static AwsApiException invalid(String message) {
        return new AwsApiException(400, "ValidationException", message);
    }

    static AwsApiException notFound(String message) {
        return new AwsApiException(404, "ResourceNotFoundException", message);
    }

    static AwsApiException conflict(String message) {
        return new AwsApiException(409, "ConflictException", message);
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
