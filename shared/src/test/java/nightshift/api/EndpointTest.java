package nightshift.api;

import static nightshift.api.CallBuilder.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.fasterxml.jackson.databind.JsonNode;

import nightshift.json.Json;
import nightshift.json.RandomJson;
import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.keys.Project;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/// An endpoint answers every call, and puts refusals into words.
class EndpointTest {
    private static final Owner OWNER = new Owner(1, new UUID(0, 1), "d", "Ada", "L", null);
    private static final ApiKey KEY =
            new ApiKey("1", "", "", Set.of(), null, OWNER, Instant.EPOCH, null, null);

    @Test
    void a_call_is_answered_in_its_project() {
        var reply =
                new Answering(call -> Reply.ok(Json.object().put("project", call.projectId())))
                        .reply(call().inProject(7).build());
        assertThat(reply.body()).isEqualTo("{\"project\":7}");
    }

    @Test
    void head_is_answered_as_get_so_that_its_length_is_that_of_get() {
        var endpoint = new Answering(_ -> Reply.ok(Json.object().put("a", 1)));
        assertThat(invoke(endpoint, call().method("HEAD")))
                .isEqualTo(invoke(endpoint, call().method("GET")));
    }

    @Test
    void a_refusal_is_worded() {
        var answer = invoke(new Answering(call -> Reply.created(call.json())), call().json("{"));
        assertThat(answer.path("statusCode").asInt()).isEqualTo(400);
        assertThat(answer.path("body").asText()).contains("parse_error");
    }

    @Test
    void an_accident_is_a_500_that_tells_nothing() {
        var answer =
                invoke(
                        new Answering(_ -> {
                            throw new IllegalStateException("inner words");
                        }),
                        call());
        assertThat(answer.path("statusCode").asInt()).isEqualTo(500);
        assertThat(answer.path("body").asText()).contains("server_error").doesNotContain("inner");
    }

    static Stream<Throwable> whatever_is_thrown_is_a_500() {
        return Stream.of(
                new IllegalStateException("inner words"),
                new StackOverflowError("inner words"),
                new OutOfMemoryError("inner words"),
                new NoClassDefFoundError("inner words"),
                new ExceptionInInitializerError("inner words"),
                new AssertionError("inner words"),
                new IOException("inner words"));
    }

    @ParameterizedTest
    @MethodSource
    void whatever_is_thrown_is_a_500(Throwable thrown) {
        var answer = invoke(new Answering(_ -> sneakyThrow(thrown)), call());
        assertThat(answer.path("statusCode").asInt()).isEqualTo(500);
        assertThat(answer.path("body").asText()).contains("server_error").doesNotContain("inner");
    }

    @SuppressWarnings("unchecked") // as code that does not declare what it throws
    private static <T extends Throwable> Reply sneakyThrow(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void an_endless_recursion_is_a_500() {
        var answer = invoke(new Answering(EndpointTest::forEver), call());
        assertThat(answer.path("statusCode").asInt()).isEqualTo(500);
    }

    @SuppressWarnings("InfiniteRecursion")
    private static Reply forEver(Call call) {
        return forEver(call).with("a", "b");
    }

    @Test
    void an_id_that_is_no_uuid_is_not_found() {
        var id = new Answering(call -> Reply.ok(Json.object().put("id", call.id().toString())));
        var task =
                new Answering(call -> Reply.ok(Json.object().put("id", call.taskId().toString())));
        for (var odd :
                List.of(
                        "",
                        "x",
                        "1-2-3-4-5",
                        "0".repeat(32),
                        "00000000-0000-0000-0000-00000000000g",
                        "%00")) {
            assertThat(id.reply(call().variable("id", odd).build()))
                    .isEqualTo(Reply.refusing(new ApiError.NotFound("Not found.")));
            assertThat(task.reply(call().variable("task_id", odd).build()))
                    .isEqualTo(Reply.refusing(new ApiError.NotFound("Task not found")));
        }
        assertThat(
                        id.reply(
                                        call().variable(
                                                        "id",
                                                        "0000000A-0000-0000-0000-00000000000F")
                                                .build())
                                .body())
                .isEqualTo("{\"id\":\"0000000a-0000-0000-0000-00000000000f\"}");
    }

    @Test
    void whatever_is_sent_the_answer_is_no_5xx() {
        var writing =
                new Answering(call -> {
                    var body = call.body();
                    var json =
                            Json.object().put("f", body.text("f", TextRule.filled().orNull(), ""));
                    json.set("free", body.raw("free"));
                    return Reply.ok(json);
                });
        for (long seed = 0; seed < 3_000; seed++) {
            var random = new Random(seed);
            var text = Json.text(RandomJson.tree(random, 5));
            var cut =
                    random.nextBoolean()
                            ? text
                            : text.substring(0, random.nextInt(text.length() + 1));
            var answer = invoke(writing, call().method("POST").json(cut));
            assertThat(answer.path("statusCode").asInt()).as("seed %d", seed).isIn(200, 400);
        }
    }

    @Test
    void an_event_with_nothing_but_a_method_is_a_call() {
        var call = Call.of(new APIGatewayProxyRequestEvent().withHttpMethod("GET"));
        assertThat(call.header("Authorization")).isNull();
        assertThat(call.query("limit")).isNull();
        assertThat(call.variable("project_id")).isEmpty();
        assertThat(call.hasBody()).isFalse();
        assertThat(call.json()).isEmpty();
    }

    @Test
    void an_event_that_is_none_gets_an_answer() {
        var endpoint = new Answering(call -> Reply.ok(Json.object().put("id", "" + call.id())));
        for (var event :
                new @Nullable APIGatewayProxyRequestEvent[] {
                    null, new APIGatewayProxyRequestEvent()
                }) {
            assertThat(endpoint.handleRequest(event, null).getStatusCode())
                    .isGreaterThanOrEqualTo(400);
        }
    }

    @Test
    void the_last_value_of_a_query_parameter_counts() {
        assertThat(call().query("a", "1").query("a", "2").build().query("a")).isEqualTo("2");
        var single = call().event();
        single.setMultiValueQueryStringParameters(null);
        single.setQueryStringParameters(Map.of("a", "3"));
        assertThat(Call.of(single).query("a")).isEqualTo("3");
    }

    private static JsonNode invoke(Endpoint endpoint, CallBuilder call) {
        return ReplyTest.tree(endpoint.handleRequest(call.event(), null));
    }

    private static final class Answering extends Endpoint {
        private final Function<Call, Reply> answer;

        Answering(Function<Call, Reply> answer) {
            super(
                    (call, _) ->
                            call.admitted(
                                    new Project(
                                            Long.parseLong(call.variable("project_id")),
                                            "P",
                                            List.of()),
                                    KEY),
                    Scope.TASK_READ);
            this.answer = answer;
        }

        @Override
        protected Reply answer(Call call) {
            return answer.apply(call);
        }
    }
}
