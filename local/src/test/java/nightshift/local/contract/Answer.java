package nightshift.local.contract;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// The answer to a call.
record Answer(HttpResponse<byte[]> response) {
    int status() {
        return response.statusCode();
    }

    String text() {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    JsonNode json() {
        return Json.any(text());
    }

    /// A field of the body.
    JsonNode json(String field) {
        return json().path(field);
    }

    /// The value of a header, or an empty string.
    String header(String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
