package nightshift.functions.operators;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.text.IsoTime;

/// An API key as operators see it: without the key itself.
final class ApiKeyJson {
    private ApiKeyJson() {}

    static ObjectNode write(ApiKey key) {
        var json = Json.object().put("id", key.id()).put("label", key.label());
        key.scopes().stream().sorted().forEach(json.putArray("scopes")::add);
        if (key.projects() == null) {
            json.putNull("projects");
        } else {
            key.projects().forEach(json.putArray("projects")::add);
        }
        return json.put("expires_at", IsoTime.format(key.expiresAt()))
                .put("created_at", IsoTime.format(key.createdAt()));
    }
}
