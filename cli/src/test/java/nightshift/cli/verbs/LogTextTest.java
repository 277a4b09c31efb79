package nightshift.cli.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.cli.api.Json;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LogTextTest {
    private final LogText text = new LogText();
    private final List<String> lines = new ArrayList<>();

    @Test
    void shows_empty_lines() {
        console("info", "one", false);
        console("info", "", false);
        console("info", "two", false);
        assertThat(lines).containsExactly("one", "", "two");
    }

    @Test
    void a_part_goes_on_with_the_next_entry_of_its_level() {
        console("info", "working...", true);
        console("error", "careful", false);
        console("info", " done", false);
        assertThat(lines).containsExactly("careful", "working... done");
    }

    @Test
    void an_empty_entry_ends_what_was_begun() {
        console("info", "working...", true);
        console("info", "", false);
        assertThat(lines).containsExactly("working...");
        assertThat(text.rest()).isEmpty();
    }

    @Test
    void what_was_begun_and_not_ended_is_the_rest() {
        console("info", "working...", true);
        assertThat(lines).isEmpty();
        assertThat(text.rest()).containsExactly("working...");
        assertThat(text.rest()).isEmpty();
    }

    private void console(String level, String message, boolean continues) {
        var entry = Json.object();
        var notification = entry.putObject("notification").put("method", "_posthog/console");
        var parameters = notification.putObject("params");
        parameters.put("level", level).put("message", message);
        if (continues) {
            parameters.put("continues", true);
        }
        lines.addAll(text.lines(entry));
    }
}
