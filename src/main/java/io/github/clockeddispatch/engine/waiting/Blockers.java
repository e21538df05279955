package io.github.clockeddispatch.engine.waiting;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * A collector of the threads each of which must go on before clocks can reach their numbers, through any number of links: each receiver is
 * asked once, however many ways lead to it, and none while another one is being asked.
 *
 * @see "docs/design.md: The merge, Links"
 */
public final class Blockers {

    /** A clock, as a node of the wait-for graph. */
    public interface Node {

        /** Adds those who must go on before the clock can reach a number. Called without a lock. */
        void addBlockers(long sequence, Blockers blockers);

        /** Adds why the clock has not reached a number; nothing where it has. Called without a lock. */
        void explain(long sequence, Causes causes);
    }

    private final Collection<Thread> threads;

    /** The greatest number for which each receiver was asked, or is to be. */
    private final Map<Node, Long> asked = new HashMap<>();

    private final Deque<Node> toAsk = new ArrayDeque<>();

    public Blockers(Collection<Thread> threads) {
        this.threads = threads;
    }

    public Collection<Thread> threads() {
        return threads;
    }

    /** That clock must reach a number, too. */
    public void add(Node clock, long sequence) {
        Long before = asked.get(clock);
        if (before == null || before < sequence) {
            asked.put(clock, sequence);
            toAsk.add(clock);
        }
    }

    /** Asks all. Without a lock. */
    public void askAll() {
        Node clock = toAsk.poll();
        while (clock != null) {
            clock.addBlockers(asked.getOrDefault(clock, 0L), this);
            clock = toAsk.poll();
        }
    }
}
