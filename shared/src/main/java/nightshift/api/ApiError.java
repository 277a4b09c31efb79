package nightshift.api;

import org.jspecify.annotations.Nullable;

/// Every way in which a call can be refused. [Reply] says how each looks on the wire.
public sealed interface ApiError {
    /// A field of the body or a query parameter is wrong.
    ///
    /// @param attr the field to blame; null: the body as a whole
    record Invalid(String code, String detail, @Nullable String attr) implements ApiError {}

    /// The body cannot be parsed.
    record Malformed(String detail) implements ApiError {}

    /// The body is compressed.
    record UnsupportedEncoding(String encoding) implements ApiError {}

    record UnsupportedMediaType(String mediaType) implements ApiError {}

    record TooLarge() implements ApiError {}

    record NotAuthenticated() implements ApiError {}

    /// The key is unknown, revoked or expired.
    ///
    /// @param source where the key was found: `Authorization header`, `body` or `query string`
    record InvalidKey(String source) implements ApiError {}

    record PermissionDenied(String detail) implements ApiError {}

    record NotFound(String detail) implements ApiError {}

    /// The path does not have this method.
    ///
    /// @param allowed the methods that the path has, as they stand in an `Allow` header
    record MethodNotAllowed(String method, String allowed) implements ApiError {}

    /// The object is not in the state that the action needs.
    record Conflict(String detail) implements ApiError {}

    /// A run of the automation goes on, and its runs must not overlap.
    record RunInProgress() implements ApiError {}

    /// The object is not in the version that `If-Match` names.
    record PreconditionFailed() implements ApiError {}

    /// The `Idempotency-Key` was used with another body.
    record IdempotencyKeyReused() implements ApiError {}

    /// An action's own refusal, in the short form `{"error": "..."}`.
    record ActionRefused(int status, String error) implements ApiError {}

    record Unexpected() implements ApiError {}
}
