package nightshift.run;

import org.jspecify.annotations.Nullable;

/// Where the work of a run is done.
///
/// @param stage free text of the caller; null: none
/// @param branch the branch of the repository; null: the repository's default
public record RunPlace(
        RunEnvironment environment, @Nullable String stage, @Nullable String branch) {}
