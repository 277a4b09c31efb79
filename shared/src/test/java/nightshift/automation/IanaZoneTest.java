package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

class IanaZoneTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Etc/UTC",
                "Europe/London",
                "America/Argentina/ComodRivadavia",
                "Asia/Kathmandu",
                "GB",
                "Zulu",
                "US/Pacific",
                "Etc/GMT+5",
                "GMT",
                "GMT0",
                "GMT+0",
                "GMT-0",
                "EST",
                "EST5EDT",
                "MST",
                "HST",
                "ROC"
            })
    void knows_every_name_of_the_iana_list_and_keeps_it(String name) {
        var zone = IanaZone.find(name).orElseThrow();
        assertThat(zone.name()).isEqualTo(name);
        assertThat(zone.rules().getRules().getOffset(Instant.EPOCH)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Z",
                "z",
                "+02:00",
                "-5",
                "UTC+9",
                "UTC+99",
                "GMT+1",
                "UT",
                "utc",
                "europe/london",
                "Europe/London ",
                "Europe",
                "Europe/Atlantis",
                "SystemV/EST5",
                "SystemV/PST8PDT",
                "PST",
                "CST",
                "IST",
                "JST",
                "local",
                "../UTC",
                "Factory"
            })
    void refuses_what_is_not_on_the_list(String name) {
        assertThat(IanaZone.find(name)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IanaZone(name))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"EST,-5", "MST,-7", "HST,-10", "ROC,8", "GMT+0,0", "GMT-0,0", "UTC,0"})
    void gives_the_names_that_the_jdk_lacks_their_rules(String name, int hours) {
        var rules = new IanaZone(name).rules().getRules();
        assertThat(rules.getOffset(Instant.parse("2026-07-01T00:00:00Z")))
                .isEqualTo(ZoneOffset.ofHours(hours));
        assertThat(rules.isDaylightSavings(Instant.parse("2026-07-01T00:00:00Z"))).isFalse();
    }

    @Test
    void is_a_value() {
        assertThat(IanaZone.utc())
                .isEqualTo(new IanaZone("UTC"))
                .isNotEqualTo(new IanaZone("Etc/UTC"));
    }

    @Test
    void changes_its_offsets_by_whole_minutes_only_so_that_cron_minutes_are_minutes_everywhere() {
        for (String name : ZoneId.getAvailableZoneIds()) {
            IanaZone.find(name)
                    .ifPresent(zone -> {
                        var offset =
                                zone.rules()
                                        .getRules()
                                        .getOffset(Instant.parse("2026-01-01T00:00:00Z"));
                        assertThat(Duration.ofSeconds(offset.getTotalSeconds()).toSecondsPart())
                                .as(name)
                                .isZero();
                    });
        }
    }
}
