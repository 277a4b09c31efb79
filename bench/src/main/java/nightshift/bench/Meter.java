package nightshift.bench;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/// Counts what a piece of work asks of AWS: calls and bytes over [MeteredHttp], and DynamoDB's
/// units in every SDK client of this process.
///
/// The SDK finds it by a file of its class path, so what is measured knows nothing of it.
public final class Meter implements ExecutionInterceptor {
    /// What work begun by this thread is counted on; threads that it starts inherit it.
    private static final InheritableThreadLocal<@Nullable Count> CURRENT =
            new InheritableThreadLocal<>();

    /// What was asked of AWS.
    ///
    /// @param calls requests that were sent, repeated ones included
    /// @param trips how many of them came one behind the other: calls at the same time are one
    /// @param bytes of their bodies and of the answers'
    /// @param readUnits and `writeUnits` as DynamoDB reports them
    record Usage(long calls, long trips, long bytes, double readUnits, double writeUnits) {
        /// This, with the fewer trips of both: what waits for nothing may come late by chance, but
        /// what waits is never early.
        Usage orFewerTrips(Usage other) {
            return new Usage(calls, Math.min(trips, other.trips), bytes, readUnits, writeUnits);
        }
    }

    /// What the work has asked so far.
    static final class Count {
        private final LongAdder calls = new LongAdder();
        private final AtomicInteger trips = new AtomicInteger();
        private final LongAdder bytes = new LongAdder();
        private final DoubleAdder readUnits = new DoubleAdder();
        private final DoubleAdder writeUnits = new DoubleAdder();

        /// The number of the trip that a call begins now: one more than of any that has ended.
        int begin() {
            calls.increment();
            return trips.get() + 1;
        }

        void end(int trip) {
            trips.accumulateAndGet(trip, Math::max);
        }

        void addBytes(long more) {
            bytes.add(more);
        }
    }

    /// Work that may fail.
    interface Work {
        void run() throws IOException;
    }

    /// Does the work and says what it used.
    static Usage of(Work work) throws IOException {
        var count = new Count();
        CURRENT.set(count);
        try {
            work.run();
        } finally {
            CURRENT.remove();
        }
        return new Usage(
                count.calls.sum(),
                count.trips.get(),
                count.bytes.sum(),
                count.readUnits.sum(),
                count.writeUnits.sum());
    }

    /// What this thread's work is counted on; null: it is not counted.
    static @Nullable Count current() {
        return CURRENT.get();
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        if (CURRENT.get() == null) return context.request();
        var total = ReturnConsumedCapacity.TOTAL;
        return switch (context.request()) {
            case GetItemRequest get -> get.toBuilder().returnConsumedCapacity(total).build();
            case BatchGetItemRequest get -> get.toBuilder().returnConsumedCapacity(total).build();
            case QueryRequest query -> query.toBuilder().returnConsumedCapacity(total).build();
            case ScanRequest scan -> scan.toBuilder().returnConsumedCapacity(total).build();
            case PutItemRequest put -> put.toBuilder().returnConsumedCapacity(total).build();
            case UpdateItemRequest update ->
                    update.toBuilder().returnConsumedCapacity(total).build();
            case DeleteItemRequest delete ->
                    delete.toBuilder().returnConsumedCapacity(total).build();
            case TransactWriteItemsRequest write ->
                    write.toBuilder().returnConsumedCapacity(total).build();
            case SdkRequest other -> other;
        };
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        var count = CURRENT.get();
        if (count == null) return;
        boolean reads =
                switch (context.request()) {
                    case GetItemRequest _, BatchGetItemRequest _, QueryRequest _, ScanRequest _ ->
                            true;
                    default -> false;
                };
        for (var capacity : capacity(context.response())) {
            (reads ? count.readUnits : count.writeUnits).add(capacity.capacityUnits());
        }
    }

    private static List<ConsumedCapacity> capacity(SdkResponse response) {
        return switch (response) {
            case GetItemResponse get -> one(get.consumedCapacity());
            case BatchGetItemResponse get -> get.consumedCapacity();
            case QueryResponse query -> one(query.consumedCapacity());
            case ScanResponse scan -> one(scan.consumedCapacity());
            case PutItemResponse put -> one(put.consumedCapacity());
            case UpdateItemResponse update -> one(update.consumedCapacity());
            case DeleteItemResponse delete -> one(delete.consumedCapacity());
            case TransactWriteItemsResponse write -> write.consumedCapacity();
            default -> List.of();
        };
    }

    private static List<ConsumedCapacity> one(@Nullable ConsumedCapacity capacity) {
        return capacity == null ? List.of() : List.of(capacity);
    }
}
