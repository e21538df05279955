package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.merging.MergeInput;
import io.github.clockeddispatch.engine.waiting.Arguments;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.Objects;

/**
 * A source of a {@linkplain ForwardingDispatcher merge}, through which a program feeds it messages that have numbers already, in
 * rising order. It stands at a number f, its <i>promise</i>: nothing numbered up to f will come from it any
 * more. A receiver is given what all open forwarders that can reach it have promised to be complete.
 *
 * <p>So a forwarder that has nothing to forward must {@link #advance}, or others wait for it: there is no timer.
 *
 * <p>It owns a bounded buffer for each receiver that it addresses, from which that receiver is given its messages. A forward waits
 * for room in these alone. One that has found no room goes on within about a millisecond of there being some.
 *
 * <p>To be used by one thread at a time; but {@link #advance}, {@link #fail} and {@link #close} may be called while another thread
 * forwards. The last two end a forward that waits; one that {@code advance} overtakes is late. What a thread did before it forwards
 * <i>happens before</i> the receiver's reader gets the message.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="forward"}
 *
 * @param <T> the type of the messages
 */
public final class Forwarder<T> implements AutoCloseable {

    private final MergeInput<T> source;

    Forwarder(MergeInput<T> source) {
        this.source = source;
    }

    /**
     * Forwards a message, waiting for room in this forwarder's buffer. It promises {@code sequence - 1} before it waits, and
     * {@code sequence} once the message has been accepted.
     *
     * @param sequence the message's number, above all that was promised, up to {@code Long.MAX_VALUE - 1}
     * @param message the message
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was forwarded
     * @throws IllegalArgumentException if there can be no such number
     * @throws IllegalStateException if another thread is forwarding, or if this wait is part of a deadlock and was chosen to
     *     break it
     * @throws NullPointerException if the message is null
     * @throws LateMessageException if the number is not above what was promised, or is overtaken by {@link #advance} while
     *     it waits; nothing was forwarded
     * @throws ClosedException if this forwarder or the merge is closed, or every receiver that it addresses is discarded, now or
     *     while it waits; nothing was forwarded
     * @throws FailedException if this forwarder, every receiver that it addresses, or the merge has failed, or fails while
     *     it waits; nothing was forwarded
     */
    public void forward(long sequence, T message) throws InterruptedException {
        boolean forwarded = forward(sequence, message, false, Deadline.NEVER);
        assert forwarded;
    }

    /**
     * Does as {@link #forward(long, Object)}, but waits no longer than a time.
     *
     * @param sequence as {@link #forward(long, Object)}
     * @param message the message
     * @param timeout how long at most; at zero or less it does not wait
     * @return whether it was forwarded; if not, {@code sequence - 1} is promised all the same, and it can be tried again
     * @throws InterruptedException as {@link #forward(long, Object)}
     * @throws IllegalArgumentException as {@link #forward(long, Object)}
     * @throws IllegalStateException as {@link #forward(long, Object)}
     * @throws NullPointerException if the message is null
     * @throws LateMessageException as {@link #forward(long, Object)}
     * @throws ClosedException as {@link #forward(long, Object)}
     * @throws FailedException as {@link #forward(long, Object)}
     */
    public boolean forward(long sequence, T message, Duration timeout) throws InterruptedException {
        return forward(sequence, message, false, Deadline.in(timeout));
    }

    /**
     * Does as {@link #forward(long, Object)} if there is room now. An interrupt is neither looked at nor cleared. It is for a thread
     * that feeds several forwarders and must not wait for one of them.
     *
     * @param sequence as {@link #forward(long, Object)}
     * @param message the message
     * @return whether it was forwarded; if not, {@code sequence - 1} is promised all the same, and it can be tried again
     * @throws IllegalArgumentException as {@link #forward(long, Object)}
     * @throws IllegalStateException as {@link #forward(long, Object)}
     * @throws NullPointerException if the message is null
     * @throws LateMessageException as {@link #forward(long, Object)}
     * @throws ClosedException as {@link #forward(long, Object)}
     * @throws FailedException as {@link #forward(long, Object)}
     */
    public boolean tryForward(long sequence, T message) {
        try {
            return source.forward(Arguments.messageSequence(sequence), checked(message), false, Deadline.NOW);
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        }
    }

    /**
     * Forwards one of several messages with the same number, waiting for room as {@link #forward(long, Object)} does. It
     * promises only {@code sequence - 1}, so that more with that number can follow, until {@link #advance advance(number)} or
     * a higher number. A buffer that is full of parts of this number alone takes more of them, as none of them can be given before.
     *
     * @param sequence as {@link #forward(long, Object)}
     * @param message the message
     * @throws InterruptedException as {@link #forward(long, Object)}
     * @throws IllegalArgumentException as {@link #forward(long, Object)}
     * @throws IllegalStateException as {@link #forward(long, Object)}
     * @throws NullPointerException if the message is null
     * @throws LateMessageException as {@link #forward(long, Object)}
     * @throws ClosedException as {@link #forward(long, Object)}
     * @throws FailedException as {@link #forward(long, Object)}
     */
    public void forwardPart(long sequence, T message) throws InterruptedException {
        boolean forwarded = forward(sequence, message, true, Deadline.NEVER);
        assert forwarded;
    }

    private boolean forward(long sequence, T message, boolean part, Deadline deadline) throws InterruptedException {
        Arguments.messageSequence(sequence);
        checked(message);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return source.forward(sequence, message, part, deadline);
    }

    /**
     * Promises that nothing up to a number will come from this forwarder any more. It needs no room and never waits. What is
     * promised already stays so: a lower number does nothing.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @throws IllegalArgumentException if there can be no such number
     * @throws ClosedException if this forwarder or the merge is closed, or every receiver that it addresses is discarded
     * @throws FailedException if this forwarder, every receiver that it addresses, or the merge has failed
     */
    public void advance(long sequence) {
        source.advance(Arguments.sequence(sequence));
    }

    /**
     * Fails this forwarder: what was to come from it is missing. All receivers that it reaches fail with this cause; a thread that waits
     * in a forward gets {@link FailedException}. If this forwarder is closed or has failed before, nothing happens.
     *
     * @param cause why
     */
    public void fail(Throwable cause) {
        source.fail(Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Returns the name that this forwarder was opened with.
     *
     * @return the name, unique among the merge's open forwarders
     */
    public String name() {
        return source.name();
    }

    /**
     * Closes this forwarder, which promises that nothing more will come from it. What was accepted is still delivered, in order. It does
     * not wait, and closing it again does nothing. If a message was refused because the merge is being closed, the forwarder counts as open
     * until the merge is closed, so that no clock passes that message.
     */
    @Override
    public void close() {
        source.close(StopReason.closed(this + " is closed"));
    }

    private static <T> T checked(T message) {
        return Objects.requireNonNull(message, "message");
    }

    /**
     * Returns a string that identifies this forwarder.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return source.toString();
    }
}
