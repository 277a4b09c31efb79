package nightshift.automation;

import org.jspecify.annotations.Nullable;

/// Refuses a text that is no cron expression, and says which field is to blame and why.
public final class CronSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final @Nullable String field;
    private final String reason;
    private final boolean notFiveFields;

    CronSyntaxException(@Nullable String field, String reason) {
        this(field, reason, false);
    }

    private CronSyntaxException(@Nullable String field, String reason, boolean notFiveFields) {
        super(field == null ? reason : field + ": " + reason);
        this.field = field;
        this.reason = reason;
        this.notFiveFields = notFiveFields;
    }

    static CronSyntaxException notFiveFields(int fields) {
        return new CronSyntaxException(null, "five fields expected, not " + fields, true);
    }

    /// The field to blame ("day of week"); null if the expression as a whole is.
    public @Nullable String field() {
        return field;
    }

    /// What is wrong with it.
    public String reason() {
        return reason;
    }

    /// Whether the text has more or fewer than five fields, which the API answers with words of its
    /// own.
    public boolean notFiveFields() {
        return notFiveFields;
    }
}
