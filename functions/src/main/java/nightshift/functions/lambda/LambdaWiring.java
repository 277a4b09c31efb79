package nightshift.functions.lambda;

/// The wiring of a function that Lambda starts.
public final class LambdaWiring {
    private LambdaWiring() {}

    /// The parts by the function's environment. Under SnapStart the function is primed before the
    /// snapshot is taken.
    public static Wiring fromEnvironment() {
        var environment = System.getenv();
        Rehearsal.beforeSnapshot(environment);
        return AwsWiring.of(environment);
    }
}
