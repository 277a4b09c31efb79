package nightshift.cli.verbs;

import picocli.CommandLine.Command;

import java.util.Map;

/// `nightshift resume`.
@Command(name = "resume", description = "Lets automations fire again.")
public final class Resume extends Switching {
    @Override
    protected int run() {
        return switchTo(true, Map.of());
    }
}
