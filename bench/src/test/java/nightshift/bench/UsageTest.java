package nightshift.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import nightshift.bench.Usage.Request;

import org.junit.jupiter.api.Test;

import java.util.List;

class UsageTest {
    @Test
    void requests_at_the_same_time_are_one_round_trip() {
        assertThat(usage(at("Query", 0, 2), at("GetObject", 1, 3), at("GetObject", 2, 9)))
                .extracting(Usage::roundTrips)
                .isEqualTo(2);
        assertThat(usage(at("Query", 0, 2), at("GetItem", 2, 3), at("GetItem", 5, 6)).roundTrips())
                .isEqualTo(3);
        assertThat(usage().roundTrips()).isZero();
    }

    @Test
    void is_read_from_what_the_recorder_writes() {
        var usage =
                Usage.parse(
                        List.of(
                                "request Query 5 9 100",
                                "read-units 0.5",
                                "read-units 1.0",
                                "request PutItem 1 2 30",
                                "write-units 2.0"));
        assertThat(usage.requests())
                .containsExactly(new Request("PutItem", 1, 2, 30), new Request("Query", 5, 9, 100));
        assertThat(usage.readUnits()).isEqualTo(1.5);
        assertThat(usage.writeUnits()).isEqualTo(2);
        assertThat(usage.bytes()).isEqualTo(130);
    }

    @Test
    void a_price_is_that_of_units_and_of_requests_to_s3() {
        var requests = List.of(at("PutObject", 0, 1), at("HeadObject", 1, 2), at("PutItem", 2, 3));
        assertThat(new Usage(requests, 4, 2).pricePerMillion()).isEqualTo(7.15, offset(1e-9));
    }

    @Test
    void each_request_has_a_bare_call_of_its_kind() {
        var usage =
                usage(
                        at("BatchGetItem", 0, 1),
                        at("UpdateItem", 1, 2),
                        at("TransactWriteItems-4", 2, 3),
                        at("HeadObject", 3, 4));
        assertThat(usage.bareCalls("{}"))
                .containsExactly("GetItem", "PutItem", "TransactWriteItems-4", "GetObject");
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
        assertThat(usage(at("GetItem", 0, 1), at("CreateSchedule", 1, 2)).bareCalls("{}"))
                .isEmpty();
    }

    private static Usage usage(Request... requests) {
        return new Usage(List.of(requests), 0, 0);
    }

    private static Request at(String operation, long begun, long ended) {
        return new Request(operation, begun, ended, 0);
    }
}
