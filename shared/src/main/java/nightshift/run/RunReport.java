package nightshift.run;

import org.jspecify.annotations.Nullable;

/// What a run reports.
///
/// @param errorMessage why the run failed; null: no reason was given
/// @param output any JSON, as text; null: none
/// @param state a JSON object, as text
public record RunReport(@Nullable String errorMessage, @Nullable String output, String state) {}
