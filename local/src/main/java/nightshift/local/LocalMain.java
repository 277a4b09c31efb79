package nightshift.local;

import nightshift.local.Settings.Port;

import java.util.logging.Level;
import java.util.logging.Logger;

/// `mvn -Plocal`: runs the whole system until Ctrl-C.
final class LocalMain {
    /// Kept in a field: the JDK discards a logger, and its level, when nothing refers to it.
    private static final Logger OTHERS = Logger.getLogger("");

    private static final Logger SQLITE = Logger.getLogger("com.almworks.sqlite4java");

    private LocalMain() {}

    public static void main(String[] arguments) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %3$s: %5$s%6$s%n");
        OTHERS.setLevel(Level.WARNING); // the servers log much at INFO
        SQLITE.setLevel(Level.OFF); // the message below reports a broken file
        try {
            var settings = Settings.fromEnvironment(System.getenv());
            var server = LocalServer.start(settings, System.out::println);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server)));
            endWithMaven();
            System.out.println(greeting(settings, server));
            Thread.currentThread().join();
        } catch (StartupException reason) {
            fail("" + reason.getMessage());
        } catch (RuntimeException unforeseen) {
            fail("Nightshift cannot start: " + unforeseen.getMessage());
        } catch (InterruptedException _) {
            // a signal stops the process
        }
    }

    /// Ctrl-C is the normal end of a run. No other thread has unsaved state.
    private static void stop(LocalServer server) {
        server.close();
        Runtime.getRuntime().halt(0);
    }

    private static void fail(String sentence) {
        System.err.println(sentence);
        System.exit(1);
    }

    /// Ends this process when Maven has ended. A killed Maven does not end its children.
    private static void endWithMaven() {
        ProcessHandle.current()
                .parent()
                .filter(parent -> parent.info().command().orElse("").endsWith("java"))
                .map(ProcessHandle::onExit)
                .ifPresent(end -> {
                    var _ = end.thenRun(() -> System.exit(0));
                });
    }

    private static String greeting(Settings settings, LocalServer server) {
        var text = new StringBuilder("\nNightshift runs, with its state in ");
        text.append(settings.state()).append(". Ctrl-C stops it.\n\n");
        for (var port : Port.values()) {
            text.append("  %-22s %s\n".formatted(server.url(port), port.description()));
        }
        return text.append(
                        """

                          Project 1 has two keys, kept for a shell in %s (". %1$s"):
                          task:write  %s
                          task:read   %s
                          The stand-ins' own credentials: access key %s, secret %s, region %s.

                        Try it:
                          curl -H "Authorization: Bearer %2$s" %7$s/api/projects/1/task_automations/

                        The console, signed in with the first key:
                          %7$s/console/#key=%2$s
                        """
                                .formatted(
                                        settings.state().resolve("keys.env"),
                                        server.keys().write(),
                                        server.keys().read(),
                                        LocalAccount.ACCESS_KEY,
                                        LocalAccount.SECRET_KEY,
                                        LocalAccount.REGION,
                                        server.url(Port.API)))
                .toString();
    }
}
