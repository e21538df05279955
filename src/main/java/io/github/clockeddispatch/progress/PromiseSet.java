package io.github.clockeddispatch.progress;

/**
 * The least of many promises that rise by themselves. A promise says: nothing numbered up to here will come from me any
 * more; what is at or below the least of them is complete (a frontier, as in Murray et al., <i>Naiad</i>, SOSP 2013,
 * section 2.3; here of totally ordered numbers, and exact).
 *
 * <p>It is lazy: a promise that rises tells nobody. Who needs the least one asks for it, and then only those that stand in
 * the way are read again, in O(log k) for each that has risen. So a source that promises often, and that nobody waits for,
 * costs nothing here.
 *
 * <p>Guarded by its owner's lock.
 *
 * @param <P> the type of the promises
 */
public final class PromiseSet<P extends PromiseSet.Promise> {

    /** A promise; in one set at a time. */
    public abstract static class Promise extends NumberHeap.Node {
        /** Makes a promise, which is read when it is added. */
        protected Promise() {
            super(0);
        }

        /**
         * Reads it.
         *
         * @return the number up to which it is promised now; it never falls
         */
        protected abstract long current();
    }

    private final NumberHeap<P> promises = new NumberHeap<>();

    /** Makes an empty set. */
    public PromiseSet() {}

    /**
     * Whether nothing is in it.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return promises.isEmpty();
    }

    /**
     * Adds a promise.
     *
     * @param promise what to add; in no set
     */
    public void add(P promise) {
        promises.reschedule(promise, promise.current());
    }

    /**
     * Takes out a promise.
     *
     * @param promise what to take out
     * @return whether it was in this set
     */
    public boolean remove(P promise) {
        return promises.remove(promise);
    }

    /**
     * The least promise, as far as it matters: promises are read again until the least is at the number or above it, or
     * the least one has just been read.
     *
     * @param number how far it matters; {@code Long.MAX_VALUE} for all the way
     * @return a number that all have promised; where it is below {@code number}, it is what {@link #first()} promises now;
     *     {@code Long.MAX_VALUE} where the set is empty
     */
    public long least(long number) {
        while (promises.firstNumber() < number) {
            P first = promises.first();
            long current = ((Promise) first).current();
            if (current == promises.firstNumber()) {
                return current;
            }
            promises.reschedule(first, current);
        }
        return promises.firstNumber();
    }

    /**
     * The one that stands in the way, after {@link #least} has returned less than was asked for.
     *
     * @return the least promise
     * @throws java.util.NoSuchElementException if the set is empty
     */
    public P first() {
        return promises.first();
    }
}
