package io.github.clockeddispatch;

import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.progress.NumberedRing;
import io.github.clockeddispatch.progress.Watermark;
import java.util.List;
import java.util.Objects;

/**
 * The reader's side of an {@link Inbox}. To take, the message leaves the ring, then one compare-and-set of the watermark finishes
 * what was in hand and makes the new one the first unfinished. To finish with nothing next happens under the hub's lock, so that
 * no message can come in between.
 */
final class InboxReadSide<T> extends ReadSide<T> {

    private final Inbox<T> inbox;
    private final NumberedRing<T> ring;
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
    long inHand() {
        return inHand;
    }

    @Override
    boolean hasNext() {
        return !stopped && ring.hasNext();
    }

    @Override
    long nextNumber() {
        return ring.nextNumber();
    }

    @Override
    T takeNext() {
        long number = ring.nextNumber();
        T payload = ring.take();
        moveTo(number, 1);
        return Objects.requireNonNull(payload); // null only where it was stopped
    }

    @Override
    void takeBatch(int max, List<Message<T>> batch) {
        int size = Math.min(max, ring.published()); // what comes meanwhile is for the next one
        int taken = 0;
        long first = ring.nextNumber();
        do {
            long number = ring.nextNumber();
            T payload = ring.take();
            taken++;
            if (payload == null) {
                break; // it was stopped, as is found next
            }
            batch.add(new Message<>(number, payload));
        } while (taken < size && ring.hasNext());
        moveTo(first, taken);
    }

    private void moveTo(long number, int taken) {
        if (!watermark.finish(inHand == 0 ? number : inHand, number)) {
            inHand = 0;
            stopped = true;
            ring.untake(taken);
            throw inbox.stoppedException();
        }
        inHand = number;
        inbox.progressed(number);
    }

    @Override
    void finish() {
        long first = inHand;
        if (first == 0) {
            return;
        }
        inHand = 0;
        if (ring.hasNext()) {
            long next = ring.nextNumber();
            if (!watermark.finish(first, next)) {
                throw inbox.stoppedException();
            }
            inbox.progressed(next);
        } else {
            inbox.hub.lock.lock();
            try {
                finish(first);
            } finally {
                inbox.hub.lock.unlock();
            }
        }
    }

    @Override
    void finishUnderLock() {
        long first = inHand;
        inHand = 0;
        finish(first);
    }

    /** Under the lock: of what has come meanwhile, the first is the first unfinished. */
    private void finish(long first) {
        if (!watermark.finish(first, ring.hasNext() ? ring.nextNumber() : 0)) {
            throw inbox.stoppedException();
        }
        inbox.settle();
    }

    @Override
    void drop() {
        inHand = 0;
    }

    @Override
    boolean hasNextAtLast() {
        return ring.hasNext();
    }

    @Override
    boolean isToGoOn() {
        return ring.hasNext();
    }
}
