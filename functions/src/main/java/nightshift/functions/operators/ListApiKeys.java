package nightshift.functions.operators;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;
import nightshift.text.IsoTime;

/// Lists the API keys, without the keys themselves.
public final class ListApiKeys extends Operation {
    private final ApiKeyStore apiKeys;

    /// The function as Lambda makes it.
    public ListApiKeys() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public ListApiKeys(Wiring wiring) {
        this.apiKeys = wiring.apiKeys();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var keys = Json.array();
        for (var key : apiKeys.keys()) {
            keys.add(ApiKeyJson.write(key).put("last_used_at", IsoTime.format(key.lastUsedAt())));
        }
        return Json.object().set("keys", keys);
    }
}
