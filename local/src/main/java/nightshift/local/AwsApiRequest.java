package nightshift.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A request to a stand-in, with its whole body.
record AwsApiRequest(
        String method,
        String rawPath,
        Map<String, String> query,
        List<LoopbackHttpServer.Header> headers,
        String body) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static AwsApiRequest of(LoopbackHttpServer.Request request) {
        return new AwsApiRequest(
                request.method(),
                request.path(),
                query(request.query()),
                request.headers(),
                new String(request.body(), StandardCharsets.UTF_8));
    }

    /// The decoded path segments: `/schedules/a%20b` has `schedules` and `a b`.
    List<String> path() {
        return Arrays.stream(rawPath.substring(1).split("/", -1))
                .map(AwsApiRequest::decode)
                .toList();
    }

    Optional<String> header(String name) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(LoopbackHttpServer.Header::value)
                .reduce((one, next) -> one + "," + next);
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /// The body as a JSON object. An empty body is an empty object.
    ObjectNode json() {
        if (body.isEmpty()) return JSON.createObjectNode();
        try {
            if (JSON.readTree(body) instanceof ObjectNode object) return object;
        } catch (JsonProcessingException malformed) {
            throw new AwsApiException(
                    400, "SerializationException", malformed.getOriginalMessage());
        }
        throw new AwsApiException(400, "SerializationException", "The body is not a JSON object.");
    }

    private static Map<String, String> query(String raw) {
        var query = new TreeMap<String, String>();
        for (var pair : raw.split("&", -1)) {
            if (pair.isEmpty()) continue;
            var parts = pair.split("=", 2);
            query.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
        }
        return query;
    }

    /// Decodes percent escapes only. AWS clients encode a space as `%20`, so a plus is a plus.
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
