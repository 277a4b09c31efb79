package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;
import nightshift.scheduler.AwsCron;

import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Compares the occurrences of an expression, of its EventBridge schedules, and of a simulated wall
/// clock.
///
/// Each run has a random seed. `-Dnightshift.seed=...` sets it.
class CronTranslationPropertyTest {
    private static final long SEED = Long.getLong("nightshift.seed", new SecureRandom().nextLong());
    private static final int EXPRESSIONS = 20_000;
    private static final int EXPRESSIONS_SCANNED = 300;
    private static final int YEARS = 4;

    private static final List<String> ZONES =
            List.of(
                    "UTC",
                    "EST",
                    "ROC",
                    "Etc/GMT+12",
                    "Pacific/Kiritimati",
                    "Europe/Berlin",
                    "Europe/Dublin",
                    "America/New_York",
                    "America/St_Johns",
                    "Australia/Sydney",
                    "Australia/Lord_Howe",
                    "Pacific/Auckland",
                    "Pacific/Chatham",
                    "Asia/Kolkata",
                    "Asia/Kathmandu",
                    "Australia/Eucla",
                    "Antarctica/Troll",
                    "America/Sao_Paulo",
                    "America/Asuncion",
                    "America/Santiago",
                    "America/Havana",
                    "America/Nuuk",
                    "America/Scoresbysund",
                    "Atlantic/Azores",
                    "Asia/Beirut",
                    "Asia/Gaza",
                    "Africa/Cairo",
                    "Africa/Casablanca",
                    "Asia/Tehran",
                    "Asia/Amman",
                    "Asia/Pyongyang",
                    "Europe/Istanbul",
                    "Europe/Moscow",
                    "Europe/Volgograd",
                    "America/Caracas",
                    "America/Mexico_City",
                    "Pacific/Apia",
                    "Pacific/Fiji",
                    "Africa/Juba");

    @Test
    void translated_schedules_fire_exactly_when_the_expression_occurs() {
        var occurrences = new AtomicInteger();
        inParallel(
                EXPRESSIONS,
                number -> {
                    var sample = new Sample(number);
                    sample.checkFields();
                    occurrences.addAndGet(sample.checkAroundEveryChangeOfClocks());
                    occurrences.addAndGet(sample.checkFarBetweenThem());
                });
        assertThat(occurrences)
                .as("occurrences compared, seed %d", SEED)
                .hasValueGreaterThan(EXPRESSIONS * 10);
    }

    @Test
    void a_scan_of_all_minutes_finds_the_same_occurrences() {
        inParallel(EXPRESSIONS_SCANNED, number -> new Sample(-1 - number).checkByScan());
    }

    private static void inParallel(int samples, IntConsumer check) {
        try {
            IntStream.range(0, samples).parallel().forEach(check);
        } catch (RuntimeException | AssertionError failed) {
            throw new AssertionError("Repeat with -Dnightshift.seed=" + SEED, failed);
        }
    }

    /// The n-th random expression of this seed, with a zone and a range of years.
    private static final class Sample {
        private final SplittableRandom random;
        private final IanaZone zone;
        private final Instant start;
        private final Instant end;
        private final RandomCron meant;
        private final CronExpression cron;
        private final List<AwsCronEvaluator> schedules;

        Sample(int number) {
            random = new SplittableRandom(SEED + number * 0x9E3779B97F4A7C15L);
            zone = new IanaZone(ZONES.get(random.nextInt(ZONES.size())));
            start =
                    Instant.parse(2009 + random.nextInt(30) + "-01-01T00:00:00Z")
                            .plusSeconds(random.nextInt(100_000));
            end = start.plus(Duration.ofDays(YEARS * 365 + 1));
            RandomCron candidate = RandomCron.next(random);
            Optional<CronExpression> accepted = accepted(candidate);
            while (accepted.isEmpty()) {
                candidate = RandomCron.next(random);
                accepted = accepted(candidate);
            }
            meant = candidate;
            cron = accepted.get();
            List<String> expressions = AwsCron.translate(cron);
            check(
                    expressions.stream().allMatch(text -> text.length() <= 256),
                    "longer than 256: " + expressions);
            schedules = expressions.stream().map(AwsCronEvaluator::parse).toList();
        }

        /// Only an expression for a day that does not exist may be refused.
        private static Optional<CronExpression> accepted(RandomCron candidate) {
            try {
                return Optional.of(CronExpression.parse(candidate.text()));
            } catch (CronSyntaxException refused) {
                if (!refused.reason().contains("never comes")) {
                    throw new AssertionError("seed " + SEED + ": " + candidate.text(), refused);
                }
                return Optional.empty();
            }
        }

        void checkFields() {
            check(
                    cron.minutes() == bits(meant.minutes())
                            && cron.hours() == bits(meant.hours())
                            && cron.daysOfMonth() == bits(meant.daysOfMonth())
                            && cron.months() == bits(meant.months())
                            && cron.daysOfWeek() == bits(meant.daysOfWeek()),
                    "read wrongly");
            var canonical = CronExpression.parse(cron.canonical());
            check(
                    canonical.canonical().equals(cron.canonical()),
                    "no canonical form: " + cron.canonical());
            check(
                    canonical.next(start, zone).equals(cron.next(start, zone)),
                    "the canonical form means something else: " + cron.canonical());
            check(cron.describe().matches("(At|Every) [^\\[\\]]+"), "no words: " + cron.describe());
        }

        int checkAroundEveryChangeOfClocks() {
            int compared = 0;
            var rules = zone.rules().getRules();
            ZoneOffsetTransition change = rules.nextTransition(start);
            while (change != null && change.getInstant().isBefore(end)) {
                long spare = random.nextLong(3 * 3600);
                compared +=
                        checkChain(
                                change.getInstant().minusSeconds(spare),
                                change.getInstant().plusSeconds(2 * 3600),
                                40);
                change = rules.nextTransition(change.getInstant());
            }
            return compared;
        }

        int checkFarBetweenThem() {
            Instant anywhere =
                    start.plusSeconds(random.nextLong(Duration.between(start, end).toSeconds()));
            return checkChain(anywhere, anywhere.plus(Duration.ofDays(365 * 9)), 12)
                    + checkChain(
                            leapDay().minusSeconds(random.nextLong(100_000)),
                            end.plus(Duration.ofDays(4_000)),
                            4);
        }

        private Instant leapDay() {
            int year = start.atZone(zone.rules()).getYear() / 4 * 4 + 4;
            return LocalDateTime.of(year, 2, 29, 0, 0).atZone(zone.rules()).toInstant();
        }

        private int checkChain(Instant from, Instant until, int most) {
            Instant last = from;
            for (int compared = 0; compared < most; compared++) {
                Optional<Instant> expected = cron.next(last, zone);
                Optional<Instant> fired = nextFiring(last);
                check(
                        expected.equals(fired),
                        "after " + last + " occurs " + expected + ", fires " + fired);
                if (expected.isEmpty() || expected.get().isAfter(until)) {
                    return compared;
                }
                last = expected.get();
                check(cron.occursAt(last, zone), "does not occur at its own occurrence " + last);
            }
            return most;
        }

        private Optional<Instant> nextFiring(Instant after) {
            return schedules.stream()
                    .map(schedule -> schedule.next(after, zone.rules()))
                    .flatMap(Optional::stream)
                    .min(Instant::compareTo);
        }

        void checkByScan() {
            var changes = new ArrayList<Instant>();
            var rules = zone.rules().getRules();
            ZoneOffsetTransition change = rules.nextTransition(start);
            while (change != null && change.getInstant().isBefore(end)) {
                changes.add(change.getInstant());
                change = rules.nextTransition(change.getInstant());
            }
            changes.add(
                    start.plusSeconds(random.nextLong(Duration.between(start, end).toSeconds())));
            for (Instant middle : changes) {
                scan(middle.minus(Duration.ofHours(26)), middle.plus(Duration.ofHours(26)));
            }
        }

        private void scan(Instant from, Instant until) {
            ZoneId rules = zone.rules();
            Set<LocalDateTime> shown = new HashSet<>();
            List<Instant> seen = new ArrayList<>();
            Instant minute = Instant.ofEpochSecond(from.getEpochSecond() / 60 * 60);
            // Starts a day before, so that repeated local times are recognized.
            for (minute = minute.minus(Duration.ofHours(26));
                    !minute.isAfter(until);
                    minute = minute.plusSeconds(60)) {
                var wall = LocalDateTime.ofInstant(minute, rules);
                boolean occurs = shown.add(wall) && meant.matches(wall);
                check(
                        cron.occursAt(minute, zone) == occurs,
                        "occurs at " + minute + ": " + !occurs);
                if (occurs && minute.isAfter(from)) {
                    seen.add(minute);
                }
            }
            check(
                    seen.equals(cron.between(from, until, zone)),
                    "a scan finds other occurrences before " + until);
            var fired = new TreeSet<Instant>();
            for (AwsCronEvaluator schedule : schedules) {
                Optional<Instant> next = schedule.next(from, rules);
                while (next.isPresent() && !next.get().isAfter(until)) {
                    fired.add(next.get());
                    next = schedule.next(next.get(), rules);
                }
            }
            check(seen.equals(List.copyOf(fired)), "a scan finds other firings before " + until);
        }

        private void check(boolean holds, String otherwise) {
            if (!holds) {
                fail("seed %d: \"%s\" in %s: %s".formatted(SEED, cron, zone.name(), otherwise));
            }
        }

        private static long bits(BitSet values) {
            return values.toLongArray()[0];
        }
    }
}
