package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import nightshift.bench.Usage.Request;

import org.junit.jupiter.api.Test;

import java.util.List;

class UsageTest {
    @Test
    void requests_at_the_same_time_are_one_round_trip() {
        assertThat(usage(at("Query", 0, 2), at("S3 GET", 1, 3), at("S3 GET", 2, 9)).roundTrips())
                .isEqualTo(2);
        assertThat(usage(at("Query", 0, 2), at("GetItem", 2, 3), at("GetItem", 5, 6)).roundTrips())
                .isEqualTo(3);
        assertThat(usage().roundTrips()).isZero();
    }

    @Test
    void a_price_is_that_of_units_and_of_requests_to_s3() {
        var put = new Request("S3 PUT", 0, 1, 1_000, 0, 0);
        var write = new Request("PutItem", 1, 2, 1_000, 0, 2);
        var read = new Request("Query", 2, 3, 1_000, 4, 0);
        assertThat(usage(put, write, read).pricePerMillion()).isEqualTo(6.75, offset(1e-9));
        assertThat(usage(put, write, read).bytes()).isEqualTo(3_000);
    }

    @Test
    void each_request_has_a_bare_call_of_its_kind() {
        var usage = usage(at("BatchGetItem", 0, 1), at("UpdateItem", 1, 2), at("S3 HEAD", 2, 3));
        assertThat(usage.bareCalls("{}")).containsExactly("GetItem", "PutItem", "S3 GET");
    }

    @Test
    void a_presigned_link_in_the_answer_is_a_bare_call() {
        assertThat(usage(at("GetItem", 0, 1)).bareCalls("https://bucket?X-Amz-Signature=1"))
                .containsExactly("GetItem", "presign");
    }

    @Test
    void what_calls_nothing_is_compared_with_the_empty_handler() {
        assertThat(usage().bareCalls("{}")).containsExactly(EmptyHandler.NAME);
    }

    @Test
    void a_call_without_a_bare_one_is_not_compared() {
        assertThat(usage(at("GetItem", 0, 1), at("POST", 1, 2)).bareCalls("{}")).isEmpty();
    }

    private static Usage usage(Request... requests) {
        return new Usage(List.of(requests));
    }

    private static Request at(String operation, long begun, long ended) {
        return new Request(operation, begun, ended, 0, 0, 0);
    }
}
