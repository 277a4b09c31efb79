package nightshift.cli;

/// The version of this program.
final class Version {
    private Version() {}

    static String text() {
        var version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }
}
