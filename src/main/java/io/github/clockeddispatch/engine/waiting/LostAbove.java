package io.github.clockeddispatch.engine.waiting;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages lost above one link of a merge that is being closed: those accepted after the close began, and those that did not come
 * down in time. The link discards the receiver that it comes from, and so do links above that lead nowhere else. Whichever thread stops a
 * receiver first adds what is lost with it, and what receivers above that go on have not brought down.
 *
 * @see "docs/design.md: The merge, Who tells"
 */
public final class LostAbove {

    /** What is given up on purpose, because a link was closed or its targets were discarded: nobody is told, and nothing is kept. */
    public static final LostAbove ON_PURPOSE = new LostAbove();

    /** A number of messages: at least {@code least}, and as many as {@code inTheEnd} returns. */
    private record Part(long least, @Nullable LongSupplier inTheEnd, String where) {

        long messages() {
            return inTheEnd == null ? least : Math.max(least, inTheEnd.getAsLong());
        }

        /** Merges two reports by the same sender or link. */
        Part or(Part later) {
            return new Part(
                    Math.max(least, later.least), later.inTheEnd == null ? inTheEnd : later.inTheEnd, later.where);
        }
    }

    /** Taken last; nothing waits while it holds it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final Map<Object, Part> parts = new LinkedHashMap<>();

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
        if (this == ON_PURPOSE) {
            return;
        }
        lock.lock();
        try {
            underWay += more;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds messages. Of several reports by the same sender or link only the greatest counts.
     *
     * @param whose a sender or a link, whose they were
     * @param messages how many
     * @param where where they stood
     */
    public void add(Object whose, long messages, String where) {
        add(whose, new Part(messages, null, where));
    }

    /** Adds messages whose number is final only once all links above have stopped. */
    public void add(Object whose, LongSupplier messages, String where) {
        add(whose, new Part(0, messages, where));
    }

    private void add(Object whose, Part part) {
        if (this == ON_PURPOSE) {
            return;
        }
        lock.lock();
        try {
            parts.merge(whose, part, Part::or);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds it to what else was lost, by whose it was. It is kept no longer.
     *
     * @return whether it was anything
     */
    public boolean moveTo(Map<String, Loss> losses) {
        lock.lock();
        try {
            boolean any = false;
            for (var part : parts.entrySet()) {
                long messages = part.getValue().messages();
                if (messages > 0) {
                    losses.merge(part.getKey().toString(), new Loss(messages, part.getValue().where), Loss::and);
                    any = true;
                }
            }
            parts.clear();
            return any;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all has been added or the time is over. An interrupt does not end the wait; the flag is set again. */
    public LossStatus await(Deadline deadline) {
        lock.lock();
        try {
            boolean late = false;
            while (underWay > 0 && !late) {
                late = !deadline.awaitUninterruptibly(changed);
            }
            boolean isAny = parts.values().stream().anyMatch(part -> part.messages() > 0);
            return isAny ? LossStatus.SOMETHING : late ? LossStatus.UNKNOWN : LossStatus.NOTHING;
        } finally {
            lock.unlock();
        }
    }
}
