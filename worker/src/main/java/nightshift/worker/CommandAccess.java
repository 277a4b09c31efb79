package nightshift.worker;

import nightshift.worker.command.CommandUser;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/// What a command may use, and as whom it runs.
///
/// @param user null: the worker's own user
/// @param secrets a file of variables for the command; null: none
/// @param awsConfig a file of the AWS SDKs' configuration for the command; null: none
public record CommandAccess(
        @Nullable CommandUser user, @Nullable Path secrets, @Nullable Path awsConfig) {
    /// No secrets, and the worker's own user.
    public static final CommandAccess NONE = new CommandAccess(null, null, null);
}
