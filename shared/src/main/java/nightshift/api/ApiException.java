package nightshift.api;

import org.jspecify.annotations.Nullable;

/// Carries an [ApiError] to the edge. No stack trace: it is an answer, not an accident.
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ApiError error;

    public ApiException(ApiError error) {
        super(error.toString(), null, false, false);
        this.error = error;
    }

    public ApiError error() {
        return error;
    }

    public static ApiException notFound() {
        return notFound("Not found.");
    }

    public static ApiException notFound(String detail) {
        return new ApiException(new ApiError.NotFound(detail));
    }

    public static ApiException forbidden(String detail) {
        return new ApiException(new ApiError.PermissionDenied(detail));
    }

    public static ApiException invalid(String code, String detail, @Nullable String attr) {
        return new ApiException(new ApiError.Invalid(code, detail, attr));
    }

    public static ApiException refused(int status, String error) {
        return new ApiException(new ApiError.ActionRefused(status, error));
    }
}
