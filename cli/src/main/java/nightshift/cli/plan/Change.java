package nightshift.cli.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.cli.files.AutomationFile;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.SortedSet;

/// What becomes of one automation.
///
/// @param file null if there is none
/// @param current the automation as the service has it; null if there is none
/// @param fields what differs
/// @param automation the fields to send to the automation
/// @param policy the fields to send to its policy
/// @param joins the ids of the channels that are to tell of it
/// @param leaves the ids of the channels that are no longer to tell of it
/// @param before what its schedule means now; null if that stays or nothing is there
/// @param after what its schedule will mean; null if that stays or nothing will be there
record Change(
        Action action,
        @Nullable AutomationFile file,
        @Nullable JsonNode current,
        List<Field> fields,
        ObjectNode automation,
        ObjectNode policy,
        SortedSet<String> joins,
        SortedSet<String> leaves,
        @Nullable Meaning before,
        @Nullable Meaning after) {

    /// What is to be done.
    enum Action {
        CREATE("+"),
        CHANGE("~"),
        REMOVE("-"),
        UNCHANGED(" ");

        private final String mark;

        Action(String mark) {
            this.mark = mark;
        }

        String mark() {
            return mark;
        }

        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /// A field whose value differs.
    record Field(String name, JsonNode before, JsonNode after) {}

    /// The automation's name, as it will be.
    String name() {
        return file != null ? file.name() : current == null ? "" : current.path("name").asText();
    }

    /// The automation's id; empty if it is to be created.
    String id() {
        return current == null ? "" : current.path("id").asText();
    }

    /// The file's path; for an automation without one its identity.
    String path() {
        return file != null
                ? file.path()
                : current == null ? "" : current.path("template_id").asText();
    }
}
