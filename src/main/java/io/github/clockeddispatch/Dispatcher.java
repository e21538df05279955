package io.github.clockeddispatch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The serialising dispatcher: bounded channels with one shared counter. Every message gets the next number, and every
 * receiver has a {@linkplain Receiver#clock() clock} that tells how far the whole system has gone past it, even where
 * nothing was addressed to it. So {@code receiver.clock().waitUntil(number)} tells when a view can be read after a write.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="dispatcher"}
 *
 * <p>Numbers are dense, +1 each; none is lost by an interrupt, a time-out, closing or failure. A receiver that stops
 * reading holds up only the senders that address it.
 *
 * <p>It is made for a try block: nothing that it starts outlives {@link #close()}.
 *
 * <p>All methods may be called by any thread.
 *
 * @param <T> the type of the messages
 */
public final class Dispatcher<T> implements AutoCloseable {

    private final Hub<T> hub;
    private final Sequencer<T> sequencer;
    private final OwnReaders<T> readers;
    private final Shutdown<T> shutdown;
    private final int channelCapacity;
    private final int inboxCapacity;

    private Dispatcher(Builder<T> builder) {
        hub = new Hub<>(builder.name);
        sequencer = new Sequencer<>(hub, builder.startAfter, builder.endWithLastSender, builder.pumpExecutor);
        readers = new OwnReaders<>(hub);
        shutdown = new Shutdown<>(sequencer, readers, builder.drainTimeout);
        channelCapacity = builder.channelCapacity;
        inboxCapacity = builder.inboxCapacity;
    }

    /**
     * Opens a dispatcher with the default settings.
     *
     * @param <T> the type of the messages
     * @return a new dispatcher
     */
    public static <T> Dispatcher<T> open() {
        return Dispatcher.<T>builder().open();
    }

    /**
     * Begins to set a dispatcher up.
     *
     * @param <T> the type of the messages
     * @return the default settings
     */
    public static <T> Builder<T> builder() {
        return new Builder<>();
    }

    /**
     * Adds a receiver, with an inbox of the default capacity.
     *
     * @param name its name, unique among the open receivers
     * @return the receiver; it is given what is addressed to it from now on
     * @throws IllegalArgumentException if an open receiver has that name
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     */
    public Receiver<T> receiver(String name) {
        return receiver(name, inboxCapacity);
    }

    /**
     * Adds a receiver.
     *
     * @param name its name, unique among the open receivers
     * @param capacity how many messages its inbox can hold, from 1 to 2<sup>30</sup>; memory is taken as needed
     * @return the receiver; it is given what is addressed to it from now on
     * @throws IllegalArgumentException if an open receiver has that name, or there is no such capacity
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     */
    public Receiver<T> receiver(String name, int capacity) {
        Objects.requireNonNull(name, "name");
        return new Receiver<>(hub.join(name, Builder.checkedCapacity(capacity), sequencer.counter()));
    }

    /**
     * Adds a sender to one receiver.
     *
     * @param name its name, unique among the open senders
     * @param receiver whom it addresses
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name, or the receiver is another dispatcher's
     * @throws ClosedException if the receiver or this dispatcher is closed, or the receiver has ended
     * @throws FailedException if the receiver or this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    public Sender<T> sender(String name, Receiver<T> receiver) {
        return open(name, List.of(inboxOf(receiver)));
    }

    /**
     * Adds a sender to a group. All of the group get each message, with the same number; members that are closed or have
     * failed are skipped, and a send fails when none is left.
     *
     * @param name its name, unique among the open senders
     * @param group whom it addresses, at least one; one that is named twice counts once
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name, a receiver is another dispatcher's, or the group is
     *     empty
     * @throws ClosedException if a receiver or this dispatcher is closed, or a receiver has ended
     * @throws FailedException if a receiver or this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    public Sender<T> sender(String name, Collection<Receiver<T>> group) {
        List<Inbox<T>> targets = group.stream().map(this::inboxOf).distinct().toList();
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("no receiver for sender \"" + name + "\": " + group);
        }
        return open(name, targets);
    }

    /**
     * Adds a sender to all: each message goes to those that have joined and not left when it gets its number. Where that is
     * nobody it gets its number all the same.
     *
     * @param name its name, unique among the open senders
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    public Sender<T> broadcaster(String name) {
        return open(name, List.of());
    }

    private Sender<T> open(String name, List<Inbox<T>> targets) {
        Objects.requireNonNull(name, "name");
        return new Sender<>(sequencer.open(name, targets, channelCapacity));
    }

    private Inbox<T> inboxOf(Receiver<T> receiver) {
        Inbox<T> inbox = Objects.requireNonNull(receiver, "receiver").inbox;
        if (inbox.hub != hub) {
            throw new IllegalArgumentException(inbox + " is one of " + inbox.hub + ", not of " + hub);
        }
        return inbox;
    }

    /**
     * Reads a receiver in a virtual thread of this dispatcher's own, as {@link Receiver#forEachMessage} does.
     * {@link #close()} waits for it to finish, and throws the first failure of such a reader.
     *
     * @param receiver what is read
     * @param handler what is done with each message
     * @return the thread
     * @throws IllegalArgumentException if the receiver is another dispatcher's
     * @throws IllegalStateException if this dispatcher reads it already
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     */
    public Thread read(Receiver<T> receiver, MessageHandler<? super T> handler) {
        return readers.start(inboxOf(receiver), receiver.side, Objects.requireNonNull(handler, "handler"));
    }

    /**
     * The greatest number that has been given. It takes no lock.
     *
     * @return the number; where none was given, what the first one comes after
     */
    public long sequence() {
        return sequencer.sequence();
    }

    /**
     * The name that it was built with.
     *
     * @return the name
     */
    public String name() {
        return hub.name();
    }

    /**
     * Waits until all that was accepted before the call has been finished by all that it was addressed to; what was
     * discarded does not count.
     *
     * @param timeout how long at the most; at zero or less it does not wait
     * @return whether it has been finished
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalStateException if the time is too long to represent, and so for ever, and the calling thread is a
     *     reader that would wait for itself
     * @throws ClosedException if some of it was given up when this dispatcher was closed
     * @throws FailedException if some of it cannot be finished, as a receiver or this dispatcher has failed
     */
    public boolean awaitFinished(Duration timeout) throws InterruptedException {
        return sequencer.awaitFinished(Deadline.in(timeout));
    }

    /**
     * How all of it stands.
     *
     * @return a snapshot
     */
    public Snapshot snapshot() {
        hub.lock.lock();
        try {
            return new Snapshot(hub.name(), sequencer.sequence(), hub.states(), sequencer.states());
        } finally {
            hub.lock.unlock();
        }
    }

    /**
     * Stops everything at once: every call that waits, and every later one, ends with a {@link FailedException} with this
     * cause. Nothing is done where it has failed before.
     *
     * @param cause why
     */
    public void fail(Throwable cause) {
        sequencer.fail(Objects.requireNonNull(cause, "cause"));
    }

    /**
     * Refuses what is new, lets the pumps deliver what was accepted for as long as readers make room, waits until its own
     * readers ({@link #read}) have finished, up to the drain time-out in all; then interrupts what it owns, and gives it a
     * second to end. What is in the inboxes of other readers stays readable, and then they get their end. An interrupt ends
     * the waiting at once and is set again. To close it again does nothing but wait for the first call.
     *
     * @throws FailedException the first failure of one of its own readers, or the cause of {@link #fail}
     * @throws DispatchException if something that was accepted did not get into its inbox, saying how many messages of
     *     which sender; or if an own reader had to be cut off
     */
    @Override
    public void close() {
        shutdown.run();
    }

    /**
     * For people.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return hub.toString();
    }

    /**
     * The settings of a dispatcher. To be used by one thread.
     *
     * @param <T> the type of the messages
     */
    public static final class Builder<T> {

        private static final int MAX_CAPACITY = 1 << 30;

        private String name = "dispatcher";
        private long startAfter;
        private int channelCapacity = 1024;
        private int inboxCapacity = 1024;
        private Duration drainTimeout = Duration.ofSeconds(5);
        private boolean endWithLastSender = true;
        private @Nullable Executor pumpExecutor;

        private Builder() {}

        private static int checkedCapacity(int capacity) {
            if (capacity < 1 || capacity > MAX_CAPACITY) {
                throw new IllegalArgumentException("no capacity from 1 to " + MAX_CAPACITY + ": " + capacity);
            }
            return capacity;
        }

        /**
         * Sets the name that exceptions and threads bear.
         *
         * @param value the name; "dispatcher" by default
         * @return this
         */
        public Builder<T> name(String value) {
            name = Objects.requireNonNull(value, "name");
            return this;
        }

        /**
         * Sets where the counter starts.
         *
         * @param number the number before the first one, from 0 to {@code Long.MAX_VALUE - 1}; 0 by default
         * @return this
         * @throws IllegalArgumentException if there is no such number
         */
        public Builder<T> startAfter(long number) {
            if (number < 0 || number > Sequencer.LAST) {
                throw new IllegalArgumentException("no number from 0 to " + Sequencer.LAST + ": " + number);
            }
            startAfter = number;
            return this;
        }

        /**
         * Sets how many messages the channel of each sender can hold.
         *
         * @param capacity from 1 to 2<sup>30</sup>; 1024 by default; memory is taken as needed
         * @return this
         * @throws IllegalArgumentException if there is no such capacity
         */
        public Builder<T> channelCapacity(int capacity) {
            channelCapacity = checkedCapacity(capacity);
            return this;
        }

        /**
         * Sets how many messages the inbox of a receiver can hold, where it is not said for that one.
         *
         * @param capacity from 1 to 2<sup>30</sup>; 1024 by default; memory is taken as needed
         * @return this
         * @throws IllegalArgumentException if there is no such capacity
         */
        public Builder<T> inboxCapacity(int capacity) {
            inboxCapacity = checkedCapacity(capacity);
            return this;
        }

        /**
         * Sets how long {@link Dispatcher#close()} waits for what was accepted to be delivered, and for its own readers.
         *
         * @param timeout how long at the most; at zero or less it does not wait; 5 seconds by default
         * @return this
         */
        public Builder<T> drainTimeout(Duration timeout) {
            drainTimeout = Objects.requireNonNull(timeout, "timeout");
            return this;
        }

        /**
         * Sets whether a receiver ends when the last open sender that can reach it has been closed.
         *
         * @param ends true, as by default; false if only {@link Dispatcher#close()} ends receivers
         * @return this
         */
        public Builder<T> endWithLastSender(boolean ends) {
            endWithLastSender = ends;
            return this;
        }

        /**
         * Sets where pumps run: by default on virtual threads that the dispatcher owns and joins. An executor must run each
         * on a thread of its own, which it keeps until its sender has been closed and drained: a pool smaller than the
         * number of senders leaves some without a pump. A pump that is interrupted closes its sender.
         *
         * @param executor what runs them
         * @return this
         */
        public Builder<T> pumpExecutor(Executor executor) {
            pumpExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Opens a dispatcher with these settings.
         *
         * @return a new dispatcher
         */
        public Dispatcher<T> open() {
            return new Dispatcher<>(this);
        }
    }
}
