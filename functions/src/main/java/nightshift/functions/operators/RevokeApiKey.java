package nightshift.functions.operators;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKeyStore;

/// Revokes an API key; in force everywhere within a minute.
public final class RevokeApiKey extends Operation {
    private final ApiKeyStore apiKeys;

    /// The function as Lambda makes it.
    public RevokeApiKey() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public RevokeApiKey(Wiring wiring) {
        this.apiKeys = wiring.apiKeys();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var id = input.text("id", TextRule.filled());
        if (!apiKeys.revoke(id)) {
            throw input.refuse("id", "does_not_exist", "There is no API key with this id.");
        }
        return Json.object().put("revoked", true);
    }
}
