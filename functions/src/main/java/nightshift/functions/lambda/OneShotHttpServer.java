package nightshift.functions.lambda;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/// A server on the loopback interface that gives one answer to one request.
final class OneShotHttpServer implements AutoCloseable {
    private static final byte[] CONTINUE =
            "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocket socket;

    /// @param answer a whole response of HTTP/1.1
    OneShotHttpServer(byte[] answer) throws IOException {
        socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var server = new Thread(() -> serve(answer), "rehearsal");
        server.setDaemon(true);
        server.start();
    }

    /// The server's URL without a path.
    URI url() {
        return URI.create(
                "http://%s:%d"
                        .formatted(
                                socket.getInetAddress().getHostAddress(), socket.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /// Reads one request to its end and answers it.
    private void serve(byte[] answer) {
        try (var connection = socket.accept()) {
            var request = new BufferedInputStream(connection.getInputStream());
            int length = 0;
            boolean waits = false;
            for (var line = line(request); !line.isEmpty(); line = line(request)) {
                if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
                waits |= line.regionMatches(true, 0, "Expect:", 0, 7);
            }
            if (waits) connection.getOutputStream().write(CONTINUE);
            request.skipNBytes(length);
            connection.getOutputStream().write(answer);
        } catch (IOException _) {
            // the client fails as well
        }
    }

    private static String line(InputStream request) throws IOException {
        var line = new StringBuilder();
        for (int octet = request.read(); octet >= 0 && octet != '\n'; octet = request.read()) {
            if (octet != '\r') line.append((char) octet);
        }
        return line.toString();
    }
}
