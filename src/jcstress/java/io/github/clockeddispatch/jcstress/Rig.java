package io.github.clockeddispatch.jcstress;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A dispatcher with one receiver and one sender. It starts no thread: its pump is run by the actor that calls
 * {@link #pump()}, if any, and {@code dispatch} to an idle sender numbers its message itself. So it costs little, races
 * tightly, and leaves nothing behind that would have to be closed.
 */
final class Rig {

    /** How long a wait may take that must end by itself: a wake-up that is lost becomes a result, not a hang. */
    static final Duration PATIENCE = Duration.ofMillis(Long.getLong("patience", 3_000));

    /** What {@link #next} returns where nothing came in time. */
    static final long NOTHING = 0;

    /** What {@link #next} returns at the end. */
    static final long END = -1;

    final Dispatcher<Integer> dispatcher;
    final Receiver<Integer> receiver;
    final Sender<Integer> sender;
    private Runnable pump;

    Rig(int inboxCapacity, int channelCapacity) {
        this(inboxCapacity, channelCapacity, PATIENCE);
    }

    Rig(int inboxCapacity, int channelCapacity, Duration drainTimeout) {
        dispatcher = Dispatcher.builder()
                .onFailure((receiver, sequence, cause) -> {}) // on purpose, some hundred thousand times
                .inboxCapacity(inboxCapacity)
                .channelCapacity(channelCapacity)
                .drainTimeout(drainTimeout)
                .pumpExecutor(task -> pump = task)
                .open();
        receiver = dispatcher.receiver("receiver");
        sender = dispatcher.sender("sender", receiver);
    }

    /** Has messages from 1 to {@code count} numbered and in the inbox; the payload is the number. */
    Rig dispatched(int count) {
        for (int number = 1; number <= count; number++) {
            if (dispatch(number) != number) {
                throw new AssertionError("dispatched " + number);
            }
        }
        return this;
    }

    long dispatch(int payload) {
        try {
            return sender.dispatch(payload);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Puts messages with these payloads into the channel, where they wait for a pump. */
    Rig sent(int... payloads) {
        for (int payload : payloads) {
            if (!sender.trySend(payload)) {
                throw new AssertionError("sent " + payload);
            }
        }
        return this;
    }

    /** Runs the sender's pump in this thread, until the sender has been closed and drained. */
    void pump() {
        Objects.requireNonNull(pump).run();
    }

    /** The number of the next message; {@link #END}, or {@link #NOTHING}. */
    long next() {
        return next(receiver);
    }

    static long next(Receiver<?> receiver) {
        try {
            return number(receiver.receiveMessage(PATIENCE));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The number of the message that is there now; {@link #NOTHING} where there is none, or the end. */
    long now() {
        return Math.max(NOTHING, number(receiver.tryReceive()));
    }

    static long number(Optional<? extends Delivery<?>> found) {
        Delivery<?> delivery = found.orElse(null);
        if (delivery instanceof Delivery.Message<?>) {
            return delivery.sequence();
        }
        return delivery instanceof Delivery.End<?> ? END : NOTHING;
    }

    static boolean await(LogicalClock clock, long number) {
        try {
            return clock.waitUntil(number, PATIENCE);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
