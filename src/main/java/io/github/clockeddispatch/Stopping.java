package io.github.clockeddispatch;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A receiver that is to stop. What stops with it, above and below through any number of links, is stopped one after the other, so
 * that neither the stack of the thread nor the order of locks is an issue.
 *
 * @param receiver the receiver
 * @param cause why it fails; null where it is discarded or cut off
 * @param how what happens to it, for the exceptions
 * @param discards whether it is discarded
 */
record Stopping(Endpoint<?> receiver, @Nullable Throwable cause, String how, boolean discards) {

    /** Stops all, and what stops with them, each once, however many ways lead there. Without any lock. */
    static void all(Collection<Stopping> first) {
        Set<Endpoint<?>> failed = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Endpoint<?>> discarded = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Stopping> left = new ArrayDeque<>(first);
        Stopping next = left.poll();
        while (next != null) {
            if ((next.discards ? discarded : failed).add(next.receiver)) {
                left.addAll(next.receiver.hub.stop(next));
            }
            next = left.poll();
        }
    }

    /** Stops it, and what stops with it. Without any lock. */
    void run() {
        all(List.of(this));
    }
}
