package nightshift.functions.schemas;

/// Says why a JSON document is no schema that this service can check values with.
final class UnusableSchemaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnusableSchemaException(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
