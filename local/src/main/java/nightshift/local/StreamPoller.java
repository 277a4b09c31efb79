package nightshift.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.event.ruler.Ruler;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;

/// Polls a table's stream and invokes a function, as Lambda's event source mapping does: in order,
/// at least once, with a checkpoint after each read.
final class StreamPoller implements AutoCloseable {
    private static final Logger LOG = System.getLogger(StreamPoller.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private record Batch(String shard, List<ObjectNode> records) {}

    private final DynamoDbStreamsClient streams;
    private final String streamArn;
    private final Template.Function function;
    private final Template.Mapping mapping;
    private final LocalLambda lambda;
    private final JsonFolder checkpoints;
    private final Clock clock;
    private final Duration poll;
    private final Consumer<DeadLetter> deadLetters;
    private final ObjectNode processed; // shard id -> last sequence number, or FINISHED
    private final Map<String, String> iterators = new HashMap<>();
    private final ThreadFactory threads;
    private final Thread thread;
    private List<Shard> shards = List.of();
    private volatile boolean closed;

    private static final String FINISHED = "finished";

    StreamPoller(
            DynamoDbStreamsClient streams,
            String streamArn,
            Template.Function function,
            Template.Mapping mapping,
            LocalLambda lambda,
            Path checkpoints,
            Clock clock,
            Duration poll,
            Consumer<DeadLetter> deadLetters) {
        this.streams = streams;
        this.streamArn = streamArn;
        this.function = function;
        this.mapping = mapping;
        this.lambda = lambda;
        this.checkpoints = new JsonFolder(checkpoints);
        this.clock = clock;
        this.poll = poll;
        this.deadLetters = deadLetters;
        var kept = this.checkpoints.load().get(function.id());
        this.processed =
                kept != null && kept.path("stream").asText().equals(streamArn)
                        ? kept.withObject("shards")
                        : JsonNodeFactory.instance.objectNode();
        this.threads = Thread.ofPlatform().daemon().name("stream of " + function.id()).factory();
        this.thread = threads.newThread(this::run);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(1));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        var pause = poll;
        while (!closed) {
            try {
                boolean moved = pollOnce();
                pause = poll;
                if (moved) continue;
            } catch (InterruptedException _) {
                return;
            } catch (SdkException | IllegalStateException failed) {
                if (closed) return;
                LOG.log(Level.WARNING, "stream of " + function.id() + ": " + failed.getMessage());
                iterators.clear();
                pause = longer(pause);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    /// Reads each open shard once. Returns whether there were records.
    private boolean pollOnce() throws InterruptedException {
        boolean moved = false;
        if (shards.isEmpty() || finished(shards.getLast())) shards = shards();
        var unfinished = new HashSet<String>();
        for (var shard : shards) {
            if (finished(shard)) continue;
            unfinished.add(shard.shardId());
            // a child shard is read after its parent
            if (unfinished.contains("" + shard.parentShardId())) continue;
            moved |= read(shard.shardId());
        }
        return moved;
    }

    private boolean read(String shard) throws InterruptedException {
        var iterator = iterators.computeIfAbsent(shard, this::iterator);
        // at most one batch per partition: a killed process repeats the records after the
        // checkpoint
        int most = mapping.batchSize() * mapping.parallelizationFactor();
        var answer =
                streams.getRecords(
                        request -> request.shardIterator(iterator).limit(Math.min(most, 1_000)));
        if (!answer.records().isEmpty()) {
            deliver(shard, answer.records());
            checkpoint(shard, answer.records().getLast().dynamodb().sequenceNumber());
        }
        if (answer.nextShardIterator() == null) {
            iterators.remove(shard);
            checkpoint(shard, FINISHED);
            return true;
        }
        iterators.put(shard, answer.nextShardIterator());
        return !answer.records().isEmpty();
    }

    /// Invokes the function with concurrent batches of a shard (parallelization factor). The
    /// changes of one item are in one partition, so they stay in order. A failing record blocks its
    /// partition and the next read.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html">AWS:
    ///   polling and batching streams, parallelization factor</a>
    private void deliver(String shard, List<Record> records) throws InterruptedException {
        var partitions = new HashMap<Integer, List<ObjectNode>>();
        for (var record : records) {
            var event = StreamRecord.write(record, streamArn);
            if (!wanted(event)) continue;
            int partition =
                    Math.floorMod(
                            record.dynamodb().keys().hashCode(), mapping.parallelizationFactor());
            partitions.computeIfAbsent(partition, _ -> new ArrayList<>()).add(event);
        }
        try (var workers = Executors.newThreadPerTaskExecutor(threads)) {
            var deliveries = new ArrayList<Callable<Void>>();
            for (var partition : partitions.values()) {
                deliveries.add(() -> {
                    deliverInOrder(shard, partition);
                    return null;
                });
            }
            for (var delivery : workers.invokeAll(deliveries)) delivery.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof InterruptedException) throw new InterruptedException();
            throw new IllegalStateException(failed.getCause());
        }
    }

    private void deliverInOrder(String shard, List<ObjectNode> events) throws InterruptedException {
        for (int from = 0; from < events.size(); from += mapping.batchSize()) {
            int to = Math.min(from + mapping.batchSize(), events.size());
            invoke(new Batch(shard, events.subList(from, to)));
        }
    }

    private boolean wanted(ObjectNode event) {
        if (mapping.patterns().isEmpty()) return true;
        try {
            var json = event.toString();
            for (var pattern : mapping.patterns()) {
                if (Ruler.matchesRule(json, pattern)) return true;
            }
            return false;
        } catch (Exception invalid) { // Ruler declares Exception
            throw new IllegalStateException("The filter cannot be evaluated.", invalid);
        }
    }

    /// Invokes the function until the batch succeeds or the retries are exhausted.
    private void invoke(Batch batch) throws InterruptedException {
        var pause = poll;
        for (int attempt = 1; !batch.records().isEmpty(); attempt++) {
            if (closed) throw new InterruptedException();
            var event = JsonNodeFactory.instance.objectNode();
            event.putArray("Records").addAll(batch.records());
            var payload = event.toString().getBytes(StandardCharsets.UTF_8);
            var answer = lambda.invoke(function, payload);
            int failed = firstFailure(batch, answer);
            if (failed < 0) return;
            if (closed) throw new InterruptedException();
            var rest = batch.records().subList(failed, batch.records().size());
            if (failed > 0) attempt = 0; // the rest is a new batch with its own retries
            batch = new Batch(batch.shard(), rest);
            var exhausted = exhausted(batch, attempt);
            if (exhausted != null) {
                abandon(batch, attempt, exhausted, answer);
                return;
            }
            if (mapping.bisects() && rest.size() > 1) {
                int half = rest.size() / 2;
                invoke(new Batch(batch.shard(), rest.subList(0, half)));
                batch = new Batch(batch.shard(), rest.subList(half, rest.size()));
            }
            Thread.sleep(pause);
            pause = longer(pause);
        }
    }

    /// The index of the first failed record, or -1.
    private int firstFailure(Batch batch, LocalLambda.Answer answer) {
        if (answer.error() != null) return 0;
        if (!mapping.reportsFailures()) return -1;
        Set<String> failed = new HashSet<>();
        for (var failure : json(answer.payload()).path("batchItemFailures")) {
            failed.add(failure.path("itemIdentifier").asText());
        }
        if (failed.isEmpty()) return -1;
        for (int i = 0; i < batch.records().size(); i++) {
            if (failed.contains(sequenceNumber(batch.records().get(i)))) return i;
        }
        return 0; // an unknown identifier fails the whole batch
    }

    private @Nullable String exhausted(Batch batch, int attempt) {
        if (mapping.retries() >= 0 && attempt > mapping.retries()) return "RetryAttemptsExhausted";
        var maximumAge = mapping.maximumAge();
        if (maximumAge == null) return null;
        var age = Duration.between(arrival(batch.records().getFirst()), clock.instant());
        return age.compareTo(maximumAge) > 0 ? "RecordAgeExceeded" : null;
    }

    /// Sends the record of a failed batch to the on-failure destination, as Lambda does.
    private void abandon(Batch batch, int attempts, String condition, LocalLambda.Answer answer) {
        LOG.log(Level.ERROR, "{0} gave up {1} records", function.id(), batch.records().size());
        var destination = mapping.onFailureArn();
        if (destination == null) return;
        var first = batch.records().getFirst();
        var last = batch.records().getLast();
        var failure = JsonNodeFactory.instance.objectNode();
        failure.putObject("requestContext")
                .put("requestId", UUID.randomUUID().toString())
                .put("functionArn", function.arn())
                .put("condition", condition)
                .put("approximateInvokeCount", attempts);
        failure.putObject("responseContext")
                .put("statusCode", 200)
                .put("executedVersion", "1")
                .put("functionError", answer.error());
        failure.put("version", "1.0").put("timestamp", clock.instant().toString());
        failure.putObject("DDBStreamBatchInfo")
                .put("shardId", batch.shard())
                .put("startSequenceNumber", sequenceNumber(first))
                .put("endSequenceNumber", sequenceNumber(last))
                .put("approximateArrivalOfFirstRecord", arrival(first).toString())
                .put("approximateArrivalOfLastRecord", arrival(last).toString())
                .put("batchSize", batch.records().size())
                .put("streamArn", streamArn);
        deadLetters.accept(new DeadLetter(destination, failure.toString(), Map.of()));
    }

    private String iterator(String shard) {
        var last = processed.path(shard).asText("");
        try {
            return streams.getShardIterator(
                            request -> {
                                request.streamArn(streamArn).shardId(shard);
                                if (last.isEmpty()) {
                                    request.shardIteratorType(ShardIteratorType.TRIM_HORIZON);
                                } else {
                                    request.shardIteratorType(
                                                    ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                                            .sequenceNumber(last);
                                }
                            })
                    .shardIterator();
        } catch (TrimmedDataAccessException _) { // a stream keeps records for a day
            return streams.getShardIterator(request ->
                            request.streamArn(streamArn)
                                    .shardId(shard)
                                    .shardIteratorType(ShardIteratorType.TRIM_HORIZON))
                    .shardIterator();
        }
    }

    private List<Shard> shards() {
        var all = new ArrayList<Shard>();
        String last = null;
        do {
            var from = last;
            var description =
                    streams.describeStream(request ->
                                    request.streamArn(streamArn).exclusiveStartShardId(from))
                            .streamDescription();
            all.addAll(description.shards());
            last = description.lastEvaluatedShardId();
        } while (last != null);
        return all;
    }

    private boolean finished(Shard shard) {
        return processed.path(shard.shardId()).asText().equals(FINISHED);
    }

    private void checkpoint(String shard, String last) {
        processed.put(shard, last);
        var document = JsonNodeFactory.instance.objectNode().put("stream", streamArn);
        document.set("shards", processed);
        checkpoints.put(function.id(), document);
    }

    private static Duration longer(Duration pause) {
        var doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    }

    private static String sequenceNumber(JsonNode record) {
        return record.path("dynamodb").path("SequenceNumber").asText();
    }

    private static Instant arrival(JsonNode record) {
        return Instant.ofEpochSecond(
                record.path("dynamodb").path("ApproximateCreationDateTime").asLong());
    }

    private static JsonNode json(byte[] payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException _) {
            return JsonNodeFactory.instance.objectNode();
        }
    }
}
