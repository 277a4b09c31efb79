package nightshift.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.apache.commons.fileupload.MultipartStream;
import org.jspecify.annotations.Nullable;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.SequenceInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a request's body, JSON or form, into one tree of fields.
final class RequestBody {
    private static final int LARGEST = 4 << 20;
    private static final Pattern BOUNDARY =
            Pattern.compile(";\\s*boundary=(?:\"([^\"]+)\"|([^;\\s]+))", Pattern.CASE_INSENSITIVE);
    private static final Pattern PART_NAME =
            Pattern.compile(
                    "^Content-Disposition:[^\\r\\n]*?;\\s*name=(?:\"([^\"]*)\"|([^;\\s]+))",
                    Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern QUOTED = Pattern.compile(":? *['\"(]");
    private static final Pattern STRAY_PERCENT = Pattern.compile("%(?![0-9a-fA-F]{2})");

    private RequestBody() {}

    static ObjectNode read(byte[] body, @Nullable String contentType) {
        if (body.length > LARGEST) {
            throw new ApiException(new ApiError.TooLarge());
        }
        if (body.length == 0) {
            return Json.object();
        }
        var type = contentType == null || contentType.isBlank() ? "application/json" : contentType;
        return switch (type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT)) {
            case "application/json" -> object(parse(body));
            case "application/x-www-form-urlencoded" ->
                    form(new String(body, StandardCharsets.UTF_8));
            case "multipart/form-data" -> multipart(body, type);
            default -> throw new ApiException(new ApiError.UnsupportedMediaType(type));
        };
    }

    private static JsonNode parse(byte[] body) {
        try {
            return Json.parse(body);
        } catch (JsonProcessingException malformed) {
            // The parser quotes what it does not understand; a body may hold secrets.
            var words =
                    malformed instanceof StreamConstraintsException
                            ? malformed.getOriginalMessage()
                            : QUOTED.split(malformed.getOriginalMessage(), 2)[0];
            var place = malformed.getLocation();
            throw malformed(
                    "JSON parse error - "
                            + words
                            + (place == null
                                    ? ""
                                    : ": line %d column %d"
                                            .formatted(place.getLineNr(), place.getColumnNr())));
        }
    }

    private static ObjectNode object(JsonNode body) {
        if (body.isMissingNode()) {
            return Json.object(); // nothing but white space
        }
        if (body.isNull()) {
            throw ApiException.invalid("null", "No data provided", null);
        }
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw Fields.noObject(body, null);
    }

    private static ObjectNode form(String body) {
        var fields = Json.object();
        for (var pair : body.split("&", -1)) {
            if (!pair.isEmpty()) {
                var parts = pair.split("=", 2);
                fields.put(decode(parts[0]), parts.length == 2 ? decode(parts[1]) : "");
            }
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(
                STRAY_PERCENT.matcher(text).replaceAll("%25"), StandardCharsets.UTF_8);
    }

    private static ObjectNode multipart(byte[] body, String contentType) {
        var boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw malformed("Multipart form parse error - Invalid boundary in multipart: None");
        }
        var fields = Json.object();
        try {
            // A boundary is the end of a line, also before the first part.
            var lines =
                    new SequenceInputStream(
                            new ByteArrayInputStream(new byte[] {'\r', '\n'}),
                            new ByteArrayInputStream(body));
            var parts =
                    new MultipartStream(
                            lines, either(boundary).getBytes(StandardCharsets.UTF_8), 4096, null);
            parts.setHeaderEncoding("UTF-8");
            parts.discardBodyData();
            while (parts.readBoundary()) {
                var name = PART_NAME.matcher(parts.readHeaders());
                var value = new ByteArrayOutputStream();
                parts.readBodyData(value);
                if (name.find()) {
                    fields.put(either(name), value.toString(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException | IllegalArgumentException malformed) {
            throw malformed("Multipart form parse error - Invalid or truncated part");
        }
        return fields;
    }

    private static String either(Matcher found) {
        return found.group(1) != null ? found.group(1) : found.group(2);
    }

    private static ApiException malformed(String detail) {
        return new ApiException(new ApiError.Malformed(detail));
    }
}
