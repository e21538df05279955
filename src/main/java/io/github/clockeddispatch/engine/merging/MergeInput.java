package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Announcement;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.Reachability;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A source of a merge: what a forwarder, or a link, owns. It joins, reaches receivers as they come, and ends: closed, failed, or with its
 * merge. It needs no thread: the readers merge.
 *
 * @see "docs/design.md: The merge"
 */
public final class MergeInput<T> extends LockedWriter<T> {

    private final long order;

    /** Whether it is a link's. Written before the link can be seen. */
    private volatile boolean isLink;

    // under the lock

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    /** What it had promised when it ended. */
    private long promisedAtEnd;

    private boolean drained;

    /**
     * The link, where its merge was closed: what is above is to be given up, by whoever comes first; or where it has failed: those
     * that it reaches are to fail, by whoever comes first.
     */
    private volatile @Nullable Relay<?, T> lastLink;

    private long lost;

    /**
     * Makes a source, which reaches nobody yet.
     *
     * @param targets the receivers, each once; empty for all
     * @param sequence where it stands
     */
    MergeInput(Merger<T> merger, String name, long order, List<MergeGate<T>> targets, int capacity, long sequence) {
        super(merger, name, targets, capacity, sequence);
        this.order = order;
    }

    @Override
    public long order() {
        return order;
    }

    /** The receiver of another dispatcher that a link comes from, also where it has failed; null for a forwarder. */
    @Nullable
    Endpoint<?> upperOrLast() {
        Relay<?, T> link = relay;
        link = link == null ? lastLink : link;
        return link == null ? null : link.from();
    }

    @Override
    public List<Stopping> targetStopped() {
        Relay<?, T> link = relay;
        if (link == null && !isFailing()) {
            link = lastLink; // read after the other, which is cleared after this was written
        }
        return link == null ? List.of() : link.targetStopped();
    }

    // ---- joining: under the lock

    /** It has joined, and reaches these from now on. */
    void opened(List<MergeGate<T>> reached) {
        joined = true;
        toNobody = isBroadcast() ? merger.toNobody() : 0;
        for (MergeGate<T> gate : reached) {
            var lane = new Way<>(this, gate, tail());
            add(lane);
            gate.opened(lane);
        }
    }

    /**
     * Makes a lane to a receiver that is about to join. A broadcast that is still held back, above where the receiver joins, is for it too,
     * also where this source has been closed.
     *
     * @return the lane; null where a reader has taken some of that meanwhile
     */
    @Nullable
    Way<T> wayTo(MergeGate<T> gate) {
        Way<T> most = null;
        for (Way<T> lane : lanes) {
            most = most == null || lane.size() > most.size() ? lane : most;
        }
        var lane = new Way<>(this, gate, most == null ? tail() : most.firstAbove(gate.joinedAt));
        return most == null || lane.copyFrom(most) ? lane : null;
    }

    /** The receiver of this lane has joined. */
    void receiverJoined(Way<T> lane) {
        toNobody = merger.toNobody();
        if (stop == null || (lane.size() > 0 && !isFailing())) {
            add(lane);
            lane.to.opened(lane);
        }
    }

    /** A receiver is about to join: nothing is accepted or promised meanwhile. Returns what is promised. */
    long sealForJoin() {
        lockOut();
        return promised();
    }

    /** A link: where its promises come from, from now on. */
    void follow(Relay<?, T> link) {
        isLink = true;
        relay = link;
        for (Way<T> lane : lanes) {
            lane.to.linked(link.from());
        }
    }

    // ---- leaving: under the lock, if nothing else is said

    /** A lane has been read to its end, and nothing more comes on it. */
    void passed(Lane<T> lane) {
        remove(lane);
        checkDrained();
    }

    /** Its reader sleeps, with nothing on the lane: gives back memory. */
    void shrink(Lane<T> lane) {
        lockOut();
        lane.shrink(Inbox.KEPT_SLOTS);
    }

    /** The receiver at the end of a lane has stopped: it will get nothing more. */
    void lose(Way<T> lane) {
        lockOut();
        MergeGate<T> gate = lane.to;
        long first = lane.head();
        int due = lane.due(gate.bound());
        long lastLeft = lane.last();
        int left = lane.giveUp();
        gate.cut(lane, left, due);
        remove(lane);
        if (left > due && !gate.isDiscarded()) {
            long end = tail();
            for (Way<T> other : lanes) {
                end = Math.min(end, other.head()); // what another one has not passed is not lost
            }
            lost += Math.max(0, end - first - due);
            gate.gaveUp(Objects.requireNonNull(gate.stopped()));
        }
        wakeForward();
        if (isBroadcast() && lanes.length == 0 && !isFailing()) {
            merger.toNobody(Math.max(lastLeft, lane.to.intake.taking())); // which may be about to be put back
        }
        if (isFailing() && lanes.length == 0) {
            leave(); // it waited for those that it reached to fail with it
        }
        checkDrained();
    }

    /**
     * F5: nothing more will come; what was accepted is still delivered. Where it has refused a message, as its merge is being closed, it
     * leaves with the merge: no clock may pass that. Takes the lock.
     */
    public void close(StopReason why) {
        core.wholly(() -> {
            if (stop == null && !hasRefused) {
                end(why);
                // the thread that forwards may be about to write the former
                merger.left(this, Math.max(lastSequence(), lastOnLanes()));
                leave();
            }
        });
    }

    /** Accepts and promises nothing any more. */
    private void end(StopReason why) {
        lockOut();
        promisedAtEnd = promised();
        merger.left(this, promisedAtEnd);
        promiseSealed(promise());
        stop = why;
        relay = null;
        Announcement.left(
                core, isLink ? "link" : "forwarder", name(), promisedAtEnd, why.isFailure() ? "failed" : "closed");
        wakeForward();
    }

    /** It has ended: it is no way to anybody any more, and when it has nothing left it is drained. */
    private void leave() {
        promiseSealed(ALL);
        for (Way<T> lane : lanes.clone()) {
            lane.to.closed(lane);
        }
        if (joined) {
            joined = false;
            merger.closed(this);
        }
        checkDrained();
    }

    /** F5: fails all that it reaches. Takes the lock. */
    public void fail(Throwable cause) {
        core.whole(
                () -> { // else it has ended, and those that it reaches may not have failed
                    Stopping.all(new ArrayDeque<>(failed(cause)));
                    return true;
                });
    }

    /** Fails, and tells what is to be stopped therefore. Takes the lock. */
    List<Stopping> failed(Throwable cause) {
        List<Stopping> reached = new ArrayList<>();
        core.wholly(() -> {
            StopReason why = stop;
            if (why == null) {
                lockOut();
                long sequence = promised();
                why = StopReason.failed(this + " has failed at number " + sequence, cause, sequence);
                lastLink = relay;
                end(why);
                if (lanes.length == 0) {
                    leave();
                }
            }
            if (why.isFailure()) { // before, too: whoever made it fail may not have come to them
                String how = "has failed, as " + this + " has failed,";
                for (Way<T> lane : lanes) {
                    reached.add(new Stopping(lane.to, Objects.requireNonNull(why.cause()), how, false));
                }
            }
        });
        return reached;
    }

    /** Its merge is being closed: nothing more is accepted. A link goes on until it has brought what there was above. */
    void refuse() {
        if (relay == null) {
            lockOut();
            wakeForward();
        }
    }

    /**
     * Its merge is being closed, and it is a link's: nothing above the last number is accepted any more. What has come of that may come
     * whole. Takes the lock.
     *
     * @return the number, of what has not been given yet; 0 where all of it has
     */
    long endAfterLast() {
        lock.lock();
        try {
            lockOut();
            endsAfterLast = true;
            wakeForward();
            return lastOnLanes();
        } finally {
            lock.unlock();
        }
    }

    /** Its merge is closed, and no promise counts any more: ends, and gives up what is not due. */
    void closeWithMerge(StopReason why) {
        if (stop == null) {
            lastLink = relay;
            end(why);
        }
        long most = 0;
        for (Way<T> lane : lanes) {
            int left = lane.forgetAbove(lane.to.bound());
            most = Math.max(most, left);
            lane.to.gaveUp(why, left);
        }
        lost += most;
    }

    /** Waits until the receivers have finished what it has promised, unless they stop or their merge is closed. Without a lock. */
    void awaitFinished() throws InterruptedException {
        long promised = promised();
        for (MergeGate<T> target : targets()) {
            try {
                var unused = target.waits.await(promised, Deadline.NEVER);
            } catch (RuntimeException e) {
                // it never will
            }
        }
    }

    /** Something that was to come here was lost above, as the dispatcher there was closed. Takes the lock. */
    void losesAbove() {
        lock.lock();
        try {
            targets().forEach(target -> target.lostAtClose = true);
        } finally {
            lock.unlock();
        }
    }

    /** A message was taken while its merge was closed, and is not due. */
    void losesOne(Way<T> lane) {
        lost++;
        lane.to.gaveUp(Objects.requireNonNull(stop), 1);
    }

    /** Gives up what has not been delivered: all of the merge has failed. */
    void abandon(StopReason why) {
        if (stop == null) {
            end(why);
        }
        for (Way<T> lane : lanes.clone()) {
            lose(lane);
        }
        leave();
    }

    private void checkDrained() {
        if (!drained && stop != null && lanes.length == 0) {
            drained = true;
            merger.drained(this);
        }
    }

    @Override
    @Nullable
    public Loss lost() {
        return lost == 0 ? null : new Loss(lost, "in its buffer of " + capacity);
    }

    /**
     * A receiver has been discarded, and this goes on to others. Brings nothing more for now, and returns the receiver above, from which
     * things will not get to that one; null for none.
     */
    @Nullable
    Endpoint<?> goesOnFrom() {
        Relay<?, T> link = relay;
        if (link == null || Reachability.lastToStop(targets()) != null) {
            return null;
        }
        lockOut();
        return link.from();
    }

    // ---- for those who watch

    @Override
    public Producer.State state() {
        List<String> waitsFor = Arrays.stream(lanes)
                .filter(lane -> lane.size() >= capacity)
                .map(lane -> lane.to.name)
                .toList();
        int queued = Arrays.stream(lanes).mapToInt(Way::size).max().orElse(0);
        long waitingNanos = waitingNanos();
        return new Producer.State(
                name(),
                isLink ? Role.LINK : Role.FORWARDER,
                stop == null ? Life.OPEN : Life.CLOSED,
                capacity,
                queued,
                waitingNanos == 0 ? 0 : 1,
                waitsFor,
                waitingNanos,
                stop == null ? promised() : promisedAtEnd);
    }

    @Override
    public String called() {
        return (isLink ? "link \"" : "forwarder \"") + name() + "\"";
    }

    @Override
    public String toString() {
        return called();
    }
}
