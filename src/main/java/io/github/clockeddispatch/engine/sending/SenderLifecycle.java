package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Announcement;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Causes.Kind;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of a sender, {@code OPEN -> CLOSED -> DRAINED}: how it joins its dispatcher, who waits for what is in its channel, how
 * it closes, and what is lost with it. Called by its port and its pump, and by the {@link Sequencer}.
 *
 * @see "docs/design.md: Ends"
 */
final class SenderLifecycle<T> implements Producer<T> {

    final Sequencer<T> sequencer;
    final Core<T> core;
    final String name;
    final Channel<T> channel;
    final Route<T> route;
    private final CoreLock lock;
    private final List<Inbox<T>> targets;
    private final @Nullable TargetGroup<T, ?> group;

    /** Whether its pump runs, or has run. Written by the pump, read by whoever gives up its channel. */
    private final AtomicBoolean started = new AtomicBoolean();

    /** Whether its pump has ended as its thread was interrupted. Written by the pump, read by whoever gives up its channel. */
    private volatile boolean interrupted;

    // guarded by the core's lock

    /** When it joined, among the dispatcher's senders and receivers; 0 while it has not. */
    private long order;

    private final List<DrainMarker<T>> markers = new ArrayList<>(0);

    /** Those that send what publishers publish. */
    private final Set<SendAll<T>> sendAlls = new HashSet<>(0);

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    private boolean drained;
    private long lost;

    /** Where that stood, or why it was given up. */
    private String lostWhere = "";

    /**
     * Makes a sender that has not joined yet.
     *
     * @param targets the receivers, each once; empty for all, or for a group
     * @param group the group; null for none
     */
    SenderLifecycle(
            Sequencer<T> sequencer,
            String name,
            List<Inbox<T>> targets,
            @Nullable TargetGroup<T, ?> group,
            int capacity) {
        this.sequencer = sequencer;
        this.core = sequencer.core();
        this.lock = core.lock;
        this.name = name;
        this.targets = targets;
        this.group = group;
        this.channel = new Channel<>(capacity, lock, core.exceptions);
        this.route = targets.size() == 1
                ? new Route.Unicast<>(targets.get(0), lock.newCondition())
                : new Route.Multicast<>(this, core, sequencer.reachability(), lock.newCondition());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long order() {
        return order;
    }

    @Override
    public List<Inbox<T>> targets() {
        return group == null ? targets : group.targets();
    }

    @Override
    public @Nullable TargetGroup<T, ?> group() {
        return group;
    }

    /** Those to whom a message would go now. Under the core's lock. */
    List<? extends Endpoint<T>> receivers() {
        return isBroadcast() ? core.all() : targets();
    }

    /**
     * Under the core's lock: joins, which takes its order and makes it a way to its receivers in one step (G11). Where this
     * throws, it has not joined.
     */
    void join() {
        order = core.nextOrder();
        sequencer.reachability().opened(this);
        joined = true;
        Announcement.joined(core, "sender", name, sequencer.sequence());
    }

    /** Its pump begins to run. Called by the pump. Returns false where that has begun before. */
    boolean pumpStarted() {
        return started.compareAndSet(false, true);
    }

    /** Its pump ends as its thread was interrupted. Called by the pump, without a lock. */
    void pumpInterrupted() {
        interrupted = true;
        StopReason why = StopReason.closed("sender \"" + name + "\" is closed: its pump was interrupted");
        close(why);
        abandon(why);
    }

    /** A pump that waits for room looks again. Under the core's lock. */
    void wake() {
        route.slotFree.signal();
    }

    /** Why nothing can be delivered any more; null where it can. Read without the lock by senders. */
    @Nullable
    StopReason dead() {
        StopReason why = route.dead();
        if (why == null) {
            why = core.failure();
        }
        return why == null && sequencer.numbersLeft() == 0 ? sequencer.noSequencesLeft() : why;
    }

    // ---- what publishers publish

    /** Starts one that sends it. Under the core's lock. */
    void begin(SendAll<T> all) {
        sendAlls.add(all);
        try {
            core.threads.start(all.thread());
        } catch (RuntimeException | Error e) {
            sendAlls.remove(all);
            throw e;
        }
    }

    /** One has ended. */
    void ended(SendAll<T> all) {
        lock.lock();
        try {
            sendAlls.remove(all);
        } finally {
            lock.unlock();
        }
    }

    // ---- leaving

    void close(StopReason why) {
        try {
            tryClose(why);
        } catch (Error e) {
            core.broken(e);
            throw e;
        }
    }

    private void tryClose(StopReason why) {
        channel.lockBoth();
        try {
            if (!channel.isClosed()) {
                channel.close(why);
                sendAlls.forEach(SendAll::wake);
                if (joined) {
                    sequencer.closed(this);
                    Announcement.left(core, "sender", name, sequencer.sequence(), "closed");
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
        StopReason why;
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
    void abandon(StopReason why) {
        channel.lockBoth();
        try {
            Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
            String where = where(last);
            int messages = channel.abandon(why);
            sendAlls.forEach(SendAll::wake);
            if (last != null) {
                Objects.requireNonNull(Inbox.of(last)).discardedInChannel(messages);
            }
            LostAbove above = lostAbove(last);
            if (above != null) {
                above.add(this, messages, where);
            } else if (messages > 0 && (last == null || !last.isDiscarded())) {
                lost += messages;
                lostWhere = where;
                receivers().forEach(target -> target.gaveUp(why));
            }
            passMarkers(marker -> marker.abandoned(why));
            route.forget();
            checkDrained();
        } finally {
            channel.unlockBoth();
        }
    }

    /** Under both locks, or under the core's by who takes from the channel: whether it is drained now. */
    void checkDrained() {
        if (!drained && channel.size() == 0 && (channel.isClosed() || channel.stopped() != null)) {
            drained = true;
            sequencer.drained(this);
        }
    }

    @Override
    @Nullable
    public Loss lost() {
        return lost == 0 ? null : new Loss(lost, lostWhere);
    }

    /** Says where the messages in the channel stand, or why they will not be delivered. */
    private String where(@Nullable Endpoint<T> last) {
        StopReason why = last == null ? null : last.stopped();
        if (why != null && why.lost() != null) {
            return "channel " + channel.size() + " of " + channel.capacity() + ", " + why.what();
        }
        if (why != null) {
            return last + (why.isFailure() ? " has failed at " + why.sequence() : " has stopped");
        }
        String obstacle =
                interrupted ? "its pump was interrupted" : started.get() ? route.where() : "its pump was not started";
        return (obstacle.isEmpty() ? "" : obstacle + ", ") + "channel " + channel.size() + " of " + channel.capacity();
    }

    /** Returns what collects the losses above a link, where the receiver was discarded as the merge below was closed; else null. */
    private static @Nullable LostAbove lostAbove(@Nullable Endpoint<?> last) {
        StopReason why = last == null || !last.isDiscarded() ? null : last.stopped();
        return why == null ? null : why.lost();
    }

    /** Returns a text that says that what is in the channel got no number in time. */
    String describeLate() {
        return "what " + this + " had accepted got no number (" + where(null) + ")";
    }

    /** Returns whether something is in its channel. */
    boolean hasQueued() {
        return channel.size() > 0;
    }

    /** Adds why a message in its channel, or at the end of it, has no number yet. Under the core's lock. */
    void explain(Causes causes) {
        String taken = channel.size() + " of " + channel.capacity();
        String channelOf = causes.of(name, "its channel", "the channel of sender");
        List<Inbox<T>> full = Inbox.all(isBroadcast() ? core.endpoints() : targets()).stream()
                .filter(Inbox::isFull)
                .toList();
        if (channel.size() >= channel.capacity()) {
            causes.add(Kind.NO_ROOM, name, 0, 0, channelOf + " is full (" + taken + ")");
        } else if (full.isEmpty()) {
            String pumpOf = causes.of(name, "its pump", "the pump of sender");
            causes.add(Kind.NOT_NUMBERED, name, 0, 0, pumpOf + " has not come to it (channel " + taken + ")");
        } else if (hasQueued()) {
            causes.add(Kind.NOT_NUMBERED, name, 0, 0, channelOf + " holds " + taken);
        }
        if (!full.isEmpty()) {
            full.get(0).explainFull(full.size() - 1, causes);
        }
    }

    /** Returns whether a receiver has discarded what this has given up. */
    boolean hasDiscarded() {
        Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
        return last != null && last.isDiscarded();
    }

    // ---- for those who watch

    /** Marks what is in the channel now. */
    DrainMarker<T> marker() {
        var marker = new DrainMarker<T>(channel.head(), channel.tail());
        if (!marker.isPassed()) {
            markers.add(marker);
        }
        return marker;
    }

    /** A wait of this thread for it. */
    Wait waitFor(DrainMarker<T> marker, Deadline deadline) {
        var target = new PumpProgress(
                this, Wait.Kind.NUMBER, "what has been sent by", () -> !marker.isPassed(), marker::end, 1);
        return new Wait(target, lock, core.changed, deadline);
    }

    /** Nobody waits for it any more. */
    void forget(DrainMarker<T> marker) {
        markers.remove(marker);
    }

    /** Returns whether anybody waits for what is in the channel. */
    boolean hasMarkers() {
        return !markers.isEmpty();
    }

    /** Takes a step with each drain marker, and forgets those that are passed. Under the core's lock. */
    void passMarkers(Consumer<DrainMarker<T>> step) {
        markers.forEach(step);
        if (markers.removeIf(DrainMarker::isPassed)) {
            core.changed.signalAll();
        }
    }

    @Override
    public Producer.State state() {
        Life life = channel.stopped() != null ? Life.STOPPED : channel.isClosed() ? Life.CLOSED : Life.OPEN;
        List<String> waitsFor =
                route.waitsFor().stream().map(inbox -> inbox.name).toList();
        return new Producer.State(
                name,
                Role.SENDER,
                life,
                channel.capacity(),
                channel.size(),
                channel.blocked(),
                waitsFor,
                waitsFor.isEmpty() ? 0 : route.waitingNanos(),
                0);
    }

    @Override
    public String called() {
        return "sender \"" + name + "\"";
    }

    @Override
    public String toString() {
        return called() + " of " + core;
    }
}
