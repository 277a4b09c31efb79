package nightshift.functions.site;

import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.api.Call;
import nightshift.api.Endpoint;
import nightshift.api.Reply;
import nightshift.api.Scope;
import nightshift.functions.lambda.Rehearsal;
import nightshift.functions.lambda.Resources;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;

import java.nio.charset.StandardCharsets;

/// `GET /api/schema/`: the API's description, `docs/openapi.yaml`, for everyone, with the server
/// that the client called.
public final class RetrieveSchema extends Endpoint {
    private static final String SERVER = "- url: \"http://127.0.0.1:3000\"";

    private final String description;

    /// The function as Lambda makes it.
    public RetrieveSchema() {
        super((call, _) -> call, Scope.NONE);
        Rehearsal.beforeSnapshot(System.getenv());
        this.description = new String(Resources.bytes("openapi.yaml"), StandardCharsets.UTF_8);
    }

    /// The function made of other parts. It needs none.
    public RetrieveSchema(Wiring wiring) {
        this();
    }

    @Override
    protected Reply answer(Call call) {
        // JSON's strings are YAML's, so a strange host cannot add a line.
        var server = "- url: " + Json.text(TextNode.valueOf(call.baseUrl()));
        return Reply.text(
                        "application/vnd.oai.openapi; charset=utf-8",
                        description.replace(SERVER, server))
                .with("Cache-Control", "public, max-age=300")
                .with("Content-Disposition", "inline; filename=\"openapi.yaml\"")
                .with("Access-Control-Allow-Origin", "*");
    }
}
