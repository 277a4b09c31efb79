package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/html; charset=utf-8"})
    void what_a_header_carries_stays_as_it_was_given(String given) {
        assertThat(ContentType.forHeader(given)).isEqualTo(given);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "é",
                "text/plain\r\nX-Other: 1",
                "a\tb",
                "\u007f",
                "🌙",
                "text/plain ",
                "x",
                "~!"
            })
    void what_no_header_carries_is_any_bytes(String given) {
        assertThat(ContentType.forHeader(given)).isEqualTo("application/octet-stream");
    }
}
