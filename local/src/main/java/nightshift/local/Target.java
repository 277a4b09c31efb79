package nightshift.local;

/// Where the stand-ins deliver to: a function, named by its ARN. An exception is a failed delivery.
@FunctionalInterface
interface Target {
    void invoke(String targetArn, String inputJson) throws Exception;
}
