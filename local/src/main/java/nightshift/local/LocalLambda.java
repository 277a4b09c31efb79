package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.functions.lambda.HandlerInvoker;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Runs the template's functions as Lambda does. An instance serves one invocation at a time.
/// Asynchronous events are stored on disk and retried until they succeed or the retries are
/// exhausted.
final class LocalLambda implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LocalLambda.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    /// The limit for the payload of a request and an answer. Asynchronous events may have a sixth
    /// of it.
    static final int LARGEST_PAYLOAD = 6 * 1024 * 1024;

    /// Lambda's pauses before the first and the second retry.
    static final List<Duration> PAUSES = List.of(Duration.ofMinutes(1), Duration.ofMinutes(2));

    /// Creates the handler of a function.
    interface Handlers {
        Object create(Template.Function function) throws ReflectiveOperationException;
    }

    /// The result of an invocation. `error` is Lambda's type of error, or null.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte[] payload, @Nullable String error) {}

    private final Handlers handlers;
    private final JsonFolder queue;
    private final Clock clock;
    private final List<Duration> pauses;
    private final Consumer<DeadLetter> deadLetters;
    private final Map<String, Deque<HandlerInvoker>> idle = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicLong accepted = new AtomicLong();

    LocalLambda(
            Handlers handlers,
            Path queue,
            Clock clock,
            List<Duration> pauses,
            Consumer<DeadLetter> deadLetters) {
        this.handlers = handlers;
        this.queue = new JsonFolder(queue);
        this.clock = clock;
        this.pauses = pauses;
        this.deadLetters = deadLetters;
    }

    /// Resumes the events that an earlier process accepted and did not finish.
    void resume(Template template) {
        queue.load()
                .forEach((id, event) ->
                        template.function(event.path("function").asText())
                                .ifPresent(function -> begin(function, id, event)));
    }

    /// Invokes a function synchronously.
    Answer invoke(Template.Function function, byte[] payload) {
        return invoke(function, payload, new Invocation(function));
    }

    /// Accepts an event for asynchronous invocation. It is invoked at least once, also if this
    /// process is killed.
    void accept(Template.Function function, byte[] payload) {
        var event =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("function", function.id())
                        .put("accepted", clock.instant().toString())
                        .put("failures", 0)
                        .put("payload", new String(payload, StandardCharsets.UTF_8));
        var id = "%d-%d".formatted(clock.millis(), accepted.incrementAndGet());
        queue.put(id, event);
        begin(function, id, event);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private void begin(Template.Function function, String id, ObjectNode event) {
        if (!threads.isShutdown()) threads.execute(() -> attempt(function, id, event));
    }

    private void attempt(Template.Function function, String id, ObjectNode event) {
        var payload = event.path("payload").asText().getBytes(StandardCharsets.UTF_8);
        var invocation = new Invocation(function);
        var answer = invoke(function, payload, invocation);
        if (answer.error() == null) {
            queue.remove(id);
            return;
        }
        if (threads.isShutdown()) return; // the next process tries again
        var failures = event.path("failures").asInt() + 1;
        event.put("failures", failures);
        LOG.log(
                Level.WARNING,
                "{0} failed, attempt {1}: {2}",
                function.id(),
                failures,
                text(answer));
        var rules = function.asynchronous();
        var age = Duration.between(Instant.parse(event.path("accepted").asText()), clock.instant());
        if (failures > rules.retries() || age.compareTo(rules.maximumAge()) > 0) {
            var condition = failures > rules.retries() ? "RetriesExhausted" : "EventAgeExceeded";
            abandon(function, event, answer, condition, invocation);
            queue.remove(id);
            return;
        }
        queue.put(id, event);
        var pause = pauses.get(Math.min(failures, pauses.size()) - 1);
        var _ =
                timer.schedule(
                        () -> begin(function, id, event), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Sends the record of a failed event to the on-failure destination, as Lambda does.
    private void abandon(
            Template.Function function,
            ObjectNode event,
            Answer answer,
            String condition,
            Invocation invocation) {
        var destination = function.asynchronous().onFailureArn();
        if (destination == null) return;
        var failure = JsonNodeFactory.instance.objectNode();
        failure.put("version", "1.0").put("timestamp", clock.instant().toString());
        failure.putObject("requestContext")
                .put("requestId", invocation.getAwsRequestId())
                .put("functionArn", invocation.getInvokedFunctionArn())
                .put("condition", condition)
                .put("approximateInvokeCount", event.path("failures").asInt());
        failure.set("requestPayload", json(event.path("payload").asText()));
        failure.putObject("responseContext")
                .put("statusCode", 200)
                .put("executedVersion", "1")
                .put("functionError", answer.error());
        failure.set("responsePayload", json(text(answer)));
        deadLetters.accept(new DeadLetter(destination, failure.toString(), Map.of()));
    }

    private Answer invoke(Template.Function function, byte[] payload, Invocation invocation) {
        var free = idle.computeIfAbsent(function.id(), _ -> new ConcurrentLinkedDeque<>());
        HandlerInvoker instance;
        try { // initialization does not count for the timeout, as on Lambda
            var reused = free.pollFirst();
            instance = reused != null ? reused : HandlerInvoker.of(handlers.create(function));
        } catch (ReflectiveOperationException | RuntimeException unusable) {
            return failure(function, unusable);
        }
        var running = threads.submit(() -> instance.invoke(payload, invocation));
        try {
            var output = running.get(function.timeout().toMillis(), TimeUnit.MILLISECONDS);
            free.addFirst(instance); // a failed instance is discarded
            if (output.length > LARGEST_PAYLOAD) {
                return failure(
                        "Function.ResponseSizeTooLarge",
                        "Response payload size exceeded maximum allowed payload size (6291556"
                                + " bytes).");
            }
            return new Answer(output, null);
        } catch (ExecutionException failed) {
            return failure(function, failed.getCause() == null ? failed : failed.getCause());
        } catch (TimeoutException _) {
            running.cancel(true);
            return failure(
                    "Sandbox.Timedout",
                    "RequestId: %s Error: Task timed out after %d.00 seconds"
                            .formatted(
                                    invocation.getAwsRequestId(), function.timeout().toSeconds()));
        } catch (InterruptedException interrupted) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            return failure(function, interrupted);
        }
    }

    private Answer failure(Template.Function function, Throwable thrown) {
        if (!threads.isShutdown()) {
            LOG.log(Level.ERROR, function.id() + " threw", thrown);
        }
        var error = error(thrown.getClass().getName(), String.valueOf(thrown.getMessage()));
        var trace = error.putArray("stackTrace");
        Arrays.stream(thrown.getStackTrace()).map(StackTraceElement::toString).forEach(trace::add);
        return new Answer(error.toString().getBytes(StandardCharsets.UTF_8), "Unhandled");
    }

    private static Answer failure(String type, String message) {
        var error = error(type, message).toString();
        return new Answer(error.getBytes(StandardCharsets.UTF_8), "Unhandled");
    }

    private static ObjectNode error(String type, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("errorMessage", message)
                .put("errorType", type);
    }

    private static String text(Answer answer) {
        return new String(answer.payload(), StandardCharsets.UTF_8);
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException notJson) {
            return JsonNodeFactory.instance.textNode(text);
        }
    }
}
