package nightshift.cli.api;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.http.HttpHeaders;

/// What the API answered.
///
/// @param text the body as it came
public record Answer(int status, String text, JsonNode json, HttpHeaders headers) {
    /// A header; empty if there is none.
    public String header(String name) {
        return headers.firstValue(name).orElse("");
    }
}
