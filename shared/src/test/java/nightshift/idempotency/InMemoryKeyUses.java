package nightshift.idempotency;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The uses of keys in memory.
public final class InMemoryKeyUses implements KeyUses {
    private final Map<String, KeyUse> uses = new ConcurrentHashMap<>();

    @Override
    public Optional<KeyUse> addOrFind(KeyUse first) {
        return Optional.ofNullable(uses.putIfAbsent(place(first), first));
    }

    @Override
    public boolean replace(KeyUse from, KeyUse to) {
        return to.equals(
                uses.computeIfPresent(
                        place(to), (_, use) -> use.version() == from.version() ? to : use));
    }

    private static String place(KeyUse use) {
        return use.projectId() + "#" + use.place();
    }
}
