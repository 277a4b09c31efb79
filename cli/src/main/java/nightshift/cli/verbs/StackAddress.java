package nightshift.cli.verbs;

import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Asks the AWS command line for the address of a deployed stack.
final class StackAddress {
    private StackAddress() {}

    static String of(String stack) {
        if (stack.startsWith("-")) {
            throw CliException.usage("\"" + stack + "\" is not the name of a stack.", null);
        }
        try {
            var aws =
                    new ProcessBuilder(
                                    List.of(
                                            "aws",
                                            "cloudformation",
                                            "describe-stacks",
                                            "--stack-name",
                                            stack,
                                            "--query",
                                            "Stacks[0].Outputs",
                                            "--output",
                                            "json"))
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                            .start();
            String answer = new String(aws.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (aws.waitFor() != 0) {
                throw CliException.refused(
                        "The AWS command line cannot describe the stack " + stack + ".",
                        "Is AWS_PROFILE or AWS_REGION set as for the deployment?");
            }
            for (var output : Json.MAPPER.readTree(answer)) {
                if (output.path("OutputKey").asText().equals("ApiUrl")) {
                    return output.path("OutputValue").asText();
                }
            }
            throw CliException.refused(
                    "The stack " + stack + " has no output ApiUrl.", "Is it Nightshift's?");
        } catch (IOException absent) {
            throw CliException.refused(
                    "The AWS command line `aws` cannot be run.",
                    "Install it, or give the address with --url.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw CliException.refused("Interrupted.", null);
        }
    }

    private static File nothing() {
        return new File(System.getProperty("os.name").startsWith("Windows") ? "NUL" : "/dev/null");
    }
}
