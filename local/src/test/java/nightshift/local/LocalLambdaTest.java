package nightshift.local;

import static nightshift.local.StubFunctions.bytes;
import static nightshift.local.StubFunctions.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

class LocalLambdaTest {
    private final Template template =
            Template.parse(
                    """
                    Resources:
                      Queue: {Type: AWS::SQS::Queue}
                      Echo: {Type: AWS::Serverless::Function, Properties: {Timeout: 20}}
                      Typed: {Type: AWS::Serverless::Function, Properties: {Timeout: 20}}
                      Slow: {Type: AWS::Serverless::Function, Properties: {Timeout: 1}}
                      Fails:
                        Type: AWS::Serverless::Function
                        Properties:
                          Timeout: 20
                          EventInvokeConfig:
                            MaximumRetryAttempts: 2
                            DestinationConfig: {OnFailure: {Destination: !GetAtt Queue.Arn}}
                    """);
    private final StubFunctions functions = new StubFunctions();
    private final BlockingQueue<DeadLetter> deadLetters = new LinkedBlockingQueue<>();
    @TempDir Path folder;
    private LocalLambda lambda;

    @BeforeEach
    void start() {
        lambda =
                new LocalLambda(
                        functions,
                        folder,
                        Clock.systemUTC(),
                        List.of(Duration.ofMillis(1)),
                        deadLetters::add);
    }

    @AfterEach
    void close() {
        lambda.close();
    }

    @Test
    void answers_with_the_functions_output() {
        var answer = lambda.invoke(function("Echo"), bytes("{\"a\":1}"));

        assertThat(text(answer.payload())).isEqualTo("{\"a\":1}");
        assertThat(answer.error()).isNull();
    }

    @Test
    void reads_and_writes_the_types_of_a_typed_handler() {
        assertThat(text(lambda.invoke(function("Typed"), bytes("{\"number\":21}")).payload()))
                .isEqualTo("{\"doubled\":42}");
    }

    @Test
    void an_exception_becomes_lambdas_error_payload() {
        functions.with(
                "Fails",
                _ -> {
                    throw new IllegalArgumentException("no such thing");
                });

        var answer = lambda.invoke(function("Fails"), bytes("{}"));

        assertThat(answer.error()).isEqualTo("Unhandled");
        assertThat(text(answer.payload()))
                .contains("\"errorMessage\":\"no such thing\"")
                .contains("\"errorType\":\"java.lang.IllegalArgumentException\"");
    }

    @Test
    void a_function_that_takes_too_long_is_stopped() {
        var never = new CountDownLatch(1);
        functions.with(
                "Slow",
                input -> {
                    try {
                        never.await();
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                    return input;
                });

        var answer = lambda.invoke(function("Slow"), bytes("{}"));

        assertThat(text(answer.payload())).contains("Task timed out after 1.00 seconds");
    }

    @Test
    void invocations_at_once_never_share_an_instance() throws Exception {
        var together = new CyclicBarrier(8);
        functions.with(
                "Echo",
                input -> {
                    try {
                        together.await(10, TimeUnit.SECONDS);
                        return input;
                    } catch (Exception notTogether) {
                        throw new IllegalStateException(notTogether);
                    }
                });
        var errors = new AtomicInteger();
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                threads.execute(() -> {
                    if (lambda.invoke(function("Echo"), bytes("{}")).error() != null) {
                        errors.incrementAndGet();
                    }
                });
            }
        }
        assertThat(errors).hasValue(0);
    }

    @Test
    void an_answer_above_six_megabytes_is_an_error() {
        functions.with("Echo", _ -> "x".repeat(LocalLambda.LARGEST_PAYLOAD + 1));

        assertThat(text(lambda.invoke(function("Echo"), bytes("{}")).payload()))
                .contains("Response payload size exceeded");
    }

    @Test
    void an_event_that_keeps_failing_is_tried_three_times_and_given_up() throws Exception {
        var attempts = new AtomicInteger();
        functions.with(
                "Fails",
                _ -> {
                    throw new IllegalStateException("attempt " + attempts.incrementAndGet());
                });

        lambda.accept(function("Fails"), bytes("{\"a\":1}"));

        var letter = deadLetters.poll(10, TimeUnit.SECONDS);
        assertThat(letter).isNotNull();
        assertThat(attempts).hasValue(3);
        assertThat(letter.queueArn()).endsWith(":nightshift-Queue");
        assertThat(letter.body())
                .contains("\"condition\":\"RetriesExhausted\"")
                .contains("\"requestPayload\":{\"a\":1}")
                .contains("\"approximateInvokeCount\":3");
    }

    @Test
    void an_accepted_event_outlives_the_process() throws Exception {
        var entered = new CountDownLatch(1);
        var killed = new CountDownLatch(1);
        functions.with(
                "Echo",
                input -> {
                    entered.countDown();
                    try {
                        killed.await();
                    } catch (InterruptedException stopped) {
                        throw new IllegalStateException(stopped);
                    }
                    return input;
                });
        lambda.accept(function("Echo"), bytes("{\"a\":1}"));
        assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
        lambda.close();

        var taken = new LinkedBlockingQueue<String>();
        functions.with(
                "Echo",
                input -> {
                    taken.add(input);
                    return input;
                });
        start();
        lambda.resume(template);

        assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo("{\"a\":1}");
    }

    private Template.Function function(String id) {
        return template.function(id).orElseThrow();
    }
}
