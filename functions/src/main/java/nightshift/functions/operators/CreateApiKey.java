package nightshift.functions.operators;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.KeyGatekeeper;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ApiKey;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.Owner;
import nightshift.run.Ids;
import nightshift.text.IsoTime;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// Makes an API key. The answer is the only place where the key itself is ever seen.
public final class CreateApiKey extends Operation {
    private static final String PREFIX = "phx_";
    private static final int SECRET_CHARACTERS = 43;
    private static final Set<String> SCOPES = Set.of("task:read", "task:write", "*");

    private final ApiKeyStore apiKeys;
    private final Clock clock;

    /// The function as Lambda makes it.
    public CreateApiKey() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public CreateApiKey(Wiring wiring) {
        this.apiKeys = wiring.apiKeys();
        this.clock = wiring.clock();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var label = input.text("label", TextRule.filled().atMost(255));
        var scopes = scopes(input);
        var projects =
                input.raw("projects").isNull() || !input.has("projects")
                        ? null
                        : input.integers("projects");
        var owner = owner(input);
        var now = clock.instant();
        var expiresAt = expiresAt(input, now);
        if (projects != null) {
            for (var project : projects) {
                if (apiKeys.project(project).isEmpty()) {
                    throw input.refuse(
                            "projects", "does_not_exist", "There is no project " + project + ".");
                }
            }
        }
        var secret = PREFIX + Ids.secret(SECRET_CHARACTERS);
        var key =
                new ApiKey(
                        UUID.randomUUID().toString(),
                        KeyGatekeeper.digest(secret),
                        label,
                        scopes,
                        projects,
                        owner,
                        now,
                        expiresAt,
                        null);
        apiKeys.add(key);
        var answer = Json.object().put("id", key.id()).put("key", secret);
        return answer.setAll(ApiKeyJson.write(key));
    }

    private static Set<String> scopes(Fields input) {
        input.require("scopes");
        var scopes = new HashSet<String>();
        for (var scope : input.texts("scopes")) {
            if (!SCOPES.contains(scope)) {
                throw input.refuse(
                        "scopes", "invalid_choice", "\"" + scope + "\" is not a valid choice.");
            }
            scopes.add(scope);
        }
        return scopes;
    }

    private static Owner owner(Fields input) {
        var owner = input.object("owner");
        var email = owner.text("email", TextRule.filled().orNull().atMost(254), null);
        var uuid = UUID.nameUUIDFromBytes(("owner " + email).getBytes(StandardCharsets.UTF_8));
        return new Owner(
                Math.floorMod(uuid.getMostSignificantBits(), 1L << 31),
                uuid,
                uuid.toString(),
                owner.text("first_name", TextRule.filled().atMost(150)),
                String.valueOf(
                        owner.text("last_name", TextRule.filled().orBlank().atMost(150), "")),
                email);
    }

    private static @Nullable Instant expiresAt(Fields input, Instant now) {
        var text = input.text("expires_at", TextRule.filled().orNull(), null);
        if (text == null) {
            return null;
        }
        var expiresAt = IsoTime.parseOrNull(text);
        if (expiresAt == null || !expiresAt.isAfter(now)) {
            throw input.refuse(
                    "expires_at", "invalid_input", "A time in the future in ISO 8601 is required.");
        }
        return expiresAt;
    }
}
