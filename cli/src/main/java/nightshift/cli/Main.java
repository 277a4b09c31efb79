package nightshift.cli;

import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;
import nightshift.cli.text.Terminal;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

import java.util.Arrays;
import java.util.regex.Pattern;

/// `nightshift`.
@Command(
        name = "nightshift",
        description = "Coding agents on a schedule, from a shell and from files.",
        synopsisSubcommandLabel = "VERB",
        footerHeading = "%n",
        footer = {
            "nightshift VERB --help shows the options of a verb; nightshift completion prints what a shell completes.",
            "",
            "Exit codes: 0 done, 1 refused or the run failed, 2 the plan has changes, 3 wrong usage, 4 not signed in."
        })
public final class Main implements Runnable {
    private static final Pattern KEY = Pattern.compile("ph[xr]_[A-Za-z0-9]{16,}");
    private static final int WIDTH = 100;

    @Option(names = "--version", description = "Prints the version.")
    boolean version;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean help;

    private Main() {}

    /// Does what the command line says.
    public static void main(String[] arguments) {
        int code = run(arguments);
        Training.run();
        System.exit(code);
    }

    private static int run(String... arguments) {
        if (arguments.length == 1 && arguments[0].equals("--version")) {
            System.out.println("nightshift " + Version.text());
            return ExitCode.DONE;
        }
        var terminal = Terminal.ofProcess();
        if (Arrays.stream(arguments).anyMatch(text -> KEY.matcher(text).find())) {
            terminal.say(
                    "A key does not belong on a command line: other users of this machine can read it.\n"
                            + "Use `nightshift login`, or set NIGHTSHIFT_KEY. Better revoke this one.");
            return ExitCode.USAGE;
        }
        if (arguments.length > 0 && arguments[0].equals("completion")) {
            terminal.print(AutoComplete.bash("nightshift", commandLine()));
            return ExitCode.DONE;
        }
        if (arguments.length > 0
                && !arguments[0].startsWith("-")
                && !Verbs.byName().containsKey(arguments[0])) {
            terminal.say(
                    "There is no verb \"%s\".\n`nightshift --help` lists the verbs."
                            .formatted(arguments[0]));
            return ExitCode.USAGE;
        }
        return commandLine(arguments).execute(arguments);
    }

    /// The command line with all verbs.
    static CommandLine commandLine() {
        return commandLine("");
    }

    /// The command line with the verb that is used; with all of them if none is.
    private static CommandLine commandLine(String... arguments) {
        var line = new CommandLine(new Main());
        String used = arguments.length == 0 ? "" : arguments[0];
        Verbs.byName()
                .forEach((name, verb) -> {
                    if (!Verbs.byName().containsKey(used) || name.equals(used)) {
                        line.addSubcommand(name, verb.get());
                    }
                });
        line.setColorScheme(new ColorScheme.Builder(Ansi.OFF).build());
        line.setUsageHelpWidth(WIDTH);
        line.setExpandAtFiles(false); // a prompt may begin with @
        line.setParameterExceptionHandler(Main::wrongUsage);
        line.setExecutionExceptionHandler(Main::failed);
        return line;
    }

    @Override
    public void run() {
        if (version) {
            System.out.println("nightshift " + Version.text());
            return;
        }
        throw CliException.usage("A verb is missing.", "`nightshift --help` lists the verbs.");
    }

    private static int wrongUsage(ParameterException wrong, String... arguments) {
        String verb = wrong.getCommandLine().getCommandSpec().qualifiedName();
        Terminal.ofProcess().say(wrong.getMessage() + "\n`" + verb + " --help` shows the options.");
        return ExitCode.USAGE;
    }

    private static int failed(Exception failure, CommandLine line, CommandLine.ParseResult result) {
        var terminal = Terminal.ofProcess();
        if (failure instanceof CliException known) {
            terminal.say(known.text());
            return known.exitCode();
        }
        terminal.say(
                "nightshift failed: "
                        + failure
                        + "\nThis is a fault of nightshift "
                        + Version.text()
                        + ".");
        if (System.getenv("NIGHTSHIFT_DEBUG") != null) {
            failure.printStackTrace(System.err);
        }
        return ExitCode.REFUSED;
    }
}
