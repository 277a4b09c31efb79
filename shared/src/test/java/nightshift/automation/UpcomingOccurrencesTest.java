package nightshift.automation;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.testing.Ports;
import nightshift.testing.TestProject;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Random;

class UpcomingOccurrencesTest {
    private static final Instant NOW = Instant.parse("2026-03-28T22:10:00Z");
    private static final List<String> CRONS =
            List.of("*/30 * * * *", "30 2 * * *", "0 9 * * 1-5", "15 1,2,3 * * *", "0 0 1 1 *");
    private static final List<String> ZONES =
            List.of("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata");

    private final TestProject project = new TestProject(Ports.inMemory());

    @Test
    void the_nearest_come_first_and_the_busiest_minute_is_the_one_with_most_starts() {
        var random = new Random(20_261_129);
        for (int round = 0; round < 20; round++) {
            var automations = new ArrayList<TaskAutomation>();
            for (int i = random.nextInt(8); i > 0; i--) {
                automations.add(
                        scheduled(
                                CRONS.get(random.nextInt(CRONS.size())),
                                ZONES.get(random.nextInt(ZONES.size()))));
            }
            var until = NOW.plus(Duration.ofHours(random.nextInt(48)));
            var all = new ArrayList<Instant>();
            var starts = new HashMap<Instant, Integer>();
            for (var automation : automations) {
                var spec = automation.spec();
                for (var minute : spec.cron().between(NOW, until, spec.timezone())) {
                    all.add(minute);
                    starts.merge(minute, 1, Integer::sum);
                }
            }
            all.sort(Comparator.naturalOrder());

            var upcoming = UpcomingOccurrences.of(automations, NOW, until, 20);

            assertThat(upcoming.nearest())
                    .extracting(UpcomingOccurrences.Upcoming::minute)
                    .isEqualTo(all.stream().limit(20).toList());
            assertThat(upcoming.truncated()).isEqualTo(all.size() > 20);
            var busiest = upcoming.busiest();
            if (busiest == null) {
                assertThat(all).isEmpty();
            } else {
                int most = starts.values().stream().max(Integer::compare).orElseThrow();
                assertThat(busiest.starts()).isEqualTo(most);
                assertThat(starts)
                        .containsEntry(busiest.minute(), most)
                        .allSatisfy((minute, count) -> {
                            if (minute.isBefore(busiest.minute())) {
                                assertThat(count).isLessThan(most);
                            }
                        });
            }
        }
    }

    @Test
    void a_thousand_automations_of_every_minute_for_a_week_do_not_take_long() {
        var automations = new ArrayList<TaskAutomation>();
        for (int i = 0; i < 1_000; i++) {
            automations.add(scheduled("* * * * *", "UTC"));
        }
        var upcoming =
                UpcomingOccurrences.of(automations, NOW, NOW.plus(Duration.ofDays(7)), 5_000);
        assertThat(upcoming.nearest()).hasSize(5_000);
        assertThat(upcoming.truncated()).isTrue();
        assertThat(upcoming.busiest())
                .isEqualTo(new UpcomingOccurrences.Busiest(NOW.plusSeconds(60), 1_000));
    }

    private TaskAutomation scheduled(String cron, String zone) {
        var any = project.unkept("nightly");
        var spec = any.spec();
        return any.with(
                new AutomationSpec(
                        spec.name(),
                        spec.prompt(),
                        spec.repository(),
                        null,
                        CronExpression.parse(cron),
                        IanaZone.find(zone).orElseThrow(),
                        null,
                        true),
                NOW);
    }
}
