package io.github.clockeddispatch.engine.receiving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The dispatchers that one takes messages from, by its links: a node of the graph of all dispatchers, which has no cycle.
 *
 * @see "docs/design.md: Locks"
 */
public final class Upstream {

    /** Taken to add a link, not to remove one. Nothing is walked while it is held. */
    private static final ReentrantLock LINKS = new ReentrantLock();

    /** How many links there have been. Written under {@link #LINKS}. */
    private static volatile long linksMade;

    /** One entry for each link. Added to under {@link #LINKS}; to remove one takes no memory. */
    private final Queue<Upstream> above = new ConcurrentLinkedQueue<>();

    /** Adds a link from another dispatcher. Throws what is supplied where that takes messages from this one. */
    public void add(Upstream other, Supplier<RuntimeException> cycle) {
        while (true) {
            long before = linksMade;
            if (other.withAllAbove().contains(this)) {
                throw cycle.get();
            }
            LINKS.lock();
            try {
                if (linksMade == before) { // else one that was made meanwhile may be part of a cycle
                    above.add(other);
                    linksMade = before + 1;
                    return;
                }
            } finally {
                LINKS.unlock();
            }
        }
    }

    /** Removes a link. */
    public void remove(Upstream other) {
        above.remove(other);
    }

    /** Returns this, and all whose messages can get here, by any number of links. */
    private Set<Upstream> withAllAbove() {
        Set<Upstream> all = new LinkedHashSet<>();
        Deque<Upstream> left = new ArrayDeque<>();
        left.add(this);
        Upstream next = left.poll();
        while (next != null) {
            if (all.add(next)) {
                left.addAll(next.above);
            }
            next = left.poll();
        }
        return all;
    }
}
