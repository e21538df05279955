package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.life.DeadlockWatch;
import io.github.clockeddispatch.engine.life.OwnReaders;
import io.github.clockeddispatch.engine.life.Shutdown;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Ingress;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The base of both dispatchers: receivers, readers, and how they fail and are closed.
 *
 * @param <T> the type of the messages
 */
abstract class CommonDispatcher<T> implements AutoCloseable {

    final Core<T> core;
    private final Ingress<T> ingress;
    private final OwnReaders<T> readers;
    private final Shutdown<T> shutdown;

    CommonDispatcher(Core<T> core, Ingress<T> ingress, CommonBuilder<?> settings) {
        this.core = core;
        this.ingress = ingress;
        this.readers = new OwnReaders<>(core);
        DeadlockWatch watch = new DeadlockWatch(core, settings.watchAge);
        this.shutdown = new Shutdown<>(core, ingress, readers, watch, settings.drainTimeout);
        core.serve(ingress, watch);
    }

    /**
     * Adds a receiver.
     *
     * @param name its name, unique among the open receivers
     * @return the receiver; it is given what is addressed to it from now on
     * @throws IllegalArgumentException if an open receiver has that name
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     */
    public Receiver<T> receiver(String name) {
        return receiverOf(ingress.join(Objects.requireNonNull(name, "name")));
    }

    final Receiver<T> receiverOf(Endpoint<T> endpoint) {
        try {
            return new Receiver<>(endpoint, readers);
        } catch (Error e) {
            core.discard(endpoint, "could not be made");
            throw e;
        }
    }

    /**
     * Reads a receiver in a virtual thread of this dispatcher's own, as {@link Receiver#forEachMessage(MessageHandler)} does. From this
     * call on that thread, called {@code shop/reader-stock} for receiver "stock" of dispatcher "shop", is its only reader. It inherits what
     * any thread inherits that the calling thread starts. {@link #close()} waits for it to finish, and throws the first failure of such a
     * reader.
     *
     * @param receiver the receiver to read
     * @param handler the handler, called with each message
     * @return the thread, to be joined or looked at; interrupting it fails the receiver, while {@link Receiver#discard()} ends it without a
     *     failure
     * @throws IllegalArgumentException if the receiver is another dispatcher's
     * @throws IllegalStateException if it is being read
     * @throws ClosedException if the receiver was discarded, or this dispatcher is closed
     * @throws FailedException if the receiver or this dispatcher has failed
     */
    public Thread read(Receiver<T> receiver, MessageHandler<? super T> handler) {
        return readers.start(endpointOf(receiver), receiver.side, receiver.reading(handler));
    }

    /**
     * Reads a receiver with a policy for messages whose handler throws an exception. Otherwise, this does what
     * {@link #read(Receiver, MessageHandler)} does.
     *
     * @param receiver the receiver to read
     * @param handler the handler, called with each message
     * @param policy decides what becomes of a message whose handler has thrown an exception
     * @return the thread
     * @throws IllegalArgumentException if the receiver is another dispatcher's
     * @throws IllegalStateException if it is being read
     * @throws ClosedException if the receiver was discarded, or this dispatcher is closed
     * @throws FailedException if the receiver or this dispatcher has failed
     */
    public Thread read(Receiver<T> receiver, MessageHandler<? super T> handler, FailurePolicy<? super T> policy) {
        return readers.start(endpointOf(receiver), receiver.side, receiver.reading(handler, policy));
    }

    /**
     * Reads a receiver in batches, as {@link Receiver#forEachBatch} does, in a virtual thread of this dispatcher's own. Otherwise, this
     * does what {@link #read(Receiver, MessageHandler)} does.
     *
     * @param receiver the receiver to read
     * @param max how many messages a batch has at most, at least 1
     * @param handler the handler, called with each batch
     * @return the thread
     * @throws IllegalArgumentException if the receiver is another dispatcher's, or max is less than 1
     * @throws IllegalStateException if it is being read
     * @throws ClosedException if the receiver was discarded, or this dispatcher is closed
     * @throws FailedException if the receiver or this dispatcher has failed
     */
    public Thread read(Receiver<T> receiver, int max, BatchHandler<? super T> handler) {
        return readers.start(endpointOf(receiver), receiver.side, receiver.reading(max, handler));
    }

    /**
     * Returns the greatest number that has been given; in a merge, the greatest up to which everything for some receiver has come.
     *
     * @return the number; before the first one, that which {@code startAfter} has set
     */
    public abstract long sequence();

    /**
     * Returns the name of this dispatcher: the one that its builder was given, or a default one.
     *
     * @return the name
     */
    public String name() {
        return core.name();
    }

    /**
     * Waits until all that was accepted before the call has been finished by all that it was addressed to. Receivers
     * that were {@linkplain Receiver#discard() discarded} are left out.
     *
     * @param timeout how long at most; at zero or less it does not wait
     * @return whether it has been finished
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalStateException if the time is too long to represent, and so for ever, and the calling thread is a
     *     reader that would wait for itself, or this wait is part of a deadlock and was chosen to break it
     * @throws ClosedException if some of it will never be finished, as it was given up: by {@link #close()}, or by a pump that was
     *     interrupted
     * @throws FailedException if some of it cannot be finished, as a receiver or this dispatcher has failed
     */
    public boolean awaitFinished(Duration timeout) throws InterruptedException {
        return ingress.awaitFinished(Deadline.in(timeout));
    }

    /**
     * Returns the state of this dispatcher, its receivers, its senders and the threads that wait, as it is now.
     *
     * @return a snapshot
     */
    public Snapshot snapshot() {
        long sequence;
        List<Endpoint.State> receivers;
        List<Producer.State> senders;
        core.lock.lock();
        try {
            receivers = core.states();
            senders = ingress.states();
            sequence = sequence(); // last, as those go on: none of them is ahead of it
        } finally {
            core.lock.unlock();
        }
        List<Wait.State> waits = Wait.all()
                .filter(wait -> wait.watch() == core.watch())
                .map(Wait::state)
                .sorted(Comparator.comparing(Wait.State::since).reversed())
                .toList();
        return Snapshot.of(core, this instanceof ForwardingDispatcher, sequence, receivers, senders, waits);
    }

    /**
     * Stops everything at once: every call that waits, and every later one, ends with a {@link FailedException} with this
     * cause. If this dispatcher has failed before, nothing happens.
     *
     * @param cause why
     */
    public void fail(Throwable cause) {
        core.fail(Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Closes this dispatcher. New messages are refused, also those of handlers that send on: where there are such, call
     * {@link #awaitFinished} before. What was accepted is delivered as long as readers make room; a merge first takes in what its links
     * have left above it. Then {@code close} waits until this dispatcher's own readers ({@code read}) have finished. All of this takes no
     * longer than the drain time-out; after that, what this dispatcher owns is interrupted, and has a second to end.
     *
     * <p>What is in the inboxes of other readers stays readable, and is followed by the end. An interrupt ends the waiting at once and is
     * set again. Closing it again only waits until the first call has closed it.
     *
     * @throws IllegalStateException if it is called in a handler of one of its own readers, or in a stage that leads here: it
     *     would wait for itself; nothing is closed
     * @throws FailedException if this dispatcher has failed, or one of its own readers: then with the failure that came first, in which
     *     those of other own readers are suppressed
     * @throws DispatchException if something that was accepted did not get into its inbox, or if an own reader had to be cut off,
     *     saying how many messages of which sender were lost, where they stood, and the time-out that ran out
     */
    @Override
    public void close() {
        shutdown.run();
    }

    final Endpoint<T> endpointOf(Receiver<T> receiver) {
        Endpoint<T> endpoint = Objects.requireNonNull(receiver, "receiver").endpoint;
        if (endpoint.core != core) {
            throw new IllegalArgumentException(endpoint + " is one of " + endpoint.core + ", not of " + core);
        }
        return endpoint;
    }

    final List<Endpoint<T>> inboxesOf(Collection<? extends Receiver<T>> receivers) {
        return receivers.stream().map(this::endpointOf).distinct().toList();
    }

    /**
     * Returns a string that identifies this dispatcher.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return core.toString();
    }
}
