package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.cli.api.ApiClient;
import nightshift.cli.api.Json;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the service has, read with three calls for up to a thousand automations.
///
/// @param automations as the list has them
/// @param details of each automation by its id: `etag`, `policy_etag`, `policy`
/// @param channels as the list has them
record ServiceState(
        List<JsonNode> automations, Map<String, JsonNode> details, List<JsonNode> channels) {

    /// Reads the versions first: what changes between the calls is then refused by `If-Match`,
    /// never overwritten.
    static ServiceState read(ApiClient api) {
        var details = new HashMap<String, JsonNode>();
        api.list("automation_policies")
                .path("results")
                .forEach(found -> details.put(found.path("id").asText(), found));
        var automations = results(api, "task_automations");
        return new ServiceState(automations, details, results(api, "notification_channels"));
    }

    private static List<JsonNode> results(ApiClient api, String list) {
        return api.list(list).path("results").valueStream().toList();
    }

    JsonNode policy(String id) {
        return details.getOrDefault(id, Json.object()).path("policy");
    }

    String etag(String id) {
        return details.getOrDefault(id, Json.object()).path("etag").asText("");
    }

    String policyEtag(String id) {
        return details.getOrDefault(id, Json.object()).path("policy_etag").asText("");
    }
}
