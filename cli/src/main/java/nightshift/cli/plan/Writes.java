package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.api.Answer;
import nightshift.cli.api.ApiClient;
import nightshift.cli.api.ApiRefusalException;
import nightshift.cli.api.Json;
import nightshift.cli.text.CliException;
import nightshift.cli.text.TextTable;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// Makes one change of a plan. Each write is refused if the automation is no longer what the plan
/// saw.
final class Writes {
    private final ApiClient api;
    private final ServiceState seen;
    private final byte[] version;

    /// The versions that this process wrote, by the automation's id.
    private final Map<String, String> written = new ConcurrentHashMap<>();

    private @Nullable JsonNode newPolicy;

    Writes(ApiClient api, Plan plan) {
        this.api = api;
        this.seen = plan.service();
        this.version = hash(plan.files().files().toString());
    }

    /// Makes the change and returns the automation's id.
    String make(Change change) {
        return switch (change.action()) {
            case CREATE -> create(change);
            case CHANGE -> change(change);
            case REMOVE -> remove(change);
            case UNCHANGED -> change.id();
        };
    }

    /// Creates once more what an earlier creation with the same key made and somebody deleted
    /// since.
    String createAgain(Change change) {
        return create(change, UUID.randomUUID().toString());
    }

    /// Makes a new version of the automation that is like the old one. Of two that saw the same
    /// version, one is refused.
    void claim(Change change) {
        patch(change, Json.object());
    }

    /// Whether somebody else wrote the automation after this process.
    boolean isOvertaken(String id) {
        var own = written.get(id);
        try {
            return own != null && !own.equals(api.get(automation(id)).header("ETag"));
        } catch (CliException unreadable) {
            return false; // removed by this plan, or the network failed after the last change
        }
    }

    /// Removes what this process created.
    void removeOwn(String id) {
        api.send("DELETE", automation(id), null);
    }

    /// A key that was used before answers with an automation that may have been deleted since.
    private String create(Change change) {
        try {
            return create(change, key(change));
        } catch (ApiRefusalException refused) {
            if (refused.status() != 404) {
                throw refused;
            }
            return createAgain(change);
        }
    }

    private String create(Change change, String key) {
        var created =
                api.send(
                                "POST",
                                "task_automations/",
                                change.automation(),
                                Map.of("Idempotency-Key", key))
                        .json();
        String id = created.path("id").asText();
        var rest = Json.object();
        Planner.differences(change.automation(), created, false)
                .forEach(field -> rest.set(field.name(), field.after()));
        if (!rest.isEmpty()) { // the project's defaults
            api.send("PATCH", automation(id), rest);
        }
        var policy = Json.object();
        Planner.differences(change.policy(), policyOfNew(id), true)
                .forEach(field -> policy.set(field.name(), field.after()));
        if (!policy.isEmpty()) {
            api.send("PATCH", policy(id), policy);
        }
        return id;
    }

    /// The policy that the project gives to new automations, asked for once.
    private synchronized JsonNode policyOfNew(String id) {
        if (newPolicy == null) {
            newPolicy = api.get(policy(id)).json();
        }
        return newPolicy;
    }

    /// Writes the automation even if only its policy changes: an edit since the plan must not be
    /// mixed with this one.
    private String change(Change change) {
        patch(change, change.automation());
        if (!change.policy().isEmpty()) {
            patchPolicy(change.id(), change.policy());
        }
        return change.id();
    }

    private void patch(Change change, ObjectNode fields) {
        String id = change.id();
        String version = written.getOrDefault(id, seen.etag(id));
        try {
            Answer answer = api.send("PATCH", automation(id), fields, ifMatch(version));
            written.put(id, answer.header("ETag"));
        } catch (ApiRefusalException refused) {
            throw explained(refused, change);
        }
    }

    private void patchPolicy(String id, ObjectNode policy) {
        try {
            api.send("PATCH", policy(id), policy, ifMatch(seen.policyEtag(id)));
        } catch (ApiRefusalException refused) {
            if (refused.status() != 412) {
                throw refused;
            }
            var now = api.get(policy(id)).json();
            throw changedSince(now, seen.policy(id), true);
        }
    }

    private String remove(Change change) {
        String id = change.id();
        try {
            api.send(
                    "DELETE",
                    automation(id),
                    null,
                    ifMatch(written.getOrDefault(id, seen.etag(id))));
        } catch (ApiRefusalException refused) {
            if (refused.status() != 404) { // already gone
                throw explained(refused, change);
            }
        }
        return id;
    }

    /// Says what changed since the plan.
    private CliException explained(ApiRefusalException refused, Change change) {
        var planned = change.current();
        if (refused.status() == 404) {
            return CliException.refused("deleted since the plan", null);
        }
        if (refused.status() != 412 || planned == null) {
            return refused;
        }
        var now = api.get(automation(change.id())).json();
        return changedSince(now, planned, false);
    }

    private static CliException changedSince(JsonNode now, JsonNode planned, boolean policy) {
        String fields =
                Planner.differences(now, planned, policy).stream()
                        .map(field ->
                                field.name().equals("prompt")
                                        ? "prompt"
                                        : field.name()
                                                + " is now "
                                                + TextTable.printable(Planner.text(field.after())))
                        .collect(Collectors.joining(", "));
        return CliException.refused(
                "changed since the plan: "
                        + (fields.isEmpty()
                                ? "somebody wrote it at "
                                        + now.path("updated_at").asText("the same time")
                                : fields),
                null);
    }

    private static Map<String, String> ifMatch(String version) {
        return version.isEmpty() ? Map.of() : Map.of("If-Match", version);
    }

    private static String automation(String id) {
        return "task_automations/" + id + "/";
    }

    private static String policy(String id) {
        return automation(id) + "policy/";
    }

    /// The same for each repetition of the same creation from the same files.
    private String key(Change change) {
        return "apply-"
                + HexFormat.of()
                        .formatHex(hash(HexFormat.of().formatHex(version) + change.automation()));
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
