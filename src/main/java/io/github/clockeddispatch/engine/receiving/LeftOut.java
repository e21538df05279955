package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.List;

/**
 * The receivers that have stopped before they had finished all that they were given from somewhere. Each leaves a gap: the numbers that it
 * will never finish, up to where it was left out. Receivers that are long gone are forgotten. Guarded by the core's lock.
 *
 * @see "docs/design.md: Several clocks"
 */
public final class LeftOut {

    /** How many gaps are kept. */
    static final int MOST = 1024;

    /**
     * The numbers that a receiver will never finish.
     *
     * @param receiver its name
     * @param after the number that it has finished
     * @param upTo the last number that may have been for it
     * @param order when it stopped, in the order of {@link Core#nextOrder}
     */
    public record Gap(String receiver, long after, long upTo, long order, StopReason why) {

        /** Returns that of a receiver that has stopped and was a target until then. */
        public static Gap of(Endpoint<?> receiver, StopReason why) {
            return new Gap(receiver.name, receiver.time(), receiver.leftOutAt(), receiver.stopOrder, why);
        }

        public boolean contains(long sequence) {
            return after < sequence && sequence <= upTo;
        }
    }

    /** The oldest first; none of them in another that stopped later, so that each is found by whoever opened before it stopped. */
    private final List<Gap> gaps = new ArrayList<>(0);

    /** A receiver has stopped. Nothing is kept if it has finished everything. */
    public void add(Endpoint<?> receiver, long after, long upTo) {
        long order = receiver.stopOrder;
        if (after >= upTo
                || gaps.stream().anyMatch(gap -> order <= gap.order && gap.after <= after && upTo <= gap.upTo)) {
            return;
        }
        StopReason why = receiver.stopped();
        if (why != null) {
            gaps.add(new Gap(receiver.name, after, upTo, order, why));
            Gap last = gaps.get(gaps.size() - 1);
            gaps.removeIf(gap -> gap != last && gap.order <= order && after <= gap.after && gap.upTo <= upTo);
            if (gaps.size() > MOST) {
                gaps.remove(0);
            }
        }
    }

    /** Those of receivers that have stopped after that, in the order of {@link Core#nextOrder}. A copy. */
    public List<Gap> since(long order) {
        return gaps.stream().filter(gap -> gap.order > order).toList();
    }
}
