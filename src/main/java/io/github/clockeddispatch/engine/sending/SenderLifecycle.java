package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Feeder;
import io.github.clockeddispatch.engine.receiving.Hub;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.HubLock;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.Stop;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of a sender, {@code OPEN -> CLOSED -> DRAINED}: how it joins its dispatcher, who waits for what is in its channel, how
 * it closes, and what is lost with it. Called by its port and its pump, and by the {@link Sequencer}.
 */
final class SenderLifecycle<T> implements Feeder<T> {

    final Sequencer<T> sequencer;
    final Hub<T> hub;
    final String name;
    final Channel<T> channel;
    final Route<T> route;
    private final HubLock lock;
    private final List<Inbox<T>> targets;

    /** Whether its pump runs, or has run. Written by the pump, read by whoever gives up its channel. */
    private final AtomicBoolean started = new AtomicBoolean();

    /** Whether its pump has ended as its thread was interrupted. Written by the pump, read by whoever gives up its channel. */
    private volatile boolean interrupted;

    // guarded by the hub's lock

    /** When it joined, among the dispatcher's senders and receivers; 0 while it has not. */
    private long order;

    private final List<Checkpoint> checkpoints = new ArrayList<>(0);

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    private boolean drained;
    private long lost;

    /** Where that stood, or why it was given up. */
    private String lostWhere = "";

    /**
     * Makes a sender that has not joined yet.
     *
     * @param targets the receivers, each once; empty for all
     */
    SenderLifecycle(Sequencer<T> sequencer, String name, List<Inbox<T>> targets, int capacity) {
        this.sequencer = sequencer;
        this.hub = sequencer.hub();
        this.lock = hub.lock;
        this.name = name;
        this.targets = targets;
        this.channel = new Channel<>(capacity, lock, hub.exceptions);
        this.route = targets.size() == 1
                ? new Route.Direct<>(targets.get(0), lock.newCondition())
                : new Route.Several<>(this, hub, sequencer.reach(), lock.newCondition());
    }

    @Override
    public long order() {
        return order;
    }

    @Override
    public List<Inbox<T>> targets() {
        return targets;
    }

    /** Those to whom a message would go now. Under the hub's lock. */
    List<? extends Endpoint<T>> receivers() {
        return isBroadcast() ? hub.all() : targets;
    }

    /**
     * Under the hub's lock: joins, which takes its order and makes it a way to its receivers in one step (G11). Where this
     * throws, it has not joined.
     */
    void join() {
        order = hub.nextOrder();
        sequencer.reach().opened(this);
        joined = true;
    }

    /** Its pump begins to run. Called by the pump. Returns false where that has begun before. */
    boolean pumpStarted() {
        return started.compareAndSet(false, true);
    }

    /** Its pump ends as its thread was interrupted. Called by the pump, without a lock. */
    void pumpInterrupted() {
        interrupted = true;
        Stop why = Stop.closed("sender \"" + name + "\" is closed: its pump was interrupted");
        close(why);
        abandon(why);
    }

    /** A pump that waits for room looks again. Under the hub's lock. */
    void wake() {
        route.room.signal();
    }

    /** Why nothing can be delivered any more; null where it can. Read without the lock by senders. */
    @Nullable
    Stop dead() {
        Stop why = route.dead();
        if (why == null) {
            why = hub.failure();
        }
        return why == null && sequencer.numbersLeft() == 0 ? sequencer.noNumbersLeft() : why;
    }

    // ---- leaving

    void close(Stop why) {
        try {
            tryClose(why);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void tryClose(Stop why) {
        channel.lockBoth();
        try {
            if (!channel.isClosed()) {
                channel.close(why);
                if (joined) {
                    sequencer.closed(this);
                }
                checkDrained();
            }
        } finally {
            channel.unlockBoth();
        }
    }

    /** Where nobody is left to send to, gives up what is in the channel. */
    @Override
    public List<Stopping> targetStopped() {
        Stop why;
        lock.lock();
        try {
            why = dead();
        } finally {
            lock.unlock();
        }
        if (why != null) {
            abandon(why);
        }
        return List.of();
    }

    /** Gives up what is in the channel, and accepts nothing more. */
    void abandon(Stop why) {
        channel.lockBoth();
        try {
            Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
            String where = where(last);
            int messages = channel.abandon(why);
            if (last != null) {
                Objects.requireNonNull(Inbox.of(last)).discardedInChannel(messages);
            }
            LostAbove above = lostAbove(last);
            if (above != null) {
                above.add(toString(), () -> messages, where);
            } else if (messages > 0 && (last == null || !last.isDiscarded())) {
                lost += messages;
                lostWhere = where;
                receivers().forEach(target -> target.gaveUp(why));
            }
            passCheckpoints(checkpoint -> checkpoint.abandoned(why));
            route.forget();
            checkDrained();
        } finally {
            channel.unlockBoth();
        }
    }

    /** Under both locks, or under the hub's by who takes from the channel: whether it is drained now. */
    void checkDrained() {
        if (!drained && channel.size() == 0 && (channel.isClosed() || channel.stopped() != null)) {
            drained = true;
            sequencer.drained(this);
        }
    }

    /** Returns what was given up after its send had returned, except what a receiver has discarded; null for nothing. */
    @Nullable
    Loss lost() {
        return lost == 0 ? null : new Loss(lost, lostWhere);
    }

    /** Says where the messages in the channel stand, or why they will not be delivered. */
    private String where(@Nullable Endpoint<T> last) {
        Stop why = last == null ? null : last.stopped();
        if (why != null && why.lost() != null) {
            return "channel " + channel.size() + " of " + channel.capacity() + ", " + why.what();
        }
        if (why != null) {
            return last + (why.isFailure() ? " has failed at " + why.number() : " has stopped");
        }
        String obstacle =
                interrupted ? "its pump was interrupted" : started.get() ? route.where() : "its pump was not started";
        return (obstacle.isEmpty() ? "" : obstacle + ", ") + "channel " + channel.size() + " of " + channel.capacity();
    }

    /** Where it is told what is given up with a receiver; null where that is not with a link, as a merge below is closed. */
    private static @Nullable LostAbove lostAbove(@Nullable Endpoint<?> last) {
        Stop why = last == null || !last.isDiscarded() ? null : last.stopped();
        return why == null ? null : why.lost();
    }

    /** Says that what is in the channel has got no number in time. */
    String describeLate() {
        return "what " + this + " had accepted got no number (" + where(null) + ")";
    }

    /** Returns whether a receiver has discarded what this has given up. */
    boolean hasDiscarded() {
        Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
        return last != null && last.isDiscarded();
    }

    // ---- for those who watch

    /** Marks what is in the channel now. */
    Checkpoint checkpoint() {
        var checkpoint = new Checkpoint(channel.head(), channel.tail());
        if (!checkpoint.isPassed()) {
            checkpoints.add(checkpoint);
        }
        return checkpoint;
    }

    /** A wait of this thread for it. */
    Wait waitFor(Checkpoint checkpoint, Deadline deadline) {
        var target = new PumpProgress(this, "what has been sent by", () -> !checkpoint.isPassed(), checkpoint::end, 1);
        return new Wait(target, lock, hub.changed, deadline);
    }

    /** Nobody waits for it any more. */
    void forget(Checkpoint checkpoint) {
        checkpoints.remove(checkpoint);
    }

    /** Whether anybody waits for what is in the channel. */
    boolean hasCheckpoints() {
        return !checkpoints.isEmpty();
    }

    /** Takes a step with each checkpoint, and forgets those that are passed. Under the hub's lock. */
    void passCheckpoints(Consumer<Checkpoint> step) {
        checkpoints.forEach(step);
        if (checkpoints.removeIf(Checkpoint::isPassed)) {
            hub.changed.signalAll();
        }
    }

    Feeder.State state() {
        String state = channel.stopped() != null ? "stopped" : channel.isClosed() ? "closed" : "open";
        List<String> waitsFor =
                route.waitsFor().stream().map(inbox -> inbox.name).toList();
        return new Feeder.State(name, state, channel.capacity(), channel.size(), waitsFor, 0);
    }

    @Override
    public String toString() {
        return "sender \"" + name + "\" of " + hub;
    }
}
