package io.github.clockeddispatch.engine.waiting;

import java.util.LinkedHashMap;
import java.util.Map;
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

    /** Of what is given up on purpose, as a link or what it leads to: that is nobody's business, and is not noted. */
    public static final LostAbove ON_PURPOSE = new LostAbove();

    private record Part(LongSupplier messages, String where) {

        /** Told of more than once: as one way down ended, and another. */
        Part or(Part later) {
            return new Part(() -> Math.max(messages.getAsLong(), later.messages.getAsLong()), later.where);
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
     * Adds messages.
     *
     * @param whose a sender or a link, whose they were
     * @param messages tells how many, in the end
     * @param where where they stood
     */
    public void add(Object whose, LongSupplier messages, String where) {
        if (this == ON_PURPOSE) {
            return;
        }
        lock.lock();
        try {
            parts.merge(whose, new Part(messages, where), Part::or);
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
                long messages = part.getValue().messages.getAsLong();
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

    /** Waits until all has been added, or the time is over, which is short: an interrupt is kept. Returns what that is. */
    public Lost await(Deadline deadline) {
        lock.lock();
        try {
            boolean late = false;
            while (underWay > 0 && !late) {
                late = !deadline.awaitUninterruptibly(changed);
            }
            boolean isAny = parts.values().stream().anyMatch(part -> part.messages.getAsLong() > 0);
            return isAny ? Lost.SOMETHING : late ? Lost.UNKNOWN : Lost.NOTHING;
        } finally {
            lock.unlock();
        }
    }
}
