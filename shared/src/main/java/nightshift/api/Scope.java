package nightshift.api;

import java.util.Set;

/// What a key must hold for an endpoint to answer.
public enum Scope {
    /// Any valid key will do.
    NONE,
    TASK_READ,
    TASK_WRITE;

    /// The scope's name on the wire, for example `task:write`.
    public String text() {
        return this == TASK_WRITE ? "task:write" : "task:read";
    }

    /// Whether a key with these scopes may pass. Writing implies reading.
    boolean heldBy(Set<String> scopes) {
        return switch (this) {
            case NONE -> true;
            case TASK_READ ->
                    scopes.contains("task:read")
                            || scopes.contains("task:write")
                            || scopes.contains("*");
            case TASK_WRITE -> scopes.contains("task:write") || scopes.contains("*");
        };
    }
}
