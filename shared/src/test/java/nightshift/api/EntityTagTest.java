package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTest {
    @Test
    void is_a_quoted_number() {
        assertThat(EntityTag.of(12)).isEqualTo("\"12\"");
    }

    @Test
    void a_call_without_the_header_matches_any_version() {
        assertThatCode(() -> EntityTag.check(call().build(), 12)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", " * ", "\"12\"", "\"3\", \"12\"", "\"12\",\"3\"", " \"12\" "})
    void matches(String header) {
        var call = call().header("If-Match", header).build();
        assertThatCode(() -> EntityTag.check(call, 12)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"1\"", "12", "W/\"12\"", "", "\"1\", \"2\"", "\"a, \"12", "\"1,12\""})
    void is_another_version(String header) {
        var call = call().header("if-match", header).build();
        assertThatThrownBy(() -> EntityTag.check(call, 12))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refused -> {
                            var reply = Reply.refusing(refused.error());
                            assertThat(reply.status()).isEqualTo(412);
                            assertThat(reply.json().path("code").asText())
                                    .isEqualTo("precondition_failed");
                        });
    }
}
