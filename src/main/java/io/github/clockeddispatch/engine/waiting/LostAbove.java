package io.github.clockeddispatch.engine.waiting;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The messages lost above one link of a merge that is being closed: those accepted there after the close had begun, and those that did not
 * come down in time. A link that is closed with its merge discards the receiver that it comes from, and so do the links above, which lead
 * nowhere then, each in whatever thread finds it first. A receiver stops once, and whoever stops it adds here what is lost with it: so
 * each message is told of by one {@code close}.
 *
 * @see "docs/design.md: The merge, Who tells"
 */
public final class LostAbove {

    private record Part(String of, LongSupplier messages, String where) {}

    /** Taken last; nothing waits while it holds it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Queue<Part> parts = new ArrayDeque<>();

    /** How many receivers are about to be stopped, and stages that have a message in hand. */
    private int underWay;

    /** A receiver is about to be stopped, or a stage has a message in hand. */
    public void begin() {
        count(1);
    }

    /** It has stopped, and those have begun that stop therefore; or the stage has ended. */
    public void end() {
        count(-1);
    }

    private void count(int more) {
        lock.lock();
        try {
            underWay += more;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds messages.
     *
     * @param of whose they were
     * @param messages tells how many, in the end
     * @param where where they stood
     */
    public void add(String of, LongSupplier messages, String where) {
        lock.lock();
        try {
            parts.add(new Part(of, messages, where));
        } finally {
            lock.unlock();
        }
    }

    /** Adds it to what else was lost, by whose it was. It is kept no longer. */
    public void moveTo(Map<String, Loss> losses) {
        lock.lock();
        try {
            for (Part part : parts) {
                long messages = part.messages.getAsLong();
                if (messages > 0) {
                    losses.merge(part.of, new Loss(messages, part.where), Loss::and);
                }
            }
            parts.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether nothing is lost, as far as can be said: what is under way may be. */
    public boolean isNothing() {
        lock.lock();
        try {
            return underWay == 0 && parts.stream().allMatch(part -> part.messages.getAsLong() == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all has been added, or the time is over. */
    public void awaitAll(Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            boolean late = false;
            while (underWay > 0 && !late) {
                late = !deadline.await(changed);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The same, where it is a moment, and bounded. */
    public void awaitAllAnyhow(Deadline deadline) {
        boolean interrupted = false;
        boolean done = false;
        while (!done) {
            try {
                awaitAll(deadline);
                done = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
