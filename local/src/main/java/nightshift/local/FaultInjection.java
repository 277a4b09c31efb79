package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/// Faults that a test injects into a stand-in. A client's own retries count as calls.
final class FaultInjection {

    /// How one call fails.
    enum Fault {
        THROTTLED,
        INTERNAL_ERROR,
        CONFLICT,
        /// The request is invalid. A retry does not help.
        INVALID,
        /// The connection is closed before the call takes effect.
        LOST_REQUEST,
        /// The connection is closed after the call took effect.
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

    /// The planned result of a call. A null fault means that the call succeeds.
    private record Planned(@Nullable String operation, @Nullable Fault fault) {}

    private final List<Planned> calls = new ArrayList<>();
    private final Deque<Duration> delays = new ArrayDeque<>();
    private int duplicates;

    /// Makes the next calls of any operation fail.
    synchronized void failNext(int count, Fault fault) {
        for (int i = 0; i < count; i++) calls.add(new Planned(null, fault));
    }

    /// Makes the next calls succeed, before the ones that are planned to fail.
    synchronized void pass(int count) {
        for (int i = 0; i < count; i++) calls.add(new Planned(null, null));
    }

    /// Makes the next calls of one operation fail. The name is that of AWS's API reference.
    synchronized void failNext(int count, String operation, Fault fault) {
        for (int i = 0; i < count; i++) calls.add(new Planned(operation, fault));
    }

    /// Delivers the next events twice.
    synchronized void duplicateNext(int deliveries) {
        duplicates += deliveries;
    }

    /// Delays the next deliveries.
    synchronized void delayNext(int deliveries, Duration delay) {
        for (int i = 0; i < deliveries; i++) delays.add(delay);
    }

    /// Removes all planned faults.
    synchronized void clear() {
        calls.clear();
        delays.clear();
        duplicates = 0;
    }

    /// The number of planned calls that have not happened yet.
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
