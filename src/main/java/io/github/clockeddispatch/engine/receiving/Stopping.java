package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.LostAbove;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stop of a receiver, and of all that stops with it. What stops with it, above and below through any number of links, is stopped one
 * after the other, so that neither the stack of the thread nor the order of locks is an issue.
 *
 * @param receiver the receiver
 * @param cause why it fails; null where it is discarded or cut off
 * @param how what happens to it, for the exceptions
 * @param discards whether it is discarded
 * @param link the link with which it is discarded; null if it is stopped otherwise
 * @param lost collects what is lost with it, {@link LostAbove#ON_PURPOSE} if nobody is told; null if there is no link
 * @see "docs/design.md: Ends"
 */
public record Stopping(
        Endpoint<?> receiver,
        @Nullable Throwable cause,
        String how,
        boolean discards,
        @Nullable Downstream link,
        @Nullable LostAbove lost) {

    public Stopping(Endpoint<?> receiver, @Nullable Throwable cause, String how, boolean discards) {
        this(receiver, cause, how, discards, null, null);
    }

    /** It begins: whoever tells of what is lost waits for {@link #all}. */
    public Stopping begun() {
        if (lost != null) {
            lost.begin();
        }
        return this;
    }

    /**
     * Stops all, and what stops with them, each once, however many ways lead there. Where that ends in an error, it is tried once more,
     * as nobody else comes to what is left. Without any lock.
     *
     * @param left those to stop; it is used up
     */
    public static void all(Deque<Stopping> left) {
        try {
            stopAll(left);
        } catch (Error e) {
            stopAll(left);
            throw e;
        } finally {
            left.forEach(Stopping::ended);
        }
    }

    private static void stopAll(Deque<Stopping> left) {
        Set<Endpoint<?>> failed = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<Endpoint<?>> discarded = Collections.newSetFromMap(new IdentityHashMap<>());
        Stopping next = left.peek();
        while (next != null) {
            if ((next.discards ? discarded : failed).add(next.receiver)) {
                next.receiver.core.stop(next, left);
            }
            left.remove().ended();
            next = left.peek();
        }
    }

    /** Those of these that have stopped stop what is below, where whoever stopped them has not come to that. Without any lock. */
    public static void below(Collection<? extends Endpoint<?>> endpoints) {
        Set<Endpoint<?>> going = new LinkedHashSet<>(endpoints);
        boolean more = true;
        while (more) { // meanwhile others may have stopped one of them, and not come further
            List<Endpoint<?>> stopped = going.stream()
                    .filter(endpoint -> endpoint.stopped() != null)
                    .toList();
            Deque<Stopping> followers = new ArrayDeque<>();
            stopped.forEach(endpoint -> followers.addAll(Core.followersBelow(endpoint)));
            all(followers);
            more = !stopped.isEmpty();
            stopped.forEach(going::remove);
        }
    }

    private void ended() {
        if (lost != null) {
            lost.end();
        }
    }

    /** Stops it, and what stops with it. Without any lock. */
    public void run() {
        all(new ArrayDeque<>(List.of(this)));
    }
}
