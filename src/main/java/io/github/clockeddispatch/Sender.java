package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.sending.SendPort;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;

/**
 * The end of a dispatcher through which a program sends messages: to one receiver, to a group, or to all. It owns a bounded
 * channel and a pump, a thread that numbers what is in the channel and puts it into the inboxes as soon as there is room. So a
 * send waits only for room in this sender's channel, whatever others do.
 *
 * <p>{@code send} returns when the message has been accepted; {@code dispatch} when it has its number and is in the inbox.
 * What was accepted is delivered, in the order in which the sends happened. A send or dispatch that ends in an exception,
 * or with false, has been withdrawn whole: its message never arrives.
 *
 * <p>All methods may be called by any number of threads. What a thread did before it sends <i>happens before</i> the
 * receiver's reader gets the message.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="send"}
 *
 * @param <T> the type of the messages
 */
public final class Sender<T> implements AutoCloseable {

    private final SendPort<T> port;

    Sender(SendPort<T> port) {
        this.port = port; // and nothing that takes memory: it has been opened
    }

    /**
     * Sends a message, waiting for room in this sender's channel.
     *
     * @param message the message
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was sent
     * @throws NullPointerException if the message is null
     * @throws ClosedException if this sender or the dispatcher is closed, or every one of the fixed receivers that it addresses is
     *     discarded, now or while it waits; nothing was sent
     * @throws FailedException if every one of the fixed receivers that it addresses, or the dispatcher has failed, or fails while
     *     it waits; nothing was sent
     * @throws IllegalStateException if the last number has been given, or if this wait is part of a deadlock and was chosen to
     *     break it
     */
    public void send(T message) throws InterruptedException {
        boolean sent = port.send(checked(message), Deadline.NEVER);
        assert sent;
    }

    /**
     * Sends a message if there is room in this sender's channel now. An interrupt is neither looked at nor cleared.
     *
     * @param message the message
     * @return whether it was sent
     * @throws NullPointerException if the message is null
     * @throws ClosedException as {@link #send(Object)}
     * @throws FailedException as {@link #send(Object)}
     * @throws IllegalStateException if the last number has been given
     */
    public boolean trySend(T message) {
        return port.trySend(checked(message));
    }

    /**
     * Sends a message, waiting for room in this sender's channel, but no longer than a time.
     *
     * @param message the message
     * @param timeout how long at most; at zero or less it does not wait
     * @return whether it was sent
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was sent
     * @throws NullPointerException if an argument is null
     * @throws ClosedException as {@link #send(Object)}
     * @throws FailedException as {@link #send(Object)}
     * @throws IllegalStateException as {@link #send(Object)}, where the time is too long to represent
     */
    public boolean send(T message, Duration timeout) throws InterruptedException {
        return port.send(checked(message), Deadline.in(timeout));
    }

    /**
     * Sends a message and waits until it has its number and is in the inbox of each receiver that it addresses. Where
     * nothing is in the channel and there is room, the calling thread does that itself.
     *
     * <p>It has not been read then. Whoever wants to see its effect waits for the number: by {@link #clock()}, in all that it was for; by
     * the clock of a receiver, in that one. For the clock of a receiver that this sender does not address, that wait returns at once.
     *
     * @param message the message
     * @return its number, from 1 to {@code Long.MAX_VALUE - 1}
     * @throws InterruptedException if the thread is interrupted before or while it waits; the message was withdrawn. If it
     *     had its number already, that is returned and the interrupt is set again
     * @throws NullPointerException if the message is null
     * @throws ClosedException as {@link #send(Object)}; also if its last receiver is discarded before it has a number
     * @throws FailedException as {@link #send(Object)}; also if its last receiver fails before it has a number
     * @throws IllegalStateException as {@link #send(Object)}
     */
    public long dispatch(T message) throws InterruptedException {
        try {
            return port.dispatch(checked(message), Deadline.NEVER);
        } catch (TimeoutException e) {
            throw new AssertionError("no time-out was set", e);
        }
    }

    /**
     * Sends a message and waits until it has its number, as {@link #dispatch(Object)}, but no longer than a time.
     *
     * @param message the message
     * @param timeout how long at most; at zero or less it does not wait
     * @return its number
     * @throws TimeoutException if it has no number by then: it was withdrawn. The text says what it waited for
     * @throws InterruptedException as {@link #dispatch(Object)}
     * @throws NullPointerException if an argument is null
     * @throws ClosedException as {@link #dispatch(Object)}
     * @throws FailedException as {@link #dispatch(Object)}
     * @throws IllegalStateException as {@link #send(Object)}, where the time is too long to represent
     */
    public long dispatch(T message, Duration timeout) throws InterruptedException, TimeoutException {
        return port.dispatch(checked(message), Deadline.in(timeout));
    }

    /**
     * Sends a message, waiting for room in this sender's channel, and returns a future of its number. The future is
     * completed already where the message has its number when this returns, else on a thread of its own; if it will get no
     * number, with the {@link ClosedException} or {@link FailedException} that {@link #dispatch(Object)} would throw.
     *
     * <p>Cancelling the future, or completing it in any other way ({@code complete}, {@code orTimeout}, {@code completeAsync} and so on),
     * withdraws the message. Once the message has its number, that does nothing ({@code cancel} and {@code complete} return false). So if
     * this future fails, nothing was sent. A {@code get} that times out, or a dependent stage that does, completes another future or
     * none: the message is still on its way, unless this one is cancelled.
     *
     * @param message the message
     * @return a future of its number
     * @throws InterruptedException if the thread is interrupted before or while it waits for room; nothing was sent
     * @throws NullPointerException if the message is null
     * @throws ClosedException as {@link #send(Object)}
     * @throws FailedException as {@link #send(Object)}
     * @throws IllegalStateException as {@link #send(Object)}
     */
    public CompletableFuture<Long> dispatchAsync(T message) throws InterruptedException {
        return port.dispatchAsync(checked(message));
    }

    /**
     * Returns the clock of the receivers that this sender addresses. It stands where the least of them stands; where there are none, at
     * {@link Dispatcher#sequence()}. So this wait ends when all that the order was for have finished it:
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="addressed"}
     *
     * <p>It is a live view: each call goes by the receivers that are addressed at that moment, and a wait by those that the number is for.
     * A receiver that was added to a {@link Group} at j counts as at least j; one that has left counts until it has finished what it was
     * given.
     *
     * <p>A receiver that has failed or was discarded never finishes what it was given. Waiting for one of the numbers that it lacks, up to
     * where it was left out, throws the {@link FailedException} or {@link ClosedException} that names it, also later, and {@code
     * hasReached} is false for them. For numbers above, it is ignored. Of those that were left out of a group or of broadcasts, the last
     * 1,024 are remembered.
     *
     * @return the clock
     */
    public LogicalClock clock() {
        return new LogicalClock(port.clock());
    }

    /**
     * Sends all that a publisher publishes, in its order, each as {@link #send(Object)} does, in a thread of the dispatcher's own. What is
     * published waits in a buffer of its own, at most as large as the channel; no more is demanded than there is room for. So the
     * publisher's threads never wait here, and what is in the buffer takes no room in the channel. This sender stays open, and others may
     * use it meanwhile, other publishers too.
     *
     * <p>The future is completed on that thread, with how many messages were sent, once the publisher has completed and all were accepted.
     * It fails with the publisher's error, when what came before it has been accepted; with {@link ClosedException} or {@link
     * FailedException} as soon as nothing can be sent any more, as when this sender or the dispatcher is closed; with what the publisher
     * has thrown; or with an {@code IllegalStateException} if that publishes more than was demanded. Whenever the future fails, is
     * cancelled or is completed in any other way, the subscription is cancelled: what is in the buffer is given up, and what is being sent
     * at that moment may or may not be accepted.
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="sendAll"}
     *
     * @param publisher the publisher of the messages
     * @return how many were sent; already failed where this sender is closed, and nothing was subscribed to
     */
    public CompletableFuture<Long> sendAll(Flow.Publisher<? extends T> publisher) {
        return port.sendAll(Objects.requireNonNull(publisher, "publisher"));
    }

    /**
     * Returns the name that this sender was opened with.
     *
     * @return the name, unique among the dispatcher's open senders
     */
    public String name() {
        return port.name();
    }

    /**
     * Closes this sender, and returns at once. What it has accepted is still delivered; sends that wait for room end with
     * {@link ClosedException}. Receivers that no open sender can reach any more end. Closing it again does nothing.
     */
    @Override
    public void close() {
        port.close(StopReason.closed("sender \"" + port.name() + "\" is closed"));
    }

    private static <T> T checked(T message) {
        return Objects.requireNonNull(message, "message");
    }

    /**
     * Returns a string that identifies this sender.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return "sender \"" + port.name() + "\"";
    }
}
