package io.github.clockeddispatch.jcstress;

import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.engine.merging.Intake;
import io.github.clockeddispatch.engine.merging.Lane;
import io.github.clockeddispatch.engine.merging.Ledger;
import org.jspecify.annotations.Nullable;

/** A merge of two forwarders, which stand at 0, with one receiver. It starts no thread. Beside it, the parts that it is made of. */
final class MergeRig {

    final ForwardingDispatcher<Integer> dispatcher;
    final Receiver<Integer> receiver;
    final Forwarder<Integer> first;
    final Forwarder<Integer> second;

    /** Makes one with room for so many messages on each lane. */
    MergeRig(int capacity) {
        dispatcher = ForwardingDispatcher.builder()
                .onFailure((receiver, sequence, cause) -> {}) // on purpose, some hundred thousand times
                .channelCapacity(capacity)
                .open();
        receiver = dispatcher.receiver("receiver");
        first = dispatcher.broadcaster("first");
        second = dispatcher.broadcaster("second");
    }

    /** The number of the message that is due now; {@link Rig#NOTHING} where there is none. */
    long now() {
        return now(receiver);
    }

    static long now(Receiver<?> receiver) {
        return Math.max(Rig.number(receiver.tryReceive()), Rig.NOTHING);
    }

    static boolean forward(Forwarder<Integer> forwarder, long number) {
        try {
            return forwarder.forward(number, 0, Rig.PATIENCE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A source's ledger, which stands at 0. */
    static final class Book extends Ledger {
        Book() {
            super(0);
        }

        boolean acceptNext() {
            return accept(position());
        }

        boolean promise(long number) {
            return tryPromise(number);
        }

        /** Under the lock. */
        void sealNow() {
            seal();
        }
    }

    /** The only lane of a source, and what its thread does without the lock. */
    static final class Way extends Lane<Integer> {
        final Book book;

        Way() {
            this(new Book());
        }

        private Way(Book book) {
            super(book, 0);
            this.book = book;
        }

        boolean forward(long number) {
            return forward(number, false);
        }

        boolean forward(long number, boolean part) {
            write(number, part, 0);
            return book.acceptNext();
        }
    }

    /** An intake, and what its reader would do under the lock. */
    static final class Reading implements Intake.Control<Integer> {
        final Intake<Integer> intake = new Intake<>(this, 0, () -> 0, Lane.NONE);
        final Way lane = new Way();

        /** Whether the reader has met the lock, as {@code notifyAt} was set. */
        boolean hasMet;

        /** Whether the reader has told of room. */
        boolean hasTold;

        /** Makes one with a lane on which there are messages from 1 to {@code count}, all due. */
        Reading(int count) {
            for (int number = 1; number <= count; number++) {
                if (!lane.forward(number)) {
                    throw new AssertionError("forward " + number);
                }
            }
            intake.add(lane);
            intake.adopt();
        }

        /** The number of the message that was taken; {@link Rig#NOTHING} for none. */
        long take() {
            if (!intake.hasNext()) {
                return Rig.NOTHING;
            }
            long number = intake.nextSequence();
            return intake.take() == null ? Rig.NOTHING : number;
        }

        @Override
        public boolean met(Lane<Integer> from, long number, @Nullable Integer message) {
            hasMet = true;
            return true;
        }

        @Override
        public void finished(long first) {
            hasMet = true;
        }

        @Override
        public void slotFreed(Lane<Integer> on) {
            hasTold = true;
        }
    }
}
