package nightshift.local.contract;

import nightshift.local.LocalServer;
import nightshift.local.Settings;
import nightshift.local.Settings.Port;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// The stack under test: a local run or, with `BASE_URL`, `NIGHTSHIFT_KEY` and
/// `NIGHTSHIFT_READ_KEY` in the environment, a deployed stack.
final class Stack implements BeforeAllCallback, AfterAllCallback, ParameterResolver {
    private Api api;
    private LocalServer server;
    private Path state;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        if (api != null) return; // already started, for a nested class
        var deployed = System.getenv("BASE_URL");
        if (deployed != null) {
            api =
                    new Api(
                            URI.create(deployed.replaceFirst("/+$", "")),
                            null,
                            System.getenv("NIGHTSHIFT_KEY"),
                            System.getenv("NIGHTSHIFT_READ_KEY"));
            return;
        }
        state = Files.createTempDirectory("nightshift-contract");
        server = LocalServer.start(Settings.forTest(Path.of("..", "template.yaml"), state));
        api =
                new Api(
                        server.url(Port.API),
                        server.url(Port.LAMBDA),
                        server.keys().write(),
                        server.keys().read());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (server == null || context.getRequiredTestClass().getEnclosingClass() != null) return;
        server.close();
        try (var files = Files.walk(state)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Api.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return api;
    }
}
