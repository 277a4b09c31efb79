package nightshift.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/// Does the same thing many times at once.
public final class Together {
    private Together() {}

    /// What the actions answered, in the order of their numbers.
    public static <T> List<T> all(int times, IntFunction<T> action) throws Exception {
        var ready = new CountDownLatch(times);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var futures = new ArrayList<Future<T>>();
            for (int n = 0; n < times; n++) {
                int number = n;
                futures.add(
                        threads.submit(() -> {
                            ready.countDown();
                            ready.await();
                            return action.apply(number);
                        }));
            }
            var results = new ArrayList<T>();
            for (var future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }
}
