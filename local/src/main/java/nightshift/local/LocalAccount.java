package nightshift.local;

/// The one account of the local run: what every stand-in's clients sign with, and what its ARNs
/// say.
public final class LocalAccount {
    public static final String ACCESS_KEY = "nightshift";
    public static final String SECRET_KEY = "nightshift";
    public static final String REGION = "us-east-1";
    static final String ACCOUNT_ID = "000000000000";

    private LocalAccount() {}

    static String arn(String service, String resource) {
        return "arn:aws:" + service + ":" + REGION + ":" + ACCOUNT_ID + ":" + resource;
    }
}
