package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Backlog;
import io.github.clockeddispatch.progress.Frontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a forwarder owns: its promise, and a bounded buffer of what it has forwarded, which each receiver passes at its own
 * pace. It needs no thread: whoever raises a promise, frees room or reads an empty inbox carries on what is due. All under
 * the hub's lock.
 */
final class Source<T> implements Feeder<T> {

    private final Merger<T> merger;
    private final Hub<T> hub;
    private final ReentrantLock lock;
    private final String name;
    private final long order;
    private final List<Inbox<T>> targets;
    private final int capacity;
    private final Condition room;
    private final Backlog<T> backlog = new Backlog<>();

    /** One for each receiver that it reaches and that has not stopped. */
    private final List<Lane<T>> lanes = new ArrayList<>(1);

    /** f: nothing numbered up to there will come any more. For a link, as far as it has been needed. */
    final Frontier promise;

    /** Where a link's promise comes from; null for a forwarder, and where nothing more comes from there. */
    private @Nullable Upstream upstream;

    /** The greatest number that was accepted; 0 for none. */
    private long forwarded;

    /** The thread that forwards. */
    private @Nullable Thread user;

    /** Whether it waits for room. */
    private boolean blocked;

    /** Why it accepts nothing any more; null while it does. Written once. */
    private @Nullable Stop stop;

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    private boolean drained;
    private long lost;

    /** When it is closed with its merge: the position of the first message that will not get everywhere. */
    private long firstLost = Long.MAX_VALUE;

    /**
     * Makes a source, which reaches nobody yet.
     *
     * @param targets the receivers, each once; empty for all
     * @param number where it stands
     */
    Source(Merger<T> merger, String name, long order, List<Inbox<T>> targets, int capacity, long number) {
        this.merger = merger;
        this.hub = merger.hub();
        this.lock = hub.lock;
        this.name = name;
        this.order = order;
        this.targets = targets;
        this.capacity = capacity;
        this.promise = new Frontier(number);
        this.room = lock.newCondition();
    }

    String name() {
        return name;
    }

    @Override
    public long order() {
        return order;
    }

    @Override
    public List<Inbox<T>> targets() {
        return targets;
    }

    /**
     * From now on it can reach this receiver, unless it has ended. A broadcast that is still held back, above where the
     * receiver joins, is for it too, also of one that has been closed.
     */
    void reach(Gate<T> gate) {
        Stop why = stop;
        long joinedAt = gate.inbox().joinedAt;
        boolean hasSome = backlog.size() > 0 && backlog.number(backlog.tail() - 1) > joinedAt;
        if (why != null && (why.isFailure() || !hasSome)) {
            return;
        }
        long position = backlog.tail();
        while (position > backlog.head() && backlog.number(position - 1) > joinedAt) {
            backlog.share(--position);
        }
        Lane<T> lane = new Lane<>(this, gate, position);
        lanes.add(lane);
        gate.opened(lane);
        for (; position < backlog.tail(); position++) {
            gate.offered(lane, backlog.number(position), position == lane.position);
        }
    }

    /** It has joined. */
    void opened() {
        joined = true;
    }

    // ---- forwarders

    /**
     * Accepts a message.
     *
     * @param part whether more with that number may come
     * @return false where there was no room in time
     */
    boolean forward(long number, T payload, boolean part, Deadline deadline) throws InterruptedException {
        try {
            return tryForward(number, payload, part, deadline);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private boolean tryForward(long number, T payload, boolean part, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            enter();
            try {
                checkOpen(number);
                if (!hasRoom(number)) {
                    raise(number - 1);
                    if (!awaitRoom(number, deadline)) {
                        return false;
                    }
                }
                append(number, payload);
                appended(part ? number - 1 : number);
                return true;
            } finally {
                user = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void enter() {
        if (user != null) {
            throw new IllegalStateException(this + " is being used by another thread, " + user);
        }
        user = Thread.currentThread();
    }

    /** Throws unless a message with this number can be accepted. */
    void checkOpen(long number) {
        checkOpen();
        if (number <= promised()) {
            throw new LateMessageException(name, number, promise.value());
        }
    }

    private void checkOpen() {
        Stop why = stop;
        if (why == null) {
            if (upstream == null) {
                hub.checkOpen("be forwarded");
            } else {
                hub.checkNotFailed(); // when a merge is closed, its links are drained first
            }
            why = dead();
        }
        if (why != null) {
            throw why.exception();
        }
    }

    /** Why nobody is left to forward to; null where somebody is, or can come. */
    private @Nullable Stop dead() {
        if (isBroadcast() || !lanes.isEmpty()) {
            return null;
        }
        return Objects.requireNonNull(Reach.lastToStop(targets)).stopped();
    }

    private boolean hasRoom() {
        return backlog.size() < capacity;
    }

    /**
     * Whether a message can be accepted. Where the buffer is full of nothing but parts of its number, it can: none of them
     * goes on before that number is promised, and so who waited for room would wait for itself.
     */
    boolean hasRoom(long number) {
        return hasRoom() || backlog.number(backlog.head()) == number;
    }

    /** Waits until a message can be accepted. Lets go of the lock meanwhile. */
    boolean awaitRoom(long number, Deadline deadline) throws InterruptedException {
        var waiting = new Waiting.ForBuffer(this, room, deadline);
        try {
            setBlocked(true); // which may make room
            if (!hasRoom(number)) {
                waiting.begin();
                checkOpen(number);
            }
            while (!hasRoom(number)) {
                if (!waiting.await()) {
                    return false;
                }
                checkOpen(number);
            }
            return true;
        } finally {
            waiting.end();
            setBlocked(false);
        }
    }

    // ---- who waits for whom

    /** Adds the threads that must go on before more is promised than now, if that is less than a number. Under the lock. */
    void addBlockersOfPromise(long number, Thread waiter, Set<Thread> threads) {
        if (stop == null && promised() < number) {
            if (user != null) {
                threads.add(user);
            }
            if (upstream != null) {
                upstream.addBlockers(number, waiter, threads);
            }
        }
    }

    /** Adds the threads that must go on before there is room. Takes the lock. */
    void addBlockersOfRoom(Thread waiter, Set<Thread> threads) {
        lock.lock();
        try {
            if (stop == null && !hasRoom()) {
                for (Lane<T> lane : lanes) {
                    if (lane.position == backlog.head()) {
                        lane.gate.addBlockers(lane, waiter, threads);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    Hub<T> hub() {
        return hub;
    }

    private void setBlocked(boolean isBlocked) {
        if (blocked != isBlocked) {
            blocked = isBlocked;
            for (Lane<T> lane : List.copyOf(lanes)) {
                lane.gate.blocked(isBlocked);
            }
        }
    }

    boolean isOpen() {
        return stop == null;
    }

    boolean isBlocked() {
        return blocked;
    }

    /** Accepts a message, there being room. {@link #appended} is to follow. */
    void append(long number, T payload) {
        forwarded = number;
        if (lanes.isEmpty()) {
            return; // to nobody
        }
        backlog.reserve();
        long position = backlog.tail();
        backlog.append(number, payload, lanes.size());
        for (int i = 0; i < lanes.size(); i++) {
            Lane<T> lane = lanes.get(i);
            lane.gate.offered(lane, number, lane.position == position);
        }
    }

    /** Lets go on what has been appended, and promises. */
    void appended(long promised) {
        publish(promised);
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(i).gate.offered();
        }
        tell();
    }

    /** Raises the promise; does nothing where it is there already. */
    void raise(long number) {
        publish(number);
        tell();
    }

    private void publish(long number) {
        if (number > promise.value()) {
            promise.publish(number);
            merger.learn(number);
        }
    }

    /** Tells those who need the promise, also where it was raised by being read. */
    private void tell() {
        promise.tell();
        merger.tell();
        if (user != null) {
            room.signal(); // it may have been overtaken
        }
    }

    void advance(long number) {
        try {
            lock.lock();
            try {
                checkOpen();
                raise(number);
            } finally {
                lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    // ---- the promise

    /** Where a link's promises come from, from now on. */
    void follow(Upstream clock) {
        upstream = clock;
    }

    /** f, as it is now. */
    long promised() {
        if (upstream != null) {
            publish(upstream.time());
        }
        return promise.value();
    }

    /** Somebody needs the promise to rise: where it comes from another clock, has it tell. */
    void watchUpstream() {
        if (upstream != null) {
            upstream.watch(needed());
        }
    }

    /** The least number that somebody needs to be promised; {@code Long.MAX_VALUE} for none. */
    long needed() {
        return Math.min(promise.firstWatched(), merger.knownFrontier().firstWatched());
    }

    /** Why a link that leads to its receivers cannot go on: one has failed, or all are closed; null where it can. */
    @Nullable
    Stop stopBelow() {
        lock.lock();
        try {
            for (Inbox<T> target : targets) {
                Stop why = target.stopped();
                if (why != null && why.isFailure()) {
                    return why;
                }
            }
            return dead();
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Upstream upstream() {
        return upstream;
    }

    // ---- gates

    boolean hasNext(Lane<T> lane) {
        return lane.position < Math.min(lane.end, backlog.tail());
    }

    long number(Lane<T> lane) {
        return backlog.number(lane.position);
    }

    boolean holdsAbove(Lane<T> lane, long number) {
        return hasNext(lane) && backlog.number(backlog.tail() - 1) > number;
    }

    T element(Lane<T> lane) {
        return backlog.element(lane.position);
    }

    /** The receiver has got the next one. Returns whether there is another. */
    boolean pass(Lane<T> lane) {
        boolean wasFull = !hasRoom();
        backlog.pass(lane.position);
        lane.position++;
        if (wasFull && hasRoom()) {
            setBlocked(false); // the reader need not say more of its progress until the thread is full again
            room.signal();
        }
        boolean more = hasNext(lane);
        checkPassed(lane);
        checkDrained();
        return more;
    }

    /** When it has been closed, and the receiver has got all of it, the receiver has nothing to do with it any more. */
    private void checkPassed(Lane<T> lane) {
        Stop why = stop;
        if (why != null && !why.isFailure() && !hasNext(lane)) {
            lanes.remove(lane);
            lane.gate.removed(lane, 0);
        }
    }

    /** Its receiver will not get what is numbered above a number. Returns how many messages that is. */
    int truncate(Lane<T> lane, long number) {
        long end = lane.position;
        while (end < backlog.tail() && backlog.number(end) <= number) {
            end++;
        }
        firstLost = Math.min(firstLost, end);
        lane.end = end;
        int count = 0;
        for (long position = end; position < backlog.tail(); position++) {
            backlog.pass(position);
            count++;
        }
        return count;
    }

    /** Its receiver has stopped: it will get nothing more. */
    void lose(Lane<T> lane) {
        long dropped = left(lane);
        int forgotten = forget(lane);
        lanes.remove(lane);
        lane.gate.removed(lane, dropped);
        if (lane.gate.inbox().isClosed()) {
            lane.gate.inbox().discardedInChannel(forgotten);
        } else {
            lost += forgotten;
        }
        room.signalAll();
        checkDrained();
    }

    private long left(Lane<T> lane) {
        return Math.min(lane.end, backlog.tail()) - lane.position;
    }

    /** What is left on a lane will not get to its receiver. Returns how many messages no other waits for. */
    private int forget(Lane<T> lane) {
        int last = 0;
        while (hasNext(lane)) {
            last += backlog.pass(lane.position++) ? 1 : 0;
        }
        return last;
    }

    // ---- leaving

    /** F5: nothing more will come; what was accepted is still delivered. */
    void close(Stop why) {
        try {
            tryClose(why);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void tryClose(Stop why) {
        lock.lock();
        try {
            if (stop != null) {
                return;
            }
            promised();
            end(why);
            merger.learn(forwarded);
            for (Lane<T> lane : List.copyOf(lanes)) {
                lane.gate.closed(lane);
                checkPassed(lane);
            }
            leave();
        } finally {
            lock.unlock();
        }
    }

    private void end(Stop why) {
        stop = why;
        upstream = null;
        room.signalAll();
    }

    /** It has ended: it is no way to anybody any more, and when it has nothing left it is drained. */
    private void leave() {
        if (joined) {
            joined = false;
            merger.closed(this);
        }
        tell();
        checkDrained();
    }

    /** F5: fails all that it reaches. */
    void fail(Throwable cause) {
        try {
            tryFail(cause);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void tryFail(Throwable cause) {
        List<Inbox<T>> reached = new ArrayList<>();
        lock.lock();
        try {
            if (stop != null) {
                return;
            }
            long number = promised();
            end(Stop.failed(this + " has failed at number " + number + ": " + cause, cause, number));
            lanes.forEach(lane -> reached.add(lane.gate.inbox()));
        } finally {
            lock.unlock();
        }
        for (Inbox<T> inbox : reached) {
            hub.fail(inbox, cause, "has failed, as " + this + " has failed at number " + promise.value() + ",");
        }
        lock.lock();
        try {
            leave();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void targetStopped() {
        Upstream clock;
        lock.lock();
        try {
            clock = upstream;
        } finally {
            lock.unlock();
        }
        if (clock != null) {
            clock.targetStopped();
        }
    }

    /** Its merge is being closed: no promise rises any more, and what is held back now will not be given. */
    void closeWithMerge(Stop why) {
        if (stop == null) {
            end(why);
        }
        for (Lane<T> lane : List.copyOf(lanes)) {
            lane.gate.truncate(lane);
            checkPassed(lane);
        }
        leave();
    }

    /** Gives up what has not been delivered, and accepts nothing more. */
    void abandon(Stop why) {
        lock.lock();
        try {
            if (stop == null) {
                end(why);
            }
            for (Lane<T> lane : List.copyOf(lanes)) {
                if (hasNext(lane)) {
                    firstLost = Math.min(firstLost, lane.position);
                    lane.gate.lost(number(lane));
                }
                long dropped = left(lane);
                forget(lane);
                lanes.remove(lane);
                lane.gate.removed(lane, dropped);
            }
            leave();
        } finally {
            lock.unlock();
        }
    }

    private void checkDrained() {
        if (!drained && stop != null && backlog.size() == 0) {
            drained = true;
            merger.drained(this);
        }
    }

    /** How many messages were given up that had been accepted, those apart that a receiver has discarded. */
    long lost() {
        return lost + Math.max(0, backlog.tail() - firstLost);
    }

    // ---- for those who watch

    Snapshot.SenderState state() {
        List<String> waitsFor = lanes.stream()
                .filter(this::hasNext)
                .map(lane -> lane.gate.inbox())
                .filter(inbox -> inbox.room.free() <= 0)
                .map(inbox -> inbox.name)
                .toList();
        return new Snapshot.SenderState(
                name, stop == null ? "open" : "closed", capacity, backlog.size(), waitsFor, promised());
    }

    @Override
    public String toString() {
        return "forwarder \"" + name + "\"";
    }
}
