package nightshift.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TextTableTest {
    @Test
    void control_characters_do_not_reach_the_terminal() {
        assertThat(TextTable.printable("a\u001b[31mb\nc\u202ed")).isEqualTo("a [31mb c d");
    }
}
