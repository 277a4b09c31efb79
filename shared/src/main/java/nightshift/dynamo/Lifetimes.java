package nightshift.dynamo;

import org.jspecify.annotations.Nullable;

import java.time.Duration;

/// How long rows are kept. DynamoDB deletes a row some time after its `expires_at`.
///
/// @param logs as long as the bucket keeps the objects of a log
/// @param runs null: for ever
public record Lifetimes(Duration logs, Duration occurrences, @Nullable Duration runs) {
    /// The lifetimes that the template has by default.
    public static final Lifetimes STANDARD =
            new Lifetimes(Duration.ofDays(30), Duration.ofDays(90), null);
}
