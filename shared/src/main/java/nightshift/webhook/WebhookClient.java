package nightshift.webhook;

import nightshift.notification.PublicAddress;
import nightshift.notification.WebhookUrl;
import nightshift.notification.Webhooks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Sends a message by `POST`, and trusts neither the address nor the answer.
///
/// The host's name is resolved once. All its addresses must be public, and the connection is made
/// to one that was checked. TLS verifies the certificate for the name. Redirects are not followed.
/// Time and the size of the answer are limited.
///
/// The HTTP clients of the JDK and of the SDK resolve a name by themselves, after every check. So
/// this class writes the request to a socket of its own.
public final class WebhookClient implements Webhooks {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Finds the addresses of a host.
    public interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private final Set<String> exempt;
    private final Resolver resolver;
    private final SSLSocketFactory tls;
    private final Duration limit;

    /// The client as functions use it.
    ///
    /// @param exempt hosts that are allowed although they are not public, also by plain `http`
    public static WebhookClient with(Set<String> exempt) {
        var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return new WebhookClient(exempt, InetAddress::getAllByName, tls, LIMIT);
    }

    /// The same with other parts.
    ///
    /// @param limit how long a message may take, from resolving the name to the end of the answer
    public WebhookClient(
            Set<String> exempt, Resolver resolver, SSLSocketFactory tls, Duration limit) {
        this.exempt = Set.copyOf(exempt);
        this.resolver = resolver;
        this.tls = tls;
        this.limit = limit;
    }

    @Override
    public void post(URI url, Map<String, String> headers, byte[] body)
            throws NotDeliveredException {
        try (var socket = new Socket()) {
            var exchange = new FutureTask<>(() -> exchange(socket, url, headers, body));
            Thread.ofPlatform().daemon().name("webhook").start(exchange);
            int status = exchange.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (status < 200 || status > 299) {
                throw new NotDeliveredException("The host answered " + status + ".");
            }
        } catch (TimeoutException _) { // closing the socket ends the exchange
            throw new NotDeliveredException(
                    "There was no complete answer within " + limit.toSeconds() + " seconds.");
        } catch (ExecutionException failed) {
            throw new NotDeliveredException(reason(Objects.requireNonNull(failed.getCause())));
        } catch (IOException _) {
            throw new NotDeliveredException("The connection failed.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new NotDeliveredException("The delivery was interrupted.");
        }
    }

    /// In our own words: the exception's may repeat what the host sent.
    private static String reason(Throwable failure) {
        return switch (failure) {
            case NotDeliveredException refused -> refused.reason();
            case WebhookUrl.RefusedException refused -> refused.reason();
            case UnknownHostException _ -> "The host's name could not be resolved.";
            case ConnectException _ -> "The host did not accept a connection.";
            case SSLException _ -> "There was no TLS connection with a trusted certificate.";
            case IOException _ -> "The connection failed.";
            default -> throw new IllegalStateException("webhook failed", failure);
        };
    }

    private int exchange(Socket socket, URI url, Map<String, String> headers, byte[] body)
            throws IOException, NotDeliveredException, WebhookUrl.RefusedException {
        WebhookUrl.check(url, exempt);
        boolean secure = "https".equalsIgnoreCase(url.getScheme());
        int port = url.getPort() > 0 ? url.getPort() : secure ? 443 : 80;
        int millis = (int) limit.toMillis();
        socket.setSoTimeout(millis);
        socket.connect(new InetSocketAddress(address(url), port), millis);
        var connection = secure ? secured(socket, WebhookUrl.host(url), port) : socket;
        var output = connection.getOutputStream();
        output.write(head(url, headers, body.length).getBytes(StandardCharsets.US_ASCII));
        output.write(body);
        output.flush();
        return new WebhookAnswer(connection.getInputStream()).status();
    }

    /// The address to connect to.
    private InetAddress address(URI url) throws UnknownHostException, NotDeliveredException {
        var host = WebhookUrl.host(url);
        var addresses = resolver.resolve(host);
        if (!exempt.contains(host)) {
            for (var address : addresses) {
                if (!PublicAddress.matches(address)) {
                    throw new NotDeliveredException("The host's name has a private address.");
                }
            }
        }
        return addresses[0];
    }

    /// TLS with the host's name in SNI, and a certificate for that name.
    private SSLSocket secured(Socket socket, String host, int port) throws IOException {
        var name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        var secured = (SSLSocket) tls.createSocket(socket, name, port, true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private static String head(URI url, Map<String, String> headers, int length) {
        var path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        var port = url.getPort() > 0 ? ":" + url.getPort() : "";
        var head = new StringBuilder("POST " + path + query + " HTTP/1.1\r\n");
        head.append("Host: ").append(WebhookUrl.host(url)).append(port).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("User-Agent: Nightshift\r\n")
                .append("Content-Type: application/json\r\n")
                .append("Content-Length: ")
                .append(length)
                .append("\r\nConnection: close\r\n\r\n")
                .toString();
    }
}
