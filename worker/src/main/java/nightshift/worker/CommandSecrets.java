package nightshift.worker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads the secrets of the command: a JSON object of texts, which become variables.
final class CommandSecrets {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static final Pattern NAME =
            Pattern.compile("(?!NIGHTSHIFT_|LD_|PATH$)[A-Za-z_][A-Za-z0-9_]*");

    private CommandSecrets() {}

    /// Thrown if the file cannot be used. The message contains no value.
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        private Unusable(String reason) {
            super("The secrets of the worker cannot be used: " + reason);
        }
    }

    static Map<String, String> read(@Nullable Path file) throws Unusable {
        if (file == null) {
            return Map.of();
        }
        var secrets = new TreeMap<String, String>();
        for (var secret : object(file).properties()) {
            var name = secret.getKey();
            if (!NAME.matcher(name).matches()) {
                throw new Unusable("a name is not allowed for a variable: " + name + ".");
            }
            if (!secret.getValue().isTextual()) {
                throw new Unusable(name + " is no text.");
            }
            var value = secret.getValue().asText();
            if (value.indexOf('\0') >= 0) {
                throw new Unusable(name + " contains a null character.");
            }
            secrets.put(name, value);
        }
        return secrets;
    }

    private static JsonNode object(Path file) throws Unusable {
        try {
            var object = JSON.readTree(Files.readAllBytes(file));
            if (!object.isObject()) {
                throw new Unusable("they are no JSON object.");
            }
            return object;
        } catch (JsonProcessingException malformed) { // its message would contain a piece
            throw new Unusable("they are no JSON object.");
        } catch (IOException failed) {
            throw new Unusable("the file " + file + " cannot be read.");
        }
    }
}
