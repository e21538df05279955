package io.github.clockeddispatch.engine.merging;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The traversal of the merges above a receiver that finds its clock: each is asked once, those above it before, however many ways
 * lead there. Anybody may call it; it takes no lock but that of a merge whose clock is unsettled, for a moment.
 *
 * @see "docs/design.md: The merge, Links"
 */
final class ClockTraversal {

    /** What this thread's traversal has found already; null outside of one. */
    private static final ThreadLocal<@Nullable Map<LaneEndpoint<?>, Long>> FOUND = new ThreadLocal<>();

    private ClockTraversal() {}

    /** Where the clock of a receiver stands to which a link from another merge leads. */
    static long time(LaneEndpoint<?> receiver) {
        Map<LaneEndpoint<?>, Long> found = FOUND.get();
        if (found != null) {
            Long time = found.get(receiver);
            return time == null ? receiver.ownTime() : time;
        }
        found = new HashMap<>();
        FOUND.set(found);
        try {
            Deque<LaneEndpoint<?>> path = new ArrayDeque<>();
            path.push(receiver);
            while (!path.isEmpty()) {
                LaneEndpoint<?> next = path.element();
                int before = path.size();
                if (!found.containsKey(next)) {
                    pushAbove(next, path, found);
                }
                if (path.size() == before) {
                    path.pop();
                    if (!found.containsKey(next)) {
                        found.put(next, next.ownTime());
                    }
                }
            }
            return found.getOrDefault(receiver, 0L);
        } finally {
            FOUND.remove();
        }
    }

    private static <T> void pushAbove(
            LaneEndpoint<T> receiver, Deque<LaneEndpoint<?>> path, Map<LaneEndpoint<?>, Long> found) {
        if (receiver.isBelowMerge) {
            for (Lane<T> lane : receiver.intake.lanes()) {
                if (LaneEndpoint.source(lane).upper() instanceof LaneEndpoint<?> above && !found.containsKey(above)) {
                    path.push(above);
                }
            }
        }
    }
}
