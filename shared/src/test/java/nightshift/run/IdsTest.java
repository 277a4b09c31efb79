package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class IdsTest {
    /// The example of RFC 9562, appendix A.6.
    @Test
    void the_time_is_where_version_7_keeps_it() {
        assertThat(Ids.timeOrdered(Instant.parse("2022-02-22T19:22:22Z")).toString())
                .startsWith("017f22e2-79b0-7");
    }
}
