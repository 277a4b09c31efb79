package nightshift.webhook;

import nightshift.notification.Webhooks.NotDeliveredException;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;

/// An HTTP answer of which only the status counts. At most 64 KiB of it are read, and none of it is
/// kept.
final class WebhookAnswer {
    private static final int LARGEST = 64 << 10;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2}).*");
    private static final Pattern LENGTH =
            Pattern.compile("content-length:[ \\t]*([0-9]{1,18})[ \\t]*", Pattern.CASE_INSENSITIVE);

    private final InputStream stream;
    private int read;

    WebhookAnswer(InputStream stream) {
        this.stream = new BufferedInputStream(stream);
    }

    /// The status, after the whole answer has arrived.
    int status() throws IOException, NotDeliveredException {
        int status = statusLine();
        long length = length();
        while (status < 200) { // 100 Continue and the like come before the answer
            status = statusLine();
            length = length();
        }
        if (status < 300 && status != 204) {
            readBody(length);
        }
        return status;
    }

    private int statusLine() throws IOException, NotDeliveredException {
        var status = STATUS_LINE.matcher(line());
        if (!status.matches()) {
            throw new NotDeliveredException("The host's answer is not HTTP/1.1.");
        }
        return Integer.parseInt(status.group(1));
    }

    /// Reads the headers. Answers the length of the body; without one, the largest there is: the
    /// body then ends with the connection, because the request asked to close it.
    private long length() throws IOException, NotDeliveredException {
        long length = Long.MAX_VALUE;
        for (var line = line(); !line.isEmpty(); line = line()) {
            var matcher = LENGTH.matcher(line);
            if (matcher.matches()) {
                length = Long.parseLong(matcher.group(1));
            }
        }
        return length;
    }

    private void readBody(long length) throws IOException, NotDeliveredException {
        for (long left = length; left > 0; left--) {
            if (next() < 0) {
                return;
            }
        }
    }

    private String line() throws IOException, NotDeliveredException {
        var line = new StringBuilder();
        for (int next = next(); next != '\n'; next = next()) {
            if (next < 0) {
                throw new NotDeliveredException("The connection ended before the answer.");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private int next() throws IOException, NotDeliveredException {
        if (++read > LARGEST) {
            throw new NotDeliveredException(
                    "The host's answer is larger than " + (LARGEST >> 10) + " KiB.");
        }
        return stream.read();
    }
}
