package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import io.github.clockeddispatch.engine.sending.Sequencer;
import io.github.clockeddispatch.engine.waiting.Arguments;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The serialising dispatcher: bounded channels with one shared counter. Every message gets the next number, and every
 * receiver has a {@linkplain Receiver#clock() clock}, which tells up to which number it has finished all that was for it, even
 * where nothing was. So {@code receiver.clock().waitUntil(sequence)} tells when a view can be read after a write.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="dispatcher"}
 *
 * <p>Numbers are dense, +1 each; none is burned by an interrupt, a time-out, closing or failure. A receiver that stops
 * reading holds up only the senders that address it.
 *
 * <p>It is made for a try block: nothing that it starts outlives {@link #close()}.
 *
 * <p>All methods may be called by any thread.
 *
 * @param <T> the type of the messages
 */
public final class Dispatcher<T> extends CommonDispatcher<T> {

    private final Sequencer<T> sequencer;
    private final int channelCapacity;

    private Dispatcher(Sequencer<T> sequencer, Builder builder) {
        super(sequencer.core(), sequencer, builder);
        this.sequencer = sequencer;
        this.channelCapacity = builder.channelCapacity;
    }

    /**
     * Opens a dispatcher with the default settings.
     *
     * @param <T> the type of the messages
     * @return a new dispatcher
     */
    public static <T> Dispatcher<T> open() {
        return builder().open();
    }

    /**
     * Returns a new builder, which has the default settings.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Adds a sender to one receiver or several. All of them get each message, with the same number; those that were discarded or
     * have failed are skipped, and a send fails when none is left.
     *
     * @param name its name, unique among the open senders
     * @param receivers the receivers that it addresses, at least one; one that is named twice counts once
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name, a receiver is another dispatcher's, or there is none
     * @throws ClosedException if a receiver was discarded or has ended, or this dispatcher is closed
     * @throws FailedException if a receiver or this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Sender<T> sender(String name, Receiver<T>... receivers) {
        return sender(name, Arrays.asList(Objects.requireNonNull(receivers, "receivers")));
    }

    /**
     * Adds a sender to several receivers, as {@link #sender(String, Receiver...)} does.
     *
     * @param name its name, unique among the open senders
     * @param receivers the receivers that it addresses, at least one; one that is named twice counts once
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name, a receiver is another dispatcher's, or there is none
     * @throws ClosedException if a receiver was discarded or has ended, or this dispatcher is closed
     * @throws FailedException if a receiver or this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    public Sender<T> sender(String name, Collection<? extends Receiver<T>> receivers) {
        Objects.requireNonNull(name, "name");
        List<Inbox<T>> targets = Inbox.all(inboxesOf(Objects.requireNonNull(receivers, "receivers")));
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("sender \"" + name + "\" needs at least one receiver, but got []");
        }
        return open(name, targets);
    }

    /**
     * Adds a sender to a group that can change: each message goes to those that are members when it gets its number. With no member, it
     * gets its number all the same. So neither this call nor a send is ever refused for what the members are.
     *
     * @param name its name, unique among the open senders
     * @param group the group that it addresses
     * @return the sender
     * @throws IllegalArgumentException if an open sender has that name, or the group is another dispatcher's
     * @throws ClosedException if this dispatcher is closed
     * @throws FailedException if this dispatcher has failed
     * @throws RejectedExecutionException if the pump executor did not take the pump; nothing was changed
     */
    public Sender<T> sender(String name, Group<T> group) {
        Objects.requireNonNull(name, "name");
        TargetGroup<T, ?> targets = Objects.requireNonNull(group, "group").targets;
        if (targets.core != core) {
            throw new IllegalArgumentException(targets + " is one of " + targets.core + ", not of " + core);
        }
        return new Sender<>(sequencer.open(name, targets, channelCapacity));
    }

    /**
     * Makes a group, to which receivers can be added, and from which they can be taken, while senders send to it.
     *
     * @param name its name, which exceptions tell; several groups may have the same
     * @param members its first members; there may be none, and one that is named twice counts once
     * @return the group
     * @throws IllegalArgumentException if a receiver is another dispatcher's
     * @throws ClosedException if a receiver was discarded or has ended, or this dispatcher is closed
     * @throws FailedException if a receiver or this dispatcher has failed
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Group<T> group(String name, Receiver<T>... members) {
        Objects.requireNonNull(name, "name");
        Map<Inbox<T>, Receiver<T>> receivers = new LinkedHashMap<>();
        for (Receiver<T> member : Objects.requireNonNull(members, "members")) {
            receivers.put(inboxOf(member), member);
        }
        return new Group<>(this, sequencer.group(name, receivers));
    }

    Inbox<T> inboxOf(Receiver<T> receiver) {
        return Objects.requireNonNull(Inbox.of(endpointOf(receiver)));
    }

    /**
     * Adds a sender to all: each message goes to the receivers that have joined and not left when it gets its number. Where there is
     * none, it gets its number all the same.
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

    /**
     * Adds a receiver with an inbox of a given capacity.
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
        return receiverOf(sequencer.join(name, Arguments.capacity(capacity)));
    }

    /**
     * Returns the greatest number that has been given. Takes no lock.
     *
     * @return the number; before the first one, that which {@link Builder#startAfter} has set
     */
    @Override
    public long sequence() {
        return sequencer.sequence();
    }

    /**
     * A builder of dispatchers, for use by one thread. It can open several.
     */
    public static final class Builder extends CommonBuilder<Builder> {

        /** How many have been opened without a name. */
        private static final AtomicLong UNNAMED = new AtomicLong();

        private int inboxCapacity = 1024;
        private @Nullable Executor pumpExecutor;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets how many messages the inbox of a receiver can hold for which {@link Dispatcher#receiver(String, int)} does not say it.
         *
         * @param capacity from 1 to 2<sup>30</sup>; 1024 by default; memory is taken as needed
         * @return this
         * @throws IllegalArgumentException if there is no such capacity
         */
        public Builder inboxCapacity(int capacity) {
            inboxCapacity = Arguments.capacity(capacity);
            return this;
        }

        /**
         * Sets where pumps run: by default on virtual threads that the dispatcher owns and joins. An executor must run each
         * on a thread of its own, which it keeps until its sender has been closed and drained: a pool smaller than the
         * number of senders leaves some without a pump. A pump that is interrupted closes its sender.
         *
         * @param executor the executor
         * @return this
         */
        public Builder pumpExecutor(Executor executor) {
            pumpExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Opens a dispatcher with these settings. Where the compiler cannot infer the type of its messages, as with {@code var}, name it:
         * {@code .<Order>open()}.
         *
         * @param <T> the type of the messages
         * @return a new dispatcher
         */
        public <T> Dispatcher<T> open() {
            Core<T> core = new Core<>(
                    "dispatcher", nameOr("dispatcher", UNNAMED), MadeExceptions.INSTANCE, new FailureLog(listener));
            return new Dispatcher<>(
                    new Sequencer<>(core, startAfter, endWithLastSender, inboxCapacity, pumpExecutor), this);
        }
    }
}
