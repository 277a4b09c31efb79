package nightshift.local;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/// What functions use of their permissions, while somebody wants to know. A use names patterns of
/// the policies and no values of requests, so there are no more than the template has.
final class PermissionUses {
    private static volatile @Nullable Set<String> record;

    private PermissionUses() {}

    /// Adds the uses from now on to a set that takes calls of several threads; null: to none.
    static void recordIn(@Nullable Set<String> uses) {
        record = uses;
    }

    static void add(String use) {
        var uses = record;
        if (uses != null) uses.add(use);
    }
}
