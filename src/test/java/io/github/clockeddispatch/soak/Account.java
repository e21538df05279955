package io.github.clockeddispatch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a receiver must have been given, and what it was given, in a few numbers however long it lasts: how many, and the
 * sum of what identifies them. Messages have random identifiers, so one that is lost and one that comes twice cannot make
 * up for each other.
 */
final class Account {

    /** What one thread sends through one sender, in its order. */
    static final class Lane {
        /** By receiver, the last that it was given of this lane: each written by one reader. */
        private final long[] last;

        private long made;

        Lane(int receivers) {
            last = new long[receivers];
        }

        Parcel next(long id) {
            return new Parcel(this, ++made, id);
        }
    }

    /** A message. */
    static final class Parcel {
        final long id;
        private final Lane lane;
        private final long index;

        /** Plain, on purpose: written before the send, read by whom it is given to (G6). */
        private long content;

        private Parcel(Lane lane, long index, long id) {
            this.lane = lane;
            this.index = index;
            this.id = id;
            content = ~id;
        }

        boolean isOf(Lane other) {
            return lane == other;
        }
    }

    final Receiver<Parcel> receiver;
    private final int place;
    private final boolean inMerge;
    private final LongAdder owed = new LongAdder();
    private final LongAdder owedSum = new LongAdder();

    /** Written by the reader; seen by who has waited for the clock (G6). */
    private long given;

    private long givenSum;
    private long last;

    /** Plain, on purpose: who has waited for the clock must see what the reader has written (G6). */
    private final int[] effects = new int[1 << 12];

    Account(Receiver<Parcel> receiver, int place, boolean inMerge) {
        this.receiver = receiver;
        this.place = place;
        this.inMerge = inMerge;
        last = receiver.joinedAt();
    }

    LogicalClock clock() {
        return receiver.clock();
    }

    /** The message was accepted, and comes so many times. */
    void owe(Parcel parcel, int times) {
        owed.add(times);
        owedSum.add(times * parcel.id);
    }

    /** Called by the reader. */
    void apply(long number, Parcel parcel) {
        assertThat(number)
                .as("order of %s (G3, F2)", receiver.name())
                .isGreaterThanOrEqualTo(inMerge ? last : last + 1);
        assertThat(parcel.content).as("what was written before the send (G6)").isEqualTo(~parcel.id);
        long before = parcel.lane.last[place];
        assertThat(parcel.index)
                .as("order of a sender at %s (G2)", receiver.name())
                .isGreaterThanOrEqualTo(inMerge ? before : before + 1);
        parcel.lane.last[place] = parcel.index;
        last = number;
        given++;
        givenSum += parcel.id;
        effects[slot(number)] = (int) number;
    }

    /**
     * Fails unless the effect of this number is seen, or that of a later one in the same slot. To be called by who knows that
     * the clock is there.
     */
    void checkEffect(long number) {
        assertThat(effects[slot(number)] - (int) number)
                .as("%s has reached %s, but its effect is not seen (G6)", receiver.name(), number)
                .isNotNegative();
    }

    /** Fails unless all was given that is owed. To be called by who knows that the clock is at the end. */
    void checkBalance() {
        assertThat(given).as("given to %s (G3)", receiver.name()).isEqualTo(owed.sum());
        assertThat(givenSum)
                .as("identities of what was given to %s (G3)", receiver.name())
                .isEqualTo(owedSum.sum());
    }

    long given() {
        return given;
    }

    private int slot(long number) {
        return (int) number & effects.length - 1;
    }
}
