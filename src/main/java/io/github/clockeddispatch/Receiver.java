package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.life.OwnReaders;
import io.github.clockeddispatch.engine.life.Subscription;
import io.github.clockeddispatch.engine.receiving.Deliveries;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Handler;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.receiving.RecoveringHandler;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of a dispatcher from which a program reads messages. It owns a {@linkplain #clock() clock} and, in a {@link
 * Dispatcher}, a bounded inbox; in a merge its reader takes from the buffers of the forwarders.
 *
 * <p>Every message addressed to it is given once, in rising order. Being <i>given</i> a message is not <i>finishing</i>
 * it: it is finished when its reader calls a reading method or {@link #acknowledge()} again, or when the handler of
 * {@link #forEachMessage(MessageHandler)}, {@link #drain} or {@link Dispatcher#read(Receiver, MessageHandler) read} has returned for
 * it. The clock stays below what is not finished, so a thread that has waited for it sees the effect.
 *
 * <p>Reading methods are for one thread at a time, the <i>reader</i>; two at once get an {@code IllegalStateException}, and
 * nothing is lost. A reader may hand the receiver to another thread by any happens-before edge. All other methods may be
 * called by any thread.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="receive"}
 *
 * @param <T> the type of the messages
 */
public final class Receiver<T> {

    final Endpoint<T> endpoint;
    final ReadSide<T> side;
    private final OwnReaders<T> readers;
    private final LogicalClock clock;

    Receiver(Endpoint<T> endpoint, OwnReaders<T> readers) {
        this.endpoint = endpoint;
        this.readers = readers;
        this.side = endpoint.newSide();
        this.clock = new LogicalClock(endpoint);
    }

    /**
     * Finishes what was given last, then waits for the next delivery: a message where there is one; else a tick where the
     * clock has moved past what was told last (at first: {@link #joinedAt()}); else the first of them to come. At the end
     * it returns {@link Delivery.End}, for ever.
     *
     * @return the next delivery
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing is lost
     * @throws IllegalStateException if another thread, or a handler of this receiver that is running, is reading it
     * @throws ClosedException if this receiver has been discarded, or cut off by the dispatcher's {@code close()}
     * @throws FailedException if this receiver or the dispatcher has failed
     */
    public Delivery<T> receive() throws InterruptedException {
        return present(side.receive(Deadline.NEVER, true, given()));
    }

    /**
     * Does as {@link #receive()}, but waits no longer than a time.
     *
     * @param timeout how long at most; at zero or less it does not wait
     * @return the next delivery; empty where none has come
     * @throws InterruptedException as {@link #receive()}
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #receive()}
     */
    public Optional<Delivery<T>> receive(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(side.receive(Deadline.in(timeout), true, given()));
    }

    /**
     * Does as {@link #receive()}, but does not wait. An interrupt is neither looked at nor cleared.
     *
     * @return the next delivery; empty where there is none
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #receive()}
     */
    public Optional<Delivery<T>> tryReceive() {
        return Optional.ofNullable(side.tryReceive(given()));
    }

    /**
     * Does as {@link #receive()}, but waits through ticks.
     *
     * @return the next message, or the end
     * @throws InterruptedException as {@link #receive()}
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #receive()}
     */
    public Delivery<T> receiveMessage() throws InterruptedException {
        return present(side.receive(Deadline.NEVER, false, given()));
    }

    /**
     * Does as {@link #receiveMessage()}, but waits no longer than a time.
     *
     * @param timeout how long at most; at zero or less it does not wait
     * @return the next message, or the end; empty where neither has come
     * @throws InterruptedException as {@link #receive()}
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #receive()}
     */
    public Optional<Delivery<T>> receiveMessage(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(side.receive(Deadline.in(timeout), false, given()));
    }

    /**
     * Handles each message, until the end. A message is finished, and threads that wait for that are woken, when the handler has
     * returned for it.
     *
     * @param handler the handler, called with each message
     * @throws InterruptedException if the thread is interrupted between messages, or while it waits for one; what was
     *     handled is finished, and nothing is lost
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException if the handler has thrown, with that as its cause: the receiver has failed at that message;
     *     or as {@link #receive()}
     */
    public void forEachMessage(MessageHandler<? super T> handler) throws InterruptedException {
        side.forEachMessage(Objects.requireNonNull(handler, "handler"), any -> any::handle);
    }

    /**
     * Does as {@link #forEachMessage(MessageHandler)}, with a policy for messages whose handler throws an exception.
     *
     * @param handler the handler, called with each message
     * @param policy decides what becomes of a message whose handler has thrown an exception
     * @throws InterruptedException as {@link #forEachMessage(MessageHandler)}
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #forEachMessage(MessageHandler)}, where the policy has stopped the receiver, or was not asked; if
     *     the policy has thrown an exception, that is suppressed in the cause
     */
    public void forEachMessage(MessageHandler<? super T> handler, FailurePolicy<? super T> policy)
            throws InterruptedException {
        side.forEachMessage(Objects.requireNonNull(handler, "handler"), recovering(policy));
    }

    /**
     * Handles the messages in batches, until the end: for views that commit, or force to disk. A batch is what is there when it begins, not
     * what comes while it is being taken. All of its messages are finished when the handler has returned, none before.
     *
     * @param max how many messages a batch has at most, at least 1
     * @param handler the handler, called with each batch
     * @throws InterruptedException as {@link #forEachMessage(MessageHandler)}
     * @throws IllegalArgumentException if max is less than 1
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #forEachMessage(MessageHandler)}; it has failed at the first message of the batch
     */
    public void forEachBatch(int max, BatchHandler<? super T> handler) throws InterruptedException {
        BatchHandler<T> one = ofMessages(handler);
        side.<BatchHandler<T>, Delivery.Message<T>>forEachBatch(
                checked(max), Delivery.Message::new, one, any -> (first, batch) -> any.handle(batch));
    }

    /**
     * Handles the messages that are there now, without waiting: those that were numbered before the call, in a merge those that
     * were due. What comes meanwhile, such as what the handler itself sends, is left to the next call. An interrupt is neither
     * looked at nor cleared.
     *
     * @param handler the handler, called with each message
     * @param max how many messages to handle at most, at least 1
     * @return how many were handled; −1 at the end
     * @throws IllegalArgumentException if max is less than 1
     * @throws IllegalStateException as {@link #receive()}
     * @throws ClosedException as {@link #receive()}
     * @throws FailedException as {@link #forEachMessage(MessageHandler)}
     */
    public int drain(MessageHandler<? super T> handler, int max) {
        return side.drain(Objects.requireNonNull(handler, "handler"), any -> any::handle, checked(max));
    }

    /**
     * Finishes what was given last, without asking for the next. With nothing in hand it does nothing.
     *
     * @throws IllegalStateException if another thread is reading, or in the handler of a batch
     * @throws ClosedException if something is in hand and this receiver was discarded before
     * @throws FailedException if something is in hand and this receiver or the dispatcher failed before
     */
    public void acknowledge() {
        side.acknowledge();
    }

    /**
     * Stops this receiver at its first unfinished message: its clock does not pass it; its reader, threads that wait for
     * more, and threads that send to it alone get {@link FailedException} with this cause, at once. Others go on. If this receiver has
     * stopped before, nothing happens.
     *
     * @param cause why
     */
    public void fail(Throwable cause) {
        endpoint.core.fail(endpoint, Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Returns a publisher of this receiver's messages. It has one subscriber at a time; a second one gets {@code onError} with an {@code
     * IllegalStateException}, as does one that comes while another thread reads. While there is a subscriber, no other thread can read.
     *
     * <p>While it demands something, the subscriber is one of the dispatcher's own readers, as those of {@link Dispatcher#read}: it is
     * called in a virtual thread of the dispatcher, {@code close} waits for it, a message is finished when {@code onNext} has returned for
     * it, and what {@code onNext} throws fails this receiver. What is not demanded stays in the inbox, and so holds senders back; no thread
     * waits for demand. {@code request} and {@code cancel} can be called by any thread.
     *
     * <p>At the end the subscriber gets {@code onComplete}, with demand or without. If this receiver or the dispatcher has failed, it gets
     * {@code onError} with a {@link FailedException}; if this receiver was discarded, or the dispatcher is closed while nothing is
     * demanded, with a {@link ClosedException}.
     *
     * <p>After {@code cancel}, which may be called in {@code onNext}, the subscriber gets nothing more. This receiver can then be read by
     * another subscriber, or in any other way, and whatever was not given is still there. If an {@code onNext} is running at that moment,
     * reading methods that can wait do so until it has returned; others find nothing until then.
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="publisher"}
     *
     * @return the publisher
     */
    public Flow.Publisher<Delivery.Message<T>> publisher() {
        return subscriber -> Subscription.open(
                readers, endpoint, side, Objects.requireNonNull(subscriber, "subscriber"), Delivery.Message::new);
    }

    /**
     * Returns the clock of this receiver, which tells up to which number it has finished all that was for it. It does not wait for messages
     * that were for others: to wait for all that a message was for, use {@link Sender#clock()}.
     *
     * @return the clock, always the same
     */
    public LogicalClock clock() {
        return clock;
    }

    /**
     * Returns the number at which the counter stood when this receiver joined: it is given what is addressed to it after that.
     *
     * @return the number, 0 or more
     */
    public long joinedAt() {
        return endpoint.joinedAt;
    }

    /**
     * Returns how many messages are in the inbox: numbered, and not given; in a merge, how many are due, and were not given. What is in
     * hand is not among them.
     *
     * @return the number of messages, exact while nothing moves; 0 if this receiver has failed or was discarded, as it gives nothing any
     *     more
     */
    public int pending() {
        return endpoint.pending();
    }

    /**
     * Returns how many messages were given up when this receiver was discarded, or failed: those in its inbox, those that waited
     * for it alone in channels, and those for it in the buffers of a merge's forwarders. If its reader was cut off by the
     * dispatcher's {@code close()}, only those in its inbox count. What is in hand, a message or a batch, never does.
     *
     * @return the number of messages, 0 until then
     */
    public long discarded() {
        return endpoint.discarded();
    }

    /**
     * Returns how many messages were finished without having been handled, because a {@link FailurePolicy} returned
     * {@link Recovery#skip()}.
     *
     * @return the number of messages, 0 or more
     */
    public long skipped() {
        return endpoint.skipped();
    }

    /**
     * Returns the name that this receiver was made with.
     *
     * @return the name, unique among the dispatcher's open receivers; one that has ended, failed or been discarded may have left it to
     *     another
     */
    public String name() {
        return endpoint.name;
    }

    /**
     * Gives this receiver up at once. What has not been given is discarded, also what waits for this receiver alone in channels:
     * {@link #discarded()} counts it, and nothing keeps it reachable. Senders that wait for room here go on; those that address no other
     * receiver get {@link ClosedException}, now and later. The clock stops where it stands, below the message in hand: threads that
     * wait for more, and the reader, get {@code ClosedException}; a reader of the dispatcher's own ends without a failure, after
     * the handler that is running, which is not interrupted. {@link Dispatcher#awaitFinished} leaves this receiver out, and its name is
     * free. Discarding again does nothing.
     *
     * <p>A receiver that is to be given everything is not discarded: it ends, with {@link Delivery.End}, when the senders that
     * can reach it, or its dispatcher, have been closed, or when it has been taken out of the {@linkplain Group groups} that they
     * send to. So a receiver is no resource, and has no {@code close}.
     *
     * <p>A receiver that has been given all, or has failed, has freed its name, so that another one can take its place. It stays in
     * snapshots until it is discarded; so does one that has failed for {@code awaitFinished}.
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="discard"}
     */
    public void discard() {
        endpoint.core.discard(endpoint, "was discarded");
    }

    // ---- what an own reader does, having claimed this

    OwnReaders.Reading reading(MessageHandler<? super T> handler) {
        Objects.requireNonNull(handler, "handler");
        return () -> side.forEachMessageClaimed(handler, any -> any::handle);
    }

    OwnReaders.Reading reading(MessageHandler<? super T> handler, FailurePolicy<? super T> policy) {
        Objects.requireNonNull(handler, "handler");
        var recovering = recovering(policy);
        return () -> side.forEachMessageClaimed(handler, recovering);
    }

    OwnReaders.Reading reading(int max, BatchHandler<? super T> handler) {
        BatchHandler<T> one = ofMessages(handler);
        int most = checked(max);
        return () -> side.<BatchHandler<T>, Delivery.Message<T>>forEachBatchClaimed(
                most, Delivery.Message::new, one, any -> (first, batch) -> any.handle(batch));
    }

    private Function<MessageHandler<? super T>, Handler<T>> recovering(FailurePolicy<? super T> policy) {
        Objects.requireNonNull(policy, "policy");
        return any -> new RecoveringHandler<>(endpoint, any::handle, (sequence, payload, failure, attempt) -> {
            Recovery decision = policy.decide(sequence, payload, failure, attempt);
            return Objects.requireNonNull(decision, "FailurePolicy.decide has returned null").verdict;
        });
    }

    @SuppressWarnings("unchecked") // it can only read from the list, and messages do not change
    private static <T> BatchHandler<T> ofMessages(BatchHandler<? super T> handler) {
        return (BatchHandler<T>) Objects.requireNonNull(handler, "handler");
    }

    private static <T> Delivery<T> present(@Nullable Delivery<T> delivery) {
        return Objects.requireNonNull(delivery);
    }

    private static int checked(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1, but was " + max);
        }
        return max;
    }

    /**
     * Returns a string that identifies this receiver.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return endpoint.toString();
    }

    @SuppressWarnings("unchecked") // it keeps nothing of what it is given
    private static <T> Given<T> given() {
        return (Given<T>) Given.OF_ANY;
    }

    /** The deliveries that callers get. */
    private static final class Given<T> implements Deliveries<T, Delivery<T>> {
        static final Given<?> OF_ANY = new Given<>();

        @Override
        public Delivery<T> message(long sequence, T payload) {
            return new Delivery.Message<>(sequence, payload);
        }

        @Override
        public Delivery<T> tick(long sequence) {
            return new Delivery.Tick<>(sequence);
        }

        @Override
        public Delivery<T> end(long sequence) {
            return new Delivery.End<>(sequence);
        }
    }
}
