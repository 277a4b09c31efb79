package nightshift.webhook;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A server on the loopback interface that answers as a test says.
public final class HostileServer implements AutoCloseable {
    /// What the server does after it has read a request.
    public interface Behaviour {
        void answer(OutputStream output) throws IOException, InterruptedException;
    }

    private final ServerSocket server;
    private final Behaviour behaviour;
    private final List<String> requests = new CopyOnWriteArrayList<>();

    public HostileServer(Behaviour behaviour) {
        this(open(), behaviour);
    }

    /// The same over another kind of socket.
    public HostileServer(ServerSocket server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
        Thread.ofPlatform().daemon().start(this::accept);
    }

    /// A server that answers with a status and a body.
    public static HostileServer answering(String status, String body) {
        return new HostileServer(output ->
                output.write(
                        "HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s"
                                .formatted(status, body.length(), body)
                                .getBytes(StandardCharsets.US_ASCII)));
    }

    private static ServerSocket open() {
        try {
            return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    public int port() {
        return server.getLocalPort();
    }

    /// The requests that have arrived, each with head and body.
    public List<String> requests() {
        return requests;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            requests.add(request(socket.getInputStream()));
            behaviour.answer(socket.getOutputStream());
            socket.getOutputStream().flush();
        } catch (IOException | InterruptedException _) {
            // the client has gone
        }
    }

    private static String request(InputStream input) throws IOException {
        var request = new StringBuilder();
        int end = -1;
        int length = 0;
        while (end < 0 || request.length() < end + length) {
            int next = input.read();
            if (next < 0) throw new IOException("the request ended early");
            request.append((char) next);
            if (end < 0 && request.toString().endsWith("\r\n\r\n")) {
                end = request.length();
                var head = request.toString();
                length =
                        Integer.parseInt(head.replaceAll("(?s).*Content-Length: ([0-9]+).*", "$1"));
            }
        }
        return request.toString();
    }
}
