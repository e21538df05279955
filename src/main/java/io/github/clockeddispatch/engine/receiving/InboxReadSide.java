package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.storage.SequencedRing;
import io.github.clockeddispatch.engine.waiting.Handshake;
import java.util.List;
import java.util.Objects;

/**
 * The reader's side of an {@link Inbox}: it takes from the ring and moves the {@link Watermark}, in the order that this one asks for.
 *
 * @see "docs/design.md: The clock"
 */
final class InboxReadSide<T> extends ReadSide<T> {

    private final Inbox<T> inbox;
    private final SequencedRing<T> ring;
    private final Watermark watermark;

    private long inHand;

    /** It was stopped when a message had left the ring: nothing in there can be taken any more. */
    private boolean stopped;

    InboxReadSide(Inbox<T> inbox) {
        super(inbox);
        this.inbox = inbox;
        this.ring = inbox.ring;
        this.watermark = inbox.watermark;
    }

    @Override
    protected long inHand() {
        return inHand;
    }

    @Override
    public boolean hasNext() {
        return !stopped && ring.hasNext();
    }

    @Override
    public long nextSequence() {
        return ring.nextSequence();
    }

    @Override
    protected T takeNext() {
        long sequence = ring.nextSequence();
        takeInHand(sequence);
        T payload = ring.take();
        moveTo(sequence, 1, payload == null);
        return Objects.requireNonNull(payload); // null only where it was stopped
    }

    @Override
    protected <M> void takeBatch(int max, List<M> batch, Maker<T, M> maker) {
        int size = Math.min(max, ring.published()); // what comes meanwhile is for the next one
        int taken = 0;
        long first = ring.nextSequence();
        boolean isCleared = false;
        takeInHand(first);
        do {
            long sequence = ring.nextSequence();
            T payload = ring.take();
            taken++;
            isCleared = payload == null;
            if (payload != null) {
                batch.add(maker.message(sequence, payload));
                told = sequence;
            }
        } while (!isCleared && taken < size && ring.hasNext());
        moveTo(first, taken, isCleared);
    }

    /** Before it is taken: where nothing is in hand, it is from now on. */
    private void takeInHand(long sequence) {
        if (inHand == 0 && !watermark.move(0, sequence)) {
            throw stopped(0);
        }
    }

    /** After it was taken: it is in hand in place of what was. */
    private void moveTo(long sequence, int taken, boolean isCleared) {
        if (isCleared || (inHand != 0 && !watermark.move(inHand, sequence))) {
            throw stopped(taken);
        }
        if (inHand == 0) {
            Handshake.progressed(); // the slot is free; where the watermark was moved, that is such a step
        }
        inHand = sequence;
        inbox.taken(sequence);
    }

    private RuntimeException stopped(int taken) {
        inHand = 0;
        stopped = true;
        ring.untake(taken);
        return inbox.stoppedException();
    }

    @Override
    public void finish() {
        long sequence = inHand;
        if (sequence != 0) {
            inHand = 0;
            if (!watermark.move(sequence, 0)) {
                throw inbox.stoppedException();
            }
            inbox.finished();
        }
    }

    @Override
    protected void drop() {
        inHand = 0;
    }

    @Override
    protected boolean hasNextAtLast() {
        return ring.hasNext();
    }

    @Override
    protected boolean isToGoOn() {
        return ring.hasNext();
    }
}
