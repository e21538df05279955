package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.merging.MergeGate;
import io.github.clockeddispatch.engine.merging.Merger;
import io.github.clockeddispatch.engine.receiving.Core;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The forwarding dispatcher, or <i>merge</i>: it takes messages that have numbers already, from several sources, and gives
 * each receiver what is addressed to it in the order of the numbers. Its clocks speak the same numbers. So a number that
 * {@link Sender#dispatch} returned at the top can be waited for at the bottom, however many dispatchers lie between.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="merge"}
 *
 * <p>For each receiver, w is the least number that all open forwarders that can reach it have promised; where none can, the
 * greatest that any has. The receiver is given everything accepted for it that is numbered up to w, in the order of (number,
 * joining of the forwarder, acceptance), and nothing above; its clock is bounded by w, and by what it has not finished. The
 * same number from two forwarders is two messages.
 *
 * <p>It merges by promises, exactly and without timers (as frontiers in Murray et al., <i>Naiad</i>, SOSP 2013, section 2.3,
 * with totally ordered numbers). A source that is silent, and does not {@linkplain Forwarder#advance advance}, holds up the
 * receivers that it can reach, and nobody else; {@link #snapshot()} names it.
 *
 * <p>It is made for a try block: nothing that it starts outlives {@link #close()}.
 *
 * <p>All methods may be called by any thread.
 *
 * @param <T> the type of the messages
 */
public final class ForwardingDispatcher<T> extends CommonDispatcher<T> {

    private final Merger<T> merger;

    private ForwardingDispatcher(Merger<T> merger, Builder builder) {
        super(merger.core(), merger, builder);
        this.merger = merger;
    }

    /**
     * Opens a merge with the default settings.
     *
     * @param <T> the type of the messages
     * @return a new merge, which is started
     */
    public static <T> ForwardingDispatcher<T> open() {
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
     * Adds a forwarder, to one receiver or to several. It joins at the greatest w of those that it addresses: it can forward
     * what is numbered above that. Each message goes to all that it addresses; one of them that is full or held up holds up
     * no other, and those that were discarded or have failed are skipped.
     *
     * @param name its name, unique among the open forwarders
     * @param receivers the receivers that it addresses, at least one; one that is named twice counts once
     * @return the forwarder
     * @throws IllegalArgumentException if an open forwarder has that name, a receiver is another dispatcher's, or there is none
     * @throws ClosedException if a receiver was discarded or has ended, or this merge is closed
     * @throws FailedException if a receiver or this merge has failed
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Forwarder<T> forwarder(String name, Receiver<T>... receivers) {
        Objects.requireNonNull(name, "name");
        return new Forwarder<>(merger.joining.open(
                name, targets("forwarder \"" + name + "\"", Objects.requireNonNull(receivers, "receivers"))));
    }

    /**
     * Adds a forwarder to all: to the receivers that have joined and not left when a message is accepted.
     *
     * @param name its name, unique among the open forwarders
     * @return the forwarder
     * @throws IllegalArgumentException if an open forwarder has that name
     * @throws ClosedException if this merge is closed
     * @throws FailedException if this merge has failed
     */
    public Forwarder<T> broadcaster(String name) {
        Objects.requireNonNull(name, "name");
        return new Forwarder<>(merger.joining.open(name, List.of()));
    }

    /**
     * Runs a receiver of another dispatcher into this merge: what that receiver is given is forwarded, and its clock is what
     * the link promises, also after its end, until the other dispatcher is closed. First it promises
     * {@code from.clock().time()}. From now on the link is that receiver's reader.
     *
     * @param from a receiver of another dispatcher, of either kind
     * @param to the receivers of this merge that get each message, at least one
     * @return the link
     * @throws IllegalArgumentException if {@code to} is empty or has a receiver of another dispatcher, or if what comes from
     *     here gets to {@code from}
     * @throws IllegalStateException if {@code from} is being read, or if it holds something unfinished up to the number at
     *     which the link would join; nothing was changed
     * @throws ClosedException if a receiver was discarded, one of {@code to} has ended, or this merge is closed
     * @throws FailedException if a receiver or this merge has failed
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final Link link(Receiver<T> from, Receiver<T>... to) {
        Objects.requireNonNull(from, "from");
        return new Link(merger.links.<T>link(
                from.endpoint, null, targets("the link from " + from, Objects.requireNonNull(to, "to"))));
    }

    /**
     * Adds a link with a function in it: each message becomes any number of messages, all with its number. An exception in
     * the function fails the link, the receivers that it leads to, and the one that it comes from.
     *
     * @param <S> the type of the messages that come in
     * @param from a receiver of another dispatcher, of either kind
     * @param stage the function, called with each message in the link's thread
     * @param to the receivers of this merge that get what the stage returns, at least one
     * @return the link
     * @throws IllegalArgumentException as {@link #link}
     * @throws IllegalStateException as {@link #link}
     * @throws ClosedException as {@link #link}
     * @throws FailedException as {@link #link}
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final <S> Link stage(Receiver<S> from, Stage<? super S, ? extends T> stage, Receiver<T>... to) {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(stage, "stage");
        return new Link(merger.links.<S>link(
                from.endpoint, stage::apply, targets("the stage from " + from, Objects.requireNonNull(to, "to"))));
    }

    private List<MergeGate<T>> targets(String what, Receiver<T>[] receivers) {
        List<MergeGate<T>> targets = Merger.gates(inboxesOf(Arrays.asList(receivers)));
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(what + " needs at least one receiver, but got []");
        }
        return targets;
    }

    /**
     * Starts a merge that was {@linkplain Builder#held() held}: from now on numbers move. Otherwise it does nothing.
     *
     * @throws ClosedException if this merge is closed
     * @throws FailedException if this merge has failed
     */
    public void start() {
        merger.joining.start();
    }

    /**
     * Returns the greatest number up to which everything for some receiver has come: the greatest w. Takes time in proportion to the
     * number of receivers.
     *
     * @return the number; at first, that which {@link Builder#startAfter} has set
     */
    @Override
    public long sequence() {
        return merger.sequence();
    }

    /**
     * A builder of merges, for use by one thread. It can open several.
     */
    public static final class Builder extends CommonBuilder<Builder> {

        /** How many have been opened without a name. */
        private static final AtomicLong UNNAMED = new AtomicLong();

        private boolean held;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /**
         * Holds the merge: no number moves until {@link ForwardingDispatcher#start()}, so that all sources can join at the same point.
         *
         * @return this
         */
        public Builder held() {
            held = true;
            return this;
        }

        /**
         * Opens a merge with these settings. Where the compiler cannot infer the type of its messages, as with {@code var}, name it:
         * {@code .<Order>open()}.
         *
         * @param <T> the type of the messages
         * @return a new merge
         */
        public <T> ForwardingDispatcher<T> open() {
            Core<T> core =
                    new Core<>("merge", nameOr("merge", UNNAMED), MadeExceptions.INSTANCE, new FailureLog(listener));
            return new ForwardingDispatcher<>(
                    new Merger<>(core, startAfter, channelCapacity, endWithLastSender, held), this);
        }
    }
}
