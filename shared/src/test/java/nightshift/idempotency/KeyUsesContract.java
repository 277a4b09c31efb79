package nightshift.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import nightshift.idempotency.KeyUse.Answer;
import nightshift.testing.Together;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What the uses of keys promise, in memory and in the table.
public interface KeyUsesContract {
    Instant NOW = Instant.parse("2026-01-01T10:00:00.123456Z");

    KeyUses uses();

    private static KeyUse first() {
        return KeyUse.first(7, UUID.randomUUID().toString(), "body", "seed", NOW);
    }

    @Test
    default void the_first_use_is_kept_and_found_by_the_next() {
        var first = first();
        assertThat(uses().addOrFind(first)).isEmpty();
        assertThat(uses().addOrFind(first)).contains(first);
    }

    @Test
    default void projects_and_places_do_not_meet() {
        var first = first();
        uses().addOrFind(first);
        assertThat(uses().addOrFind(KeyUse.first(8, first.place(), "b", "s", NOW))).isEmpty();
        assertThat(uses().addOrFind(first())).isEmpty();
    }

    @Test
    default void an_answer_is_kept_whole() {
        var first = first();
        uses().addOrFind(first);
        var answered =
                first.answered(
                        new Answer(201, Map.of("ETag", "\"1\"", "Content-Type", "x"), "{\"ä\":1}"));
        assertThat(uses().replace(first, answered)).isTrue();
        assertThat(uses().addOrFind(first)).contains(answered);
    }

    @Test
    default void only_what_is_still_as_it_was_read_is_replaced() {
        var first = first();
        uses().addOrFind(first);
        var again = first.leasedAgain(NOW.plusSeconds(60));
        assertThat(uses().replace(first, again)).isTrue();
        assertThat(uses().replace(first, first.answered(new Answer(200, Map.of(), "late"))))
                .isFalse();
        assertThat(uses().addOrFind(first)).contains(again);
    }

    @Test
    default void an_expired_use_gives_way_to_another_first_one() {
        var first = first();
        uses().addOrFind(first);
        var answered = first.answered(new Answer(200, Map.of(), "old"));
        uses().replace(first, answered);
        var later = NOW.plus(Duration.ofHours(25));
        var next = KeyUse.first(7, first.place(), "other", "other seed", later);
        assertThat(uses().replace(answered, answered.replacedBy(next))).isTrue();
        assertThat(uses().addOrFind(next)).map(KeyUse::answer).isEmpty();
        assertThat(uses().addOrFind(next)).map(KeyUse::seed).contains("other seed");
    }

    @Test
    default void one_of_many_is_the_first() throws Exception {
        var first = first();
        var found = Together.all(20, _ -> uses().addOrFind(first));
        assertThat(found).filteredOn(Optional::isEmpty).hasSize(1);
    }
}
