package nightshift.api;

/// Decides whether a call may reach its endpoint.
@FunctionalInterface
public interface Gatekeeper {
    /// The call with its project and key filled in.
    ///
    /// @throws ApiException if the call is refused
    Call admit(Call call, Scope scope);
}
