package nightshift.functions.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchemaException;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.SpecVersionDetector;
import com.networknt.schema.resource.DisallowSchemaLoader;

import nightshift.api.ApiException;
import nightshift.json.Json;

/// Holds a run's output against its task's JSON Schema: draft 2020-12 unless `$schema` names
/// another.
public final class OutputSchema {
    private OutputSchema() {}

    /// Checks an output against a schema.
    ///
    /// @throws ApiException 400 if the output does not satisfy the schema, or the schema is none
    public static void check(String schema, JsonNode output) {
        var wanted = Json.stored(schema);
        try {
            var version =
                    SpecVersionDetector.detectOptionalVersion(wanted, false)
                            .orElse(VersionFlag.V202012);
            // A schema comes from a caller: what it refers to elsewhere is not fetched.
            var factory =
                    JsonSchemaFactory.getInstance(
                            version,
                            builder ->
                                    builder.schemaLoaders(loaders ->
                                            loaders.add(DisallowSchemaLoader.getInstance())));
            var problems = factory.getSchema(wanted).validate(output);
            if (!problems.isEmpty()) {
                throw refused(problems.iterator().next().getMessage());
            }
        } catch (JsonSchemaException unusable) {
            throw refused("the task's json_schema cannot be used: " + unusable.getMessage());
        }
    }

    private static ApiException refused(String reason) {
        return ApiException.refused(400, "Output validation error: " + reason);
    }
}
