package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import nightshift.automation.CronExpression;
import nightshift.automation.CronSyntaxException;
import nightshift.automation.IanaZone;
import nightshift.scheduler.AwsCron;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Executes the examples of `docs/cron.md`. Each row of its tables is a test.
class CronPageTest {
    private static final Path PAGE = Path.of("..", "docs", "cron.md");

    @ParameterizedTest
    @MethodSource
    void what_you_write(List<String> row) {
        var cron = CronExpression.parse(row.get(0));
        assertThat(cron.describe()).isEqualTo(row.get(1));
        assertThat(String.join(" ", AwsCron.translate(cron))).isEqualTo(row.get(2));
        assertThat(AwsCron.translate(cron)).allSatisfy(AwsCronEvaluator::parse);
    }

    static Stream<List<String>> what_you_write() throws IOException {
        return rows("You write");
    }

    @ParameterizedTest
    @MethodSource
    void refused(List<String> row) {
        var refused =
                catchThrowableOfType(
                        CronSyntaxException.class, () -> CronExpression.parse(row.get(0)));
        assertThat(refused).isNotNull();
        assertThat(Objects.requireNonNullElse(refused.field(), "")).isEqualTo(row.get(1));
        assertThat(refused.reason()).isEqualTo(row.get(2));
    }

    static Stream<List<String>> refused() throws IOException {
        return rows("Refused");
    }

    @ParameterizedTest
    @MethodSource
    void zone(List<String> row) {
        assertThat(IanaZone.find(row.get(0)).isPresent() ? "yes" : "no").isEqualTo(row.get(1));
    }

    static Stream<List<String>> zone() throws IOException {
        return rows("Zone");
    }

    @ParameterizedTest
    @MethodSource
    void occurrences(List<String> row) {
        var cron = CronExpression.parse(row.get(0));
        var zone = new IanaZone(row.get(1));
        var expected = Stream.of(row.get(3).split(" ")).map(Instant::parse).toList();
        assertThat(cron.between(Instant.parse(row.get(2)), expected.getLast(), zone))
                .isEqualTo(expected);
    }

    static Stream<List<String>> occurrences() throws IOException {
        return rows("Expression").filter(row -> row.size() == 4);
    }

    @ParameterizedTest
    @MethodSource
    void change_of_clocks(List<String> row) {
        var cron = CronExpression.parse(row.get(0));
        var zone = new IanaZone(row.get(1));
        Instant from = newYear(row.get(2), zone.rules());
        Instant until = newYear("" + (Integer.parseInt(row.get(2)) + 1), zone.rules());
        assertThat(cron.skippedBetween(from, until, zone).stream().map(Object::toString).toList())
                .isEqualTo(words(row.get(3)));
        assertThat(cron.repeatedBetween(from, until, zone).stream().map(Object::toString).toList())
                .isEqualTo(words(row.get(4)));
    }

    static Stream<List<String>> change_of_clocks() throws IOException {
        return rows("Expression").filter(row -> row.size() == 5);
    }

    @Test
    void has_all_these_tables() throws IOException {
        assertThat(what_you_write()).hasSizeGreaterThan(10);
        assertThat(refused()).hasSizeGreaterThan(8);
        assertThat(zone()).hasSizeGreaterThan(5);
        assertThat(occurrences()).hasSizeGreaterThan(3);
        assertThat(change_of_clocks()).hasSizeGreaterThan(3);
    }

    private static Instant newYear(String year, ZoneId zone) {
        return LocalDate.of(Integer.parseInt(year), 1, 1).atStartOfDay(zone).toInstant();
    }

    private static List<String> words(String cell) {
        return cell.isEmpty() ? List.of() : List.of(cell.split(" "));
    }

    /// The rows of all tables with this heading in the first column, without backticks.
    private static Stream<List<String>> rows(String heading) throws IOException {
        var rows = new ArrayList<List<String>>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            List<String> cells = cells(line);
            if (inside && !cells.isEmpty() && !cells.getFirst().equals("---")) {
                rows.add(cells);
            }
            inside = !cells.isEmpty() && (inside || cells.getFirst().equals(heading));
        }
        return rows.stream();
    }

    private static List<String> cells(String line) {
        if (!line.startsWith("|")) {
            return List.of();
        }
        return Stream.of(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
                .map(cell -> cell.replace("`", "").strip())
                .toList();
    }
}
