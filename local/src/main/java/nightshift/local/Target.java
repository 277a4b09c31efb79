package nightshift.local;

/// The target of a delivery: a function, named by its ARN. An exception means that the delivery
/// failed.
@FunctionalInterface
interface Target {
    void invoke(String targetArn, String inputJson) throws Exception;
}
