package nightshift.local.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.local.OpenApiSchema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// An HTTP request.
@SuppressWarnings("ArrayRecordComponent") // a request is never compared
record Call(Api api, String method, String path, Map<String, String> headers, byte[] body) {
    static Call of(Api api, String method, String path) {
        return new Call(api, method, path, Map.of(), new byte[0]);
    }

    Call header(String name, String value) {
        var all = new LinkedHashMap<>(headers);
        all.put(name, value);
        return new Call(api, method, path, all, body);
    }

    Call key(String key) {
        return header("Authorization", "Bearer " + key);
    }

    Call anonymous() {
        var all = new LinkedHashMap<>(headers);
        all.remove("Authorization");
        return new Call(api, method, path, all, body);
    }

    /// Sets a JSON body. Its strings may have single quotes.
    Call json(String json) {
        return json(Json.any(json));
    }

    Call json(JsonNode json) {
        return body(json.toString(), "application/json");
    }

    Call form(String form) {
        return body(form, "application/x-www-form-urlencoded");
    }

    Call body(String body, String contentType) {
        return body(body.getBytes(StandardCharsets.UTF_8), contentType);
    }

    Call body(byte[] body, String contentType) {
        return new Call(api, method, path, headers, body).header("Content-Type", contentType);
    }

    Answer send() {
        var request =
                HttpRequest.newBuilder(api.url(path))
                        .timeout(Duration.ofSeconds(60))
                        .method(
                                method,
                                body.length == 0
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        try {
            var answer = new Answer(api.http().send(request.build(), BodyHandlers.ofByteArray()));
            OpenApiSchema.validate(
                    method,
                    api.url(path).getPath(),
                    answer.status(),
                    answer.header("Content-Type"),
                    answer.text());
            return answer;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// Sends the request, checks the status, and returns the answer.
    Answer answers(int status) {
        var answer = send();
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.text()).isEqualTo(status);
        return answer;
    }
}
