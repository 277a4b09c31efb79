package nightshift.cli.files;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.SortedSet;

/// What one file says of its automation, with the defaults where it says nothing.
///
/// @param path below the folder, with `/`
/// @param id of an automation that was not made from files; null: none is named
/// @param automation the fields of a creation
/// @param policy all fields of the policy
/// @param channels the names of the channels
/// @param positions where the keys stand that the file itself has
public record AutomationFile(
        String path,
        @Nullable String id,
        ObjectNode automation,
        ObjectNode policy,
        SortedSet<String> channels,
        Map<Key, Position> positions) {

    /// The automation's name.
    public String name() {
        return automation.path("name").asText();
    }

    /// Where a key stands, or where the file begins if a default is meant.
    public Position position(Key key) {
        return positions.getOrDefault(key, Position.START);
    }
}
