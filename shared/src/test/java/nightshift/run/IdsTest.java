package nightshift.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

class IdsTest {
    @Test
    void an_id_tells_when_it_was_made() {
        var now = Instant.parse("2026-04-02T09:00:30.123456Z");
        assertThat(Ids.time(Ids.timeOrdered(now))).isEqualTo(now.truncatedTo(ChronoUnit.MILLIS));
    }

    /// The example of RFC 9562, appendix A.6.
    @Test
    void the_time_is_where_version_7_keeps_it() {
        assertThat(Ids.time(UUID.fromString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")))
                .isEqualTo("2022-02-22T19:22:22Z");
    }
}
