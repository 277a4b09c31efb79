package nightshift.automation;

/// The schedule service refused a schedule for good: repeating the call will not help.
public final class ScheduleRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ScheduleRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
