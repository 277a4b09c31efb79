package nightshift.cli.verbs;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// The options that `create` and `edit` share. What is wrong with a value, the API says.
final class Editing {
    @Option(names = "--repository", paramLabel = "ORG/REPO", description = "The repository.")
    @Nullable String repository;

    @Option(
            names = "--cron",
            paramLabel = "CRON",
            description = "Five fields, such as \"0 9 * * 1-5\".")
    @Nullable String cron;

    @Option(
            names = "--tz",
            paramLabel = "ZONE",
            description = "An IANA time zone, such as Europe/London.")
    @Nullable String zone;

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What the agent is to do.")
    @Nullable String prompt;

    @Option(
            names = "--prompt-file",
            paramLabel = "FILE",
            description = "A file with the prompt; - is standard input.")
    @Nullable String promptFile;

    @Option(names = "--integration", paramLabel = "ID", description = "The GitHub integration.")
    @Nullable Long integration;

    @Option(
            names = "--overlap",
            paramLabel = "HOW",
            description = "While the last run goes on: allow, skip or cancel_previous.")
    @Nullable String overlap;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "Further runs after a failed one, 0 to 5.")
    @Nullable Integer retries;

    @Option(
            names = "--retry-delay",
            paramLabel = "SECONDS",
            description = "Before the first retry.")
    @Nullable Integer retryDelay;

    @Option(
            names = "--retry-on",
            paramLabel = "WHICH",
            description = "Which failures: transient or any.")
    @Nullable String retryOn;

    @Option(
            names = "--pause-after",
            paramLabel = "N",
            description = "Pauses after so many failures in a row; 0: never.")
    @Nullable Integer pauseAfter;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            description = "The limit of a run; 0: the worker's own.")
    @Nullable Integer timeLimit;

    @Option(
            names = "--branch",
            paramLabel = "NAME",
            description = "The branch; \"\": the default one.")
    @Nullable String branch;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable of the worker's command; all are replaced. Not for secrets.")
    Map<String, String> environment = new LinkedHashMap<>();

    /// The fields of the automation that were given.
    ObjectNode automation() {
        var body = Json.object();
        put(body, "repository", repository);
        put(body, "cron_expression", cron);
        put(body, "timezone", zone);
        put(body, "prompt", prompt());
        if (integration != null) {
            body.put("github_integration", integration);
        }
        return body;
    }

    /// The fields of the policy that were given.
    ObjectNode policy() {
        var body = Json.object();
        put(body, "overlap", overlap);
        put(body, "retry_attempts", retries);
        put(body, "retry_delay_seconds", retryDelay);
        put(body, "retry_on", retryOn);
        put(body, "pause_after_failures", pauseAfter);
        if (timeLimit != null) {
            body.put("time_limit_seconds", timeLimit == 0 ? null : timeLimit);
        }
        if (branch != null) {
            body.put("branch", branch.isEmpty() ? null : branch);
        }
        if (!environment.isEmpty()) {
            environment.forEach(body.putObject("environment")::put);
        }
        return body;
    }

    private static void put(ObjectNode body, String field, @Nullable String value) {
        if (value != null) {
            body.put(field, value);
        }
    }

    private static void put(ObjectNode body, String field, @Nullable Integer value) {
        if (value != null) {
            body.put(field, value);
        }
    }

    private @Nullable String prompt() {
        if (promptFile == null) {
            return prompt;
        }
        if (prompt != null) {
            throw CliException.usage("--prompt and --prompt-file exclude each other.", null);
        }
        try {
            return promptFile.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(promptFile));
        } catch (IOException unreadable) {
            throw CliException.refused(
                    promptFile + " cannot be read: " + unreadable.getMessage(), null);
        }
    }
}
