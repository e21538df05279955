package io.github.clockeddispatch.engine.progress;

/**
 * The greatest number that has been given: the bound of the clocks that stand under it. It rises under the owner's lock and is
 * read by anybody without.
 *
 * <p>Watchers ask to be told when it reaches a number; it is they who are kept in order here, at most one for each
 * receiver, however many threads wait for that receiver's clock.
 *
 * @see "docs/design.md: The clock"
 */
public final class Frontier {

    /** One that wants to be told when the frontier reaches its number. */
    public abstract static class Watcher extends SequenceHeap.Node {
        /** Makes a watcher that watches for nothing yet. */
        protected Watcher() {
            super(0);
        }

        /** The frontier has reached the number, or never will; it is not watched for any more. Under the owner's lock. */
        public abstract void reached();
    }

    private final SequenceHeap<Watcher> watchers = new SequenceHeap<>();

    /** Written under the owner's lock, read by anybody. */
    private volatile long value;

    /**
     * Makes a frontier.
     *
     * @param value where it starts
     */
    public Frontier(long value) {
        this.value = value;
    }

    /**
     * Where it stands.
     *
     * @return the greatest number given
     */
    public long value() {
        return value;
    }

    /**
     * Raises it. What is numbered up to there must be appended before. Watchers are not told yet.
     *
     * @param sequence where it stands from now on; not below the present value
     */
    public void publish(long sequence) {
        assert sequence >= value : sequence + " < " + value;
        value = sequence;
    }

    /** Tells those who watch for a number that has been reached. Under the owner's lock. */
    public void tell() {
        while (watchers.firstSequence() <= value) {
            watchers.poll().reached();
        }
    }

    /** Tells all watchers, as it never rises again. Under the owner's lock. */
    public void end() {
        while (!watchers.isEmpty()) {
            watchers.poll().reached();
        }
    }

    /** Makes room in memory for one watcher more, so that it can be watched for. Under the owner's lock. */
    public void reserve() {
        watchers.reserve(watchers.size() + 1);
    }

    /**
     * Asks to be told, in place of what was asked before. Under the owner's lock.
     *
     * @param watcher whom to tell
     * @param sequence when: above the present value; {@code Long.MAX_VALUE} for never
     */
    public void watch(Watcher watcher, long sequence) {
        if (sequence == Long.MAX_VALUE) {
            watchers.remove(watcher);
        } else {
            watchers.reschedule(watcher, sequence);
        }
    }
}
