package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import java.util.List;

/**
 * A set of receivers of a {@link Dispatcher} that can change while senders send to it. Each message goes to the members of the moment at
 * which it gets its number; there may be none. {@link #add} and {@link #remove} return the number after which, and up to which, a receiver
 * is a member. So a view is replaced without a gap: with {@code j = add(next)} and {@code k = remove(last)}, the last one is given all up
 * to k, and the next one all after j, which is at most k.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="group"}
 *
 * <p>A group has no end, and names of groups need not be unique.
 *
 * <p>All methods may be called by any thread.
 *
 * @param <T> the type of the messages
 */
public final class Group<T> {

    private final Dispatcher<T> dispatcher;
    final TargetGroup<T, Receiver<T>> targets;

    Group(Dispatcher<T> dispatcher, TargetGroup<T, Receiver<T>> targets) {
        this.dispatcher = dispatcher;
        this.targets = targets;
    }

    /**
     * Adds a receiver: it is given what is sent to this group and numbered after the number that this returns, and nothing of it
     * up to there. What waits in channels is numbered later. Like any member, it holds up the senders to this group while its
     * inbox is full: so have it read soon.
     *
     * @param receiver the receiver
     * @return the greatest number given so far; where it is a member, what was returned when it was added
     * @throws IllegalArgumentException if the receiver is another dispatcher's
     * @throws ClosedException if the receiver was discarded or has ended, or the dispatcher is closed
     * @throws FailedException if the receiver or the dispatcher has failed
     */
    public long add(Receiver<T> receiver) {
        return targets.add(inboxOf(receiver), receiver);
    }

    /**
     * Takes a receiver out: it is given what is sent to this group and numbered up to the number that this returns, and nothing
     * of it after that. Messages that wait for room in its inbox go on without it. If no other open sender can reach it, it
     * {@linkplain Delivery.End ends}, unless {@code Builder.endWithLastSender(false)} was set: to move it to another group, add it
     * there first.
     *
     * <p>Its clock goes on with the counter, as nothing is for it any more: above the number that this returns, it tells
     * nothing of what is sent to this group. To wait for a view that may be replaced, wait for the {@linkplain Sender#clock()
     * sender's clock}.
     *
     * @param receiver the receiver; where it is no member, nothing changes
     * @return the greatest number given so far
     * @throws IllegalArgumentException if the receiver is another dispatcher's
     */
    public long remove(Receiver<T> receiver) {
        return targets.remove(inboxOf(receiver));
    }

    private Inbox<T> inboxOf(Receiver<T> receiver) {
        return dispatcher.inboxOf(receiver);
    }

    /**
     * Returns the receivers that a message numbered now would reach. Those that have ended, were discarded or have failed are not among
     * them.
     *
     * @return a copy, in the order in which they were added
     */
    public List<Receiver<T>> members() {
        return List.copyOf(targets.members());
    }

    /**
     * Returns the name that it was made with.
     *
     * @return the name
     */
    public String name() {
        return targets.name;
    }

    /**
     * Returns a string that identifies this group.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return targets.toString();
    }
}
