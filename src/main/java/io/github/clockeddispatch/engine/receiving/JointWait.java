package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wait for a {@link JointClock}: a part of it stands in the heap of each receiver that must reach a number. It ends when all parts are
 * settled, or one is with a stop; and takes out those that are left.
 *
 * @see "docs/design.md: Several clocks"
 */
abstract class JointWait implements Clock.Visitor {

    /** Its wait for one receiver. */
    static final class Part extends ClockWait.Told {
        final JointWait whole;
        final Endpoint<?> endpoint;

        /** Whether it is known, once it is settled, which others must be waited for. */
        final boolean isFirst;

        Part(JointWait whole, Endpoint<?> endpoint, long sequence, boolean isFirst) {
            super(sequence);
            this.whole = whole;
            this.endpoint = endpoint;
            this.isFirst = isFirst;
        }

        @Override
        void isSettled() {
            whole.settled(this);
        }

        @Override
        public void tell() {
            whole.told(this);
        }
    }

    final JointClock clock;
    final long sequence;

    /** Taken last, also under a core's. */
    final ReentrantLock lock = new ReentrantLock();

    /** The clocks whose receivers have no parts yet. Used by whoever looks. */
    private final List<Clock> unvisited;

    /** Whether the clock that is being visited was not. Used by whoever looks. */
    private boolean isTooEarly;

    // guarded by the lock

    private final List<Part> parts = new ArrayList<>();

    /** How many parts have not been told; one more while somebody looks. */
    private int left;

    /** Whether a clock that could not be visited can be now. */
    private boolean looksAgain;

    private @Nullable StopReason stop;

    /** Whether no part is to be added any more. Written under the lock, read by anybody. */
    private volatile boolean isOver;

    JointWait(JointClock clock, long sequence) {
        this.clock = clock;
        this.sequence = sequence;
        this.unvisited = new ArrayList<>(clock.parts());
    }

    // ---- to look: without a lock

    /** Has a part stand at each receiver that must reach a number, as far as it is known which do. */
    final void look() {
        lock.lock();
        try {
            looksAgain = false;
            left++; // so that it is not over before all stand there
        } finally {
            lock.unlock();
        }
        try {
            unvisited.removeIf(this::hasVisited);
        } finally {
            told(null);
        }
    }

    private boolean hasVisited(Clock one) {
        isTooEarly = false;
        one.visit(sequence, this);
        return !isTooEarly;
    }

    @Override
    public final boolean notGiven(Endpoint<?> counter) {
        isTooEarly = true;
        if (!isAwaited(counter)) {
            add(new Part(this, counter, sequence, true));
        }
        return false;
    }

    private boolean isAwaited(Endpoint<?> counter) {
        lock.lock();
        try {
            return parts.stream().anyMatch(part -> part.isFirst && part.endpoint == counter);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public final void receiver(Endpoint<?> receiver, long needed) {
        if (!receiver.hasReached(needed)) {
            add(new Part(this, receiver, needed, false));
        }
    }

    @Override
    public final void stopped(StopReason why) {
        throw clock.core().exception(why);
    }

    private void add(Part part) {
        lock.lock();
        try {
            if (isOver) {
                return;
            }
            parts.add(part);
            left++;
        } finally {
            lock.unlock();
        }
        part.endpoint.core.lock.lock();
        try {
            if (!isOver) { // else it has been given up meanwhile, and nobody takes this out
                part.endpoint.waits.addWhole(part);
            }
        } finally {
            part.endpoint.core.lock.unlock();
        }
    }

    /** Takes out the parts that are left. */
    final void giveUp() {
        lock.lock();
        try {
            isOver = true;
        } finally {
            lock.unlock();
        }
        for (Part part : parts) { // nobody adds to them any more
            if (!part.settled) { // else whoever settles it takes it out
                part.endpoint.core.lock.lock();
                try {
                    part.endpoint.waits.remove(part);
                } finally {
                    part.endpoint.core.lock.unlock();
                }
            }
        }
    }

    // ---- to be told

    /** A part has been settled. Under its core's lock. */
    abstract void settled(Part part);

    /** It may be over, or is to look again. Under the lock. */
    abstract void signal(Core<?> core);

    /**
     * A part is told.
     *
     * @param part null for the one who has looked
     */
    private void told(@Nullable Part part) {
        ClockWait.acquire(lock);
        try {
            StopReason why = part == null ? null : part.stop;
            boolean isStop = why != null && part != null && part.sequence() == sequence; // else nothing more is for it
            boolean isFirst = part != null && part.isFirst;
            if (left == 1 || isStop || isFirst) {
                signal(part == null ? clock.core() : part.endpoint.core); // where this throws, nothing has been done
            }
            left--;
            looksAgain |= isFirst;
            stop = isStop && stop == null ? why : stop;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    final boolean mayBeOver() {
        return left == 0 || looksAgain || stop != null;
    }

    /** Returns whether all have reached their numbers. Throws where one never will. */
    final boolean isReached() {
        lock.lock();
        try {
            StopReason why = stop;
            if (why != null) {
                throw clock.core().exception(why);
            }
            return left == 0 && unvisited.isEmpty();
        } finally {
            lock.unlock();
        }
    }
}
