package nightshift.functions.lambda;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;

/// A server on the loopback interface that gives one answer to one request.
final class OneAnswer implements AutoCloseable {
    private final ServerSocket door;

    /// @param answer a whole response of HTTP/1.1
    OneAnswer(byte[] answer) throws IOException {
        door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var server = new Thread(() -> serve(answer), "remembered AWS");
        server.setDaemon(true);
        server.start();
    }

    /// Where it is, without a path.
    URI url() {
        return URI.create(
                "http://%s:%d"
                        .formatted(door.getInetAddress().getHostAddress(), door.getLocalPort()));
    }

    @Override
    public void close() throws IOException {
        door.close();
    }

    /// Takes one request in, up to its end, and answers it.
    private void serve(byte[] answer) {
        try (var connection = door.accept()) {
            var request = new BufferedInputStream(connection.getInputStream());
            int length = 0;
            for (var line = line(request); !line.isEmpty(); line = line(request)) {
                if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = Integer.parseInt(line.substring(15).strip());
                }
            }
            request.skipNBytes(length);
            connection.getOutputStream().write(answer);
        } catch (IOException _) {
            // the client meets it, too
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
