package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// What shall go wrong in a stand-in next, as it does in the cloud now and then. Nothing, unless a
/// test asks for it. A client's own retries count as calls.
final class FaultInjection {

    /// A way in which one call fails.
    enum Fault {
        THROTTLED,
        INTERNAL_ERROR,
        CONFLICT,
        /// The request is one that will never be accepted.
        INVALID,
        /// The connection drops before anything was done.
        LOST_REQUEST,
        /// The connection drops after everything was done.
        LOST_ANSWER;

        void refuse() {
            switch (this) {
                case THROTTLED ->
                        throw new AwsApiException(429, "ThrottlingException", "Rate exceeded");
                case INTERNAL_ERROR ->
                        throw new AwsApiException(
                                500, "InternalServerException", "Internal failure");
                case CONFLICT ->
                        throw AwsApiException.conflict(
                                "The resource is being changed by another call.");
                case INVALID -> throw AwsApiException.invalid("The request is not acceptable.");
                case LOST_REQUEST, LOST_ANSWER -> {}
            }
        }
    }

    /// A call that is to go wrong; fault null: that is to go well.
    private record Planned(@Nullable String operation, @Nullable Fault fault) {}

    private final List<Planned> calls = new ArrayList<>();
    private final Deque<Duration> delays = new ArrayDeque<>();
    private int duplicates;

    /// The next calls of any operation fail.
    synchronized void failNext(int count, Fault fault) {
        for (int i = 0; i < count; i++) calls.add(new Planned(null, fault));
    }

    /// The next calls, before any that is to fail, go well.
    synchronized void pass(int count) {
        for (int i = 0; i < count; i++) calls.add(new Planned(null, null));
    }

    /// The next calls of one operation, named as in AWS's reference, fail.
    synchronized void failNext(int count, String operation, Fault fault) {
        for (int i = 0; i < count; i++) calls.add(new Planned(operation, fault));
    }

    /// The next deliveries to a target reach it twice.
    synchronized void duplicateNext(int deliveries) {
        duplicates += deliveries;
    }

    /// The next deliveries to a target reach it that much later.
    synchronized void delayNext(int deliveries, Duration delay) {
        for (int i = 0; i < deliveries; i++) delays.add(delay);
    }

    /// From now on everything works.
    synchronized void clear() {
        calls.clear();
        delays.clear();
        duplicates = 0;
    }

    /// How many planned call failures have not happened yet.
    synchronized int planned() {
        return calls.size();
    }

    synchronized @Nullable Fault take(String operation) {
        for (Iterator<Planned> planned = calls.iterator(); planned.hasNext(); ) {
            var next = planned.next();
            if (next.operation() == null || next.operation().equals(operation)) {
                planned.remove();
                return next.fault();
            }
        }
        return null;
    }

    synchronized boolean takeDuplicate() {
        if (duplicates == 0) return false;
        duplicates--;
        return true;
    }

    synchronized Duration takeDelay() {
        var delay = delays.poll();
        return delay == null ? Duration.ZERO : delay;
    }
}
