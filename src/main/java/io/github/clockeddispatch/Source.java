package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Backlog;
import io.github.clockeddispatch.progress.Frontier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a forwarder owns: its promise, and a bounded buffer of what it has forwarded, which each receiver passes at its own
 * pace. It needs no thread: whoever raises a promise, frees room or reads an empty inbox carries on what is due.
 *
 * <p>All is under the hub's lock, but for what the forwarder's thread does alone with the {@linkplain Seizable word} seized:
 * it puts a message into the buffer and states what it promises by that. Whoever has the lock finds both when it looks. Who
 * wants to be told of them at once says so (an alarm here, an eager gate) and looks once more; the thread states, and looks
 * whether anybody has said so. So one of the two sees the other.
 */
final class Source<T> extends Seizable implements Feeder<T>, Wait.Target {

    /** How long a forward that finds no room waits for much of it, in nanoseconds, before it waits for any. */
    private static final long GATHERING = 1_000_000;

    /** The least capacity of which it is worth while to wait for a half. */
    private static final int MUCH = 8;

    private static final VarHandle STATED;

    static {
        try {
            STATED = MethodHandles.lookup().findVarHandle(Source.class, "stated", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Merger<T> merger;
    private final Hub<T> hub;
    private final ReentrantLock lock;
    private final String name;
    private final long order;
    private final List<Inbox<T>> targets;
    private final int capacity;
    private final Condition room;
    private final Backlog<T> backlog = new Backlog<>();

    /** One for each receiver that it reaches and that has not stopped. While it is open, written with the word seized, too. */
    private final List<Lane<T>> lanes = new ArrayList<>(1);

    /** f: nothing numbered up to there will come any more. As far as it has been needed: see {@link #promised}. */
    final Frontier promise;

    /** f, as a forwarder's thread has stated it. Written with the word seized. */
    @SuppressWarnings("UnusedVariable") // by STATED
    private long stated;

    /** Who states as much as that is to tell; {@code Long.MAX_VALUE} where nobody needs it. Written under the lock. */
    private volatile long alarm = Long.MAX_VALUE;

    /** Where a link's promise comes from; null for a forwarder, and where nothing more comes from there. */
    private @Nullable Upstream upstream;

    /** The greatest number that was accepted; 0 for none. Written with the word seized. */
    private long forwarded;

    /** The thread that forwards under the lock, or waits. */
    private volatile @Nullable Thread user;

    /** Whether it waits for much room. */
    private boolean gathers;

    /** Whether it waits for any room. */
    private boolean blocked;

    /** Why it accepts nothing any more; null while it does. Written once, with the word seized. */
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
        this.stated = number;
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
     * receiver joins, is for it too, also where this source has been closed.
     */
    void reach(Gate<T> gate) {
        Stop why = stop;
        long joinedAt = gate.inbox().joinedAt;
        boolean hasSome = backlog.size() > 0 && backlog.number(backlog.tail() - 1) > joinedAt;
        if (why != null && (why.isFailure() || !hasSome)) {
            return;
        }
        gate.opened(addLane(gate, joinedAt));
    }

    private Lane<T> addLane(Gate<T> gate, long joinedAt) {
        seize();
        try {
            long position = backlog.tail();
            while (position > backlog.head() && backlog.number(position - 1) > joinedAt) {
                backlog.share(--position);
            }
            Lane<T> lane = new Lane<>(this, gate, position);
            lanes.add(lane);
            return lane;
        } finally {
            release();
        }
    }

    /** It has joined. */
    void opened() {
        joined = true;
        watched();
    }

    // ---- forwarders

    /**
     * Accepts a message.
     *
     * @param part whether more with that number may come
     * @return false where there was no room in time
     */
    boolean forward(long number, T payload, boolean part, Deadline deadline) throws InterruptedException {
        long promised = part ? number - 1 : number;
        try {
            return forwardAlone(number, payload, promised)
                    || (Blocking.isToBeTold(deadline)
                            ? Blocking.tell(() -> tryForward(number, payload, promised, deadline))
                            : tryForward(number, payload, promised, deadline));
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    /** Accepts a message without the lock, unless something is in the way. */
    private boolean forwardAlone(long number, T payload, long promised) {
        if (!trySeize()) {
            return false;
        }
        boolean isNeeded;
        try {
            if (!isFree() || number <= stated || !backlog.hasPlace(capacity)) {
                return false;
            }
            long position = backlog.tail();
            put(number, payload);
            boolean isWatched = state(promised);
            isNeeded = isNews(position) || isWatched;
        } finally {
            release();
        }
        if (isNeeded) {
            tellOfStated();
        }
        return true;
    }

    /** Promises without the lock, unless something is in the way. */
    private boolean advanceAlone(long number) {
        if (!trySeize()) {
            return false;
        }
        boolean isNeeded;
        try {
            if (!isFree()) {
                return false;
            }
            isNeeded = state(number);
        } finally {
            release();
        }
        if (isNeeded) {
            tellOfStated();
        }
        return true;
    }

    /** With the word seized: whether a forwarder can go on without the lock. */
    private boolean isFree() {
        return stop == null
                && upstream == null
                && user == null
                && !lanes.isEmpty()
                && hub.isOpen()
                && hub.failure() == null;
    }

    /** With the word seized: raises what is stated. Returns whether somebody is to be told. */
    private boolean state(long number) {
        if (number > stated) {
            STATED.setRelease(this, number);
        }
        VarHandle.fullFence(); // the message and the promise can be seen before the alarm and the gates are looked at
        return number >= alarm;
    }

    /**
     * With the word seized, after a fence: where what was put there comes first on a lane, its gate is to look at that. Returns
     * whether one wants to be told.
     */
    private boolean isNews(long position) {
        boolean isNeeded = false;
        for (int i = 0; i < lanes.size(); i++) {
            Lane<T> lane = lanes.get(i);
            if (lane.position >= position && !lane.isNews) {
                isNeeded |= lane.gate.news(lane);
            }
        }
        return isNeeded;
    }

    private void tellOfStated() {
        lock.lock();
        try {
            appended(stated());
        } finally {
            lock.unlock();
        }
    }

    private long stated() {
        return (long) STATED.getAcquire(this);
    }

    private boolean tryForward(long number, T payload, long promised, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            enter();
            try {
                checkOpen(number);
                if (!hasRoom(number)) {
                    promise(number - 1);
                    if (!awaitRoom(number, deadline)) {
                        return false;
                    }
                }
                append(number, payload);
                stateUnderLock(promised);
                appended(promised);
                return true;
            } finally {
                user = null;
            }
        } finally {
            lock.unlock();
        }
    }

    private void enter() {
        Thread other = user;
        if (other != null) {
            throw new IllegalStateException(this + " is being used by another thread, " + Texts.name(other));
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
        Inbox<T> last = Reach.lastToStop(targets);
        return last == null ? null : last.stopped(); // null: it has ended, and they have got all of it
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
        if (capacity >= MUCH && !deadline.isNow() && awaitMuchRoom(number, deadline)) {
            return true;
        }
        var waiting = new Wait(this, lock, room, deadline);
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

    /**
     * Waits for a moment until half of the buffer is free: so that a thread which is ahead of the reader is woken once for
     * many messages, and the reader is not to tell of each that it takes.
     */
    @SuppressWarnings("WaitNotInLoop") // whatever wakes it, it goes on
    private boolean awaitMuchRoom(long number, Deadline deadline) throws InterruptedException {
        for (Lane<T> lane : List.copyOf(lanes)) {
            lane.gate.needed(); // which may make room
        }
        if (!hasRoom(number)) {
            gathers = true;
            try {
                var unused = room.awaitNanos(Math.min(GATHERING, deadline.left()));
            } finally {
                gathers = false;
            }
        }
        checkOpen(number);
        return hasRoom(number);
    }

    // ---- who waits for whom

    /** Adds the threads that must go on before more is promised than now, if that is less than a number. Under the lock. */
    void addBlockersOfPromise(long number, Collection<Thread> threads) {
        if (stop == null && promised() < number) {
            if (user != null) {
                threads.add(user);
            }
            if (upstream != null) {
                upstream.addBlockers(number, threads);
            }
        }
    }

    /** Adds the threads that must go on before there is room. */
    @Override
    public void addBlockers(Collection<Thread> threads) {
        lock.lock();
        try {
            if (stop == null && !hasRoom()) {
                for (Lane<T> lane : lanes) {
                    if (lane.position == backlog.head()) {
                        lane.gate.addBlockers(lane, threads);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Hub<T> hub() {
        return hub;
    }

    @Override
    public String describe() {
        return "room in the buffer of " + this;
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
        seize();
        try {
            if (!lanes.isEmpty()) {
                backlog.reserve();
            }
            long position = backlog.tail();
            put(number, payload);
            VarHandle.fullFence();
            var unused = isNews(position);
        } finally {
            release();
        }
    }

    /** With the word seized. */
    private void put(long number, T payload) {
        forwarded = number;
        if (!lanes.isEmpty()) { // else it is to nobody
            backlog.append(number, payload, lanes.size());
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

    /** A forwarder promises. */
    private void promise(long number) {
        stateUnderLock(number);
        raise(number);
    }

    private void stateUnderLock(long number) {
        seize();
        try {
            var unused = state(number);
        } finally {
            release();
        }
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
        long needed = needed();
        if (needed > alarm) {
            alarm = needed;
        }
    }

    void advance(long number) {
        try {
            if (advanceAlone(number)) {
                return;
            }
            lock.lock();
            try {
                checkOpen();
                promise(number);
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

    /** f, as it is now. {@link #tell} is to follow where somebody may watch for it. */
    long promised() {
        publish(upstream == null ? stated() : upstream.time());
        return promise.value();
    }

    /** Somebody needs the promise to rise, or to be told so: has it tell. */
    void watched() {
        if (upstream != null) {
            upstream.watch(needed());
            return;
        }
        alarm = needed();
        VarHandle.fullFence(); // it can be seen before it is looked once more
        if (stated() >= alarm) {
            raise(stated());
        }
    }

    /** The least number that somebody needs to be promised; {@code Long.MAX_VALUE} for none. */
    long needed() {
        return Math.min(promise.firstWatched(), merger.knownFrontier().firstWatched());
    }

    /** Why a link that leads to its receivers cannot go on: one has failed, or all were discarded; null where it can. */
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
        return lane.position < end(lane);
    }

    long number(Lane<T> lane) {
        return backlog.number(lane.position);
    }

    /** The number of the last one; 0 for none. */
    long last(Lane<T> lane) {
        return hasNext(lane) ? backlog.number(end(lane) - 1) : 0;
    }

    boolean holdsAbove(Lane<T> lane, long number) {
        return hasNext(lane) && backlog.number(backlog.tail() - 1) > number;
    }

    /**
     * Appends to the receiver's inbox what is next here, at least one message.
     *
     * @param limit up to which number what is behind that one is due, and comes before what other sources have
     * @param places how many are free
     */
    void pour(Lane<T> lane, long limit, int places) {
        Inbox<T> inbox = lane.gate.inbox();
        long first = lane.position;
        long bound = Math.min(end(lane), first + places);
        long position = first;
        try {
            do {
                inbox.reserve(1);
                inbox.append(backlog.number(position), backlog.element(position));
                position++;
            } while (position < bound && backlog.number(position) <= limit);
        } finally {
            lane.position = position;
            backlog.pass(first, position);
        }
        if (gathers && backlog.size() <= capacity / 2) {
            gathers = false;
            room.signal();
        }
        if (blocked && hasRoom()) {
            setBlocked(false); // the reader need not say more of its progress until the thread is full again
            room.signal();
        }
        checkPassed(lane);
        checkDrained();
    }

    private long end(Lane<T> lane) {
        return Math.min(lane.end, backlog.tail());
    }

    /** When it has been closed, and the receiver has got all of it, the receiver has nothing to do with it any more. */
    private void checkPassed(Lane<T> lane) {
        Stop why = stop;
        if (why != null && !why.isFailure() && !hasNext(lane)) {
            lanes.remove(lane);
            lane.gate.removed(lane);
        }
    }

    /** Its receiver will not get what is numbered above a number. */
    void truncate(Lane<T> lane, long number) {
        long end = lane.position;
        while (end < backlog.tail() && backlog.number(end) <= number) {
            end++;
        }
        firstLost = Math.min(firstLost, end);
        lane.end = end;
        backlog.pass(end, backlog.tail());
    }

    /** Its receiver has stopped: it will get nothing more. */
    void lose(Lane<T> lane) {
        int left;
        int forgotten;
        seize(); // or more would come for it
        try {
            left = left(lane);
            forgotten = forget(lane);
            lanes.remove(lane);
        } finally {
            release();
        }
        lane.gate.removed(lane);
        Inbox<T> inbox = lane.gate.inbox();
        inbox.discardedInChannel(left);
        if (!inbox.isDiscarded()) {
            lost += forgotten;
            if (left > 0) {
                inbox.gaveUp(Objects.requireNonNull(inbox.stopped()));
            }
        }
        room.signalAll();
        checkDrained();
    }

    /** How many messages there are on a lane. */
    int left(Lane<T> lane) {
        return (int) (end(lane) - lane.position);
    }

    /** What is left on a lane will not get to its receiver. Returns how many messages no other waits for. */
    private int forget(Lane<T> lane) {
        long first = lane.position;
        lane.position = end(lane);
        lane.end = lane.position; // what is put from now on is for others
        return backlog.pass(first, lane.position);
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
        seize();
        try {
            stop = why;
        } finally {
            release();
        }
        upstream = null;
        publish(stated()); // for the last time
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
            end(Stop.failed(this + " has failed at number " + number, cause, number));
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
                    lane.gate.lost(lane);
                }
                if (lane.gate.inbox().stopped() != null) { // it has failed with the merge
                    lane.gate.inbox().discardedInChannel(left(lane));
                }
                forget(lane);
                lanes.remove(lane);
                lane.gate.removed(lane);
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

    /** Where what is lost stood, for exceptions. */
    String whereLost() {
        return "in its buffer of " + capacity;
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
