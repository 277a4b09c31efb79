package nightshift.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import nightshift.worker.command.SecretValues;
import nightshift.worker.files.OutputFile.Found;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What a run shows as its output: what the command left, with secrets masked and with the branches
/// that the command has pushed. All other bytes stay as they are.
final class VisibleOutput {
    private static final String BRANCHES = "pushed_branches";
    private static final ObjectMapper JSON = new ObjectMapper();

    private VisibleOutput() {}

    /// @param pushed the branches to show; they become the output if the command left none
    static Found of(Found found, SecretValues secrets, List<String> pushed) {
        return switch (found) {
            case Found.Unusable unusable -> unusable;
            case Found.Nothing nothing when pushed.isEmpty() -> nothing;
            case Found.Nothing nothing -> json("{" + branches(pushed) + "}");
            case Found.Json json -> {
                var text = new String(json.json(), UTF_8);
                var masked = secrets.masked(text);
                if (!masked.equals(text) && tree(masked) == null) {
                    yield new Found.Unusable(
                            "The output that the command left contains a secret.", "");
                }
                if (!pushed.isEmpty()) {
                    masked = withBranches(masked, pushed);
                }
                yield masked.equals(text) ? json : json(masked);
            }
        };
    }

    /// Adds the branches to an object that does not have the field.
    private static String withBranches(String text, List<String> pushed) {
        var tree = tree(text);
        if (tree == null || !tree.isObject() || tree.has(BRANCHES)) {
            return text;
        }
        int begin = text.indexOf('{') + 1;
        var comma = tree.isEmpty() ? "" : ", ";
        return text.substring(0, begin) + branches(pushed) + comma + text.substring(begin);
    }

    private static String branches(List<String> pushed) {
        return "\"" + BRANCHES + "\": " + JSON.valueToTree(pushed);
    }

    private static @Nullable JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException malformed) {
            return null;
        }
    }

    private static Found json(String text) {
        return new Found.Json(text.getBytes(UTF_8));
    }
}
