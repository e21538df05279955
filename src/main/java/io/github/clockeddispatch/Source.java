package io.github.clockeddispatch;

import io.github.clockeddispatch.MergePoint.Way;
import io.github.clockeddispatch.progress.Lane;
import io.github.clockeddispatch.progress.Ledger;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a forwarder owns: its ledger, and a lane to each receiver that it reaches. It needs no thread: the readers merge.
 *
 * <p>A forward with room, a wait for room, and an advance take no lock. All else is under the hub's lock, with the ledger sealed, so
 * that the thread that forwards meets the lock. Until it has done so, nobody else unseals it: what it had begun is not accepted, and it
 * does it anew under the lock.
 */
final class Source<T> extends Ledger implements Feeder<T>, Wait.Target {

    /** How long a forward that finds no room waits for much of it, in nanoseconds, before it waits for any. */
    private static final long GATHERING = 1_000_000;

    /** The least capacity of which it is worth while to wait for a half. */
    private static final int MUCH = 64;

    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(Source.class, "user", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Merger<T> merger;
    private final Hub<T> hub;
    private final HubLock lock;
    private final String name;
    private final long order;
    private final List<MergePoint<T>> targets;
    private final int capacity;

    /** Made here, as what was accepted must be told also where there is no memory. */
    private final Runnable telling = this::tellUnderLock;

    /** One for each receiver that it reaches and that has not stopped. Replaced under the lock, while it is sealed. */
    private Way<T>[] lanes = noLanes();

    /** The number of the last message, or its complement where that was a part. Written by the thread that forwards. */
    private long last;

    /** Merges want to be told when it promises as much, as receivers that nothing reaches go by that. Written under the lock. */
    private volatile long knownAlarm = Lane.NONE;

    /** Where a link's promises come from; null for a forwarder, and where nothing more comes from there. */
    private volatile @Nullable Relay<?, T> relay;

    /**
     * What is numbered up to there is to nobody: who has joined has done so at or above it. Written under the lock, while it is sealed.
     */
    private long toNobody;

    /** The thread that waits for room; null for none. Written by it. */
    private volatile @Nullable Thread waiting;

    /** The thread that has not been able to forward at once; null for none. While it is there, nobody else unseals the ledger. */
    private volatile @Nullable Thread user;

    // under the lock

    /** Why it accepts nothing any more; null while it does. Written once. */
    private volatile @Nullable Stop stop;

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    /** What it had promised when it ended. */
    private long promisedAtEnd;

    private boolean drained;

    /** Whether nothing above the last number is accepted any more. Written once, under the lock; it stays sealed then. */
    private volatile boolean endsAfterLast;

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
     * @param number where it stands
     */
    Source(Merger<T> merger, String name, long order, List<MergePoint<T>> targets, int capacity, long number) {
        super(number);
        this.merger = merger;
        this.hub = merger.hub();
        this.lock = hub.lock;
        this.name = name;
        this.order = order;
        this.targets = targets;
        this.capacity = capacity;
    }

    @SuppressWarnings("unchecked") // nothing is ever put into it
    private static <T> Way<T>[] noLanes() {
        return (Way<T>[]) new Way<?>[0];
    }

    String name() {
        return name;
    }

    @Override
    public long order() {
        return order;
    }

    @Override
    public List<MergePoint<T>> targets() {
        return targets;
    }

    @Override
    protected long upperClock() {
        Relay<?, T> link = relay;
        return link == null ? 0 : link.time();
    }

    /** The receiver of another dispatcher that a link comes from; null for a forwarder. */
    @Nullable
    Endpoint<?> upper() {
        Relay<?, T> link = relay;
        return link == null ? null : link.from();
    }

    /** The same, where it has failed, too. */
    @Nullable
    Endpoint<?> upperOrLast() {
        Relay<?, T> link = relay;
        link = link == null ? lastLink : link;
        return link == null ? null : link.from();
    }

    /** f. */
    long promised() {
        Way<T>[] all = lanes;
        return all.length == 0 ? promise() : all[0].promised();
    }

    // ---- forwarders

    /**
     * Accepts a message.
     *
     * @param part whether more with that number may come
     * @return false where there was no room in time
     */
    boolean forward(long number, T payload, boolean part, Deadline deadline) throws InterruptedException {
        if (forwardNow(number, payload, part)) {
            return true;
        }
        return forwardInTurn(number, payload, part, deadline);
    }

    /** Accepts a message without the lock, unless something is in the way. */
    private boolean forwardNow(long number, T payload, boolean part) {
        long position = position();
        Way<T>[] to = lanes;
        if (position < 0 || !isProducer() || !isNext(number, to) || !hasRoom(to)) {
            return false;
        }
        write(to, number, payload, part);
        if (!accept(position)) {
            withdraw(to, to.length);
            return false;
        }
        last = part ? ~number : number;
        if (isAwaited(to, number, part ? number - 1 : number)) {
            tell();
        }
        return true;
    }

    /** Whether nothing but room can be missing for a message, and the lock. */
    private boolean isNext(long number, Way<T>[] to) {
        long own = ownPromise();
        return own >= 0 && number > own && number > promisedByLast() && number > toNobody && to.length > 0;
    }

    private long promisedByLast() {
        return last < 0 ? ~last - 1 : last;
    }

    private boolean hasRoom(Way<T>[] to) {
        for (Way<T> lane : to) {
            if (!lane.hasRoom(capacity)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Asks to be told when each lane has so many places. Returns whether it is to wait for that: not where each has one, and its
     * reader sleeps, as no more will come soon.
     */
    private boolean askForRoom(Way<T>[] to, int places) {
        boolean waits = false;
        for (Way<T> lane : to) {
            if (!lane.hasRoom(capacity - places + 1)) {
                lane.awaitHead(Math.min(tail() - capacity + places, lane.head() + Math.max(1, places - 1)));
                waits |= !lane.hasRoom(capacity) || (!lane.hasRoom(capacity - places + 1) && !lane.to.readerWaits());
            }
        }
        return waits;
    }

    /** There is room on a lane where this waits for it, or no more will come soon; or something else has happened. */
    void wakeForward() {
        LockSupport.unpark(waiting);
    }

    /** Writes it on all lanes; where there is no memory, on none. */
    private static <T> void write(Way<T>[] to, long number, T payload, boolean part) {
        int written = 0;
        try {
            for (Way<T> lane : to) {
                lane.write(number, part, payload);
                written++;
            }
        } finally {
            if (written < to.length) {
                withdraw(to, written);
            }
        }
    }

    private static void withdraw(Way<?>[] to, int written) {
        for (int i = 0; i < written; i++) {
            to[i].withdraw();
        }
    }

    /** After something was accepted or promised: whether somebody wants to be told. */
    private boolean isAwaited(Way<T>[] to, long number, long promised) {
        boolean isAwaited = promised >= knownAlarm;
        for (Way<T> lane : to) {
            isAwaited |= lane.isAwaited(number, promised);
        }
        return isAwaited;
    }

    /** Has those look who may want to. */
    void tell() {
        wholly(telling);
    }

    /** Does something under the lock; where it ends in an error, nobody can say how far it went, and all of the merge fails. */
    private void wholly(Runnable step) {
        try {
            lock.lock();
            try {
                step.run();
            } finally {
                lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void tellUnderLock() {
        for (Way<T> lane : lanes) {
            lane.to.settle();
        }
        if (promised() >= knownAlarm) {
            knownAlarm = Lane.NONE;
            merger.knownRose();
        }
    }

    /** Accepts a message, with the lock or a wait for room, where that is needed. */
    private boolean forwardInTurn(long number, T payload, boolean part, Deadline deadline) throws InterruptedException {
        enter();
        try {
            boolean isFull = isNext(number, lanes) && isFull(number) && tryAdvance(number - 1);
            while (true) {
                if (isFull && (deadline.isNow() || !awaitRoom(number, deadline))) {
                    return false;
                }
                if (tryForwardInTurn(number, payload, part)) { // another thread may have advanced meanwhile
                    return true;
                }
                isFull = true;
            }
        } finally {
            user = null;
            if (isSealed()) { // by somebody who may have left it to this thread to unseal it
                lock.lock();
                try {
                    unsealIfOpen();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private boolean awaitRoom(long number, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold()
                ? Blocking.tell(() -> awaitRoomTold(number, deadline))
                : awaitRoomTold(number, deadline);
    }

    /** The thread that forwards has met the lock. */
    private void unsealInTurn() {
        if (!endsAfterLast) {
            unseal();
        }
    }

    /** With the lock, and so in one step with what other threads promise, accepts a message if there is room; else promises what is below it. */
    private boolean tryForwardInTurn(long number, T payload, boolean part) {
        boolean isFull;
        boolean isAwaited;
        lock.lock();
        try {
            lockOut(); // so that what is looked at now stays so
            checkOpen(number);
            boolean toSome = lanes.length > 0 && number > toNobody;
            isFull = toSome && isFull(number);
            if (isFull) {
                promiseSealed(number - 1);
            } else {
                accept(number, payload, part, toSome);
            }
            unsealInTurn();
            isAwaited = isAwaited(lanes, isFull ? Lane.NONE : number, isFull ? number - 1 : promisedByLast());
        } finally {
            lock.unlock();
        }
        if (isAwaited) {
            tell();
        }
        return !isFull;
    }

    /** Accepts a message, while this is sealed. */
    private void accept(long number, T payload, boolean part, boolean toSome) {
        if (toSome) {
            write(lanes, number, payload, part);
            acceptSealed();
        }
        last = part ? ~number : number;
        if (!toSome) {
            merger.toNobody(number);
        }
        if (promiseSealed(promisedByLast())) {
            becomeProducer();
        }
    }

    /** Has the thread that forwards meet the lock. From now on the word promises what the last message does, so lanes may come and go. */
    private void lockOut() {
        seal();
        promiseSealed(promised());
    }

    /** Not where another thread forwards: it may be about to, and must not do so after this has been unsealed. */
    private void unsealIfOpen() {
        if (isOpenToPromises()
                && stop == null
                && user == null
                && (relay == null ? hub.isOpen() : !endsAfterLast)
                && hub.failure() == null) {
            unseal();
        }
    }

    private void enter() {
        if (!USER.compareAndSet(this, null, Thread.currentThread())) {
            Thread other = user;
            throw new IllegalStateException(
                    this + " is being used by another thread" + (other == null ? "" : ", " + Texts.name(other)));
        }
    }

    /** Throws unless a message with this number can be accepted. */
    private void checkOpen(long number) {
        checkOpen();
        long own = relay == null ? promised() : Math.max(ownWord(), promisedByLast());
        if (number <= own) {
            throw new LateMessageException(name, number, own);
        }
        if (endsAfterLast && number > lastNumber()) {
            throw Stop.closed(hub + " is closed").exception();
        }
    }

    /** What was promised here, apart from a link's clock. */
    private long ownWord() {
        long word = ownPromise();
        return word < 0 ? ~word : word;
    }

    private void checkOpen() {
        Stop why = stop;
        if (why == null) {
            if (relay == null) {
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
        if (isBroadcast() || lanes.length > 0) {
            return null;
        }
        Endpoint<T> last = Reach.lastToStop(targets);
        return last == null ? null : last.stopped(); // null: it has ended, and they have got all of it
    }

    /**
     * Whether there is no room for a message. Where a lane is full of nothing but parts of its number, there is: none of them
     * goes on before that number is promised, and so who waited for room would wait for itself.
     */
    private boolean isFull(long number) {
        for (Way<T> lane : lanes) {
            if (!lane.hasRoom(capacity) && !lane.isFullOf(number)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Waits, without the lock, until there is room, or a message with this number cannot be accepted any more, or whoever has
     * sealed this wants to be met.
     *
     * @return false if the time is over
     */
    private boolean awaitRoomTold(long number, Deadline deadline) throws InterruptedException {
        Way<T>[] to = lanes;
        var wait = new Wait(this, deadline);
        waiting = wait.thread;
        for (Way<T> lane : to) {
            lane.to.roomWaits.getAndIncrement();
        }
        try {
            if (capacity >= MUCH) {
                if (!askForRoom(to, capacity / 2) || !mayWait(number)) {
                    return true;
                }
                LockSupport.parkNanos(this, Math.min(GATHERING, deadline.left()));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            wait.begin(); // may park, and so take a signal: not between asking and waiting
            while (askForRoom(to, 1) && mayWait(number) && lanes == to && isFull(number)) {
                if (!wait.await()) {
                    return false;
                }
            }
            return true;
        } finally {
            waiting = null;
            wait.end();
            for (Way<T> lane : to) {
                lane.to.roomWaits.getAndDecrement();
                lane.awaitHead(Lane.NONE);
            }
        }
    }

    /** Whether room is all that a message waits for, as far as can be seen without the lock. */
    private boolean mayWait(long number) {
        return stop == null && (isSealed() ? endsAfterLast && number <= lastNumber() : ownPromise() < number);
    }

    /** The number of the last message. */
    private long lastNumber() {
        return last < 0 ? ~last : last;
    }

    /** The number of the last message that has not been given to all; 0 where there is none. Under the lock. */
    private long lastOnLanes() {
        return Arrays.stream(lanes).mapToLong(Lane::last).max().orElse(0);
    }

    void advance(long number) {
        if (!tryAdvance(number)) {
            wholly(() -> advanceInTurn(number));
        }
    }

    private void advanceInTurn(long number) {
        checkOpen();
        lockOut();
        promiseSealed(number);
        unsealIfOpen();
        wakeForward(); // it may have been overtaken
        tellUnderLock();
    }

    private boolean tryAdvance(long number) {
        Way<T>[] to = lanes;
        if ((to.length == 0 && !isBroadcast()) || !tryPromise(number)) {
            return false;
        }
        if (isAwaited(to, Lane.NONE, number)) {
            tell();
        }
        wakeForward(); // it may have been overtaken
        return true;
    }

    /** Receivers that nothing reaches want to be told when it promises as much. Under the lock. */
    boolean awaitKnown(long number) {
        knownAlarm = Math.min(knownAlarm, number);
        asked();
        return promised() >= number;
    }

    /** Where a link's clock has moved: tells those who wait for that. */
    void clockMoved() {
        if (isAwaited(lanes, Lane.NONE, promised())) {
            tell();
        }
    }

    /** The least number that somebody needs to be promised; {@link Lane#NONE} for none. */
    long awaitedPromise() {
        if (relay == null) {
            return Lane.NONE; // it has ended, and promises nothing more
        }
        long least = knownAlarm;
        for (Way<T> lane : lanes) {
            least = Math.min(least, lane.awaitedPromise());
        }
        return least;
    }

    /** Somebody needs another number than before. Under the lock. */
    void asked() {
        Relay<?, T> link = relay;
        if (link != null) {
            link.wake();
        }
    }

    /** Why a link that leads to its receivers cannot go on: one has failed, or all were discarded; null where it can. */
    @Nullable
    Stop stopBelow() {
        lock.lock();
        try {
            for (MergePoint<T> target : targets) {
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

    @Override
    public List<Stopping> targetStopped() {
        Relay<?, T> link = relay;
        if (link == null && !isFailing()) {
            link = lastLink; // read after the other, which is cleared after this was written
        }
        return link == null ? List.of() : link.targetStopped();
    }

    // ---- who waits for whom

    /** Adds the threads that must go on before more is promised than now, if that is less than a number. Under the lock. */
    void addBlockersOfPromise(long number, Blockers blockers) {
        if (stop == null && promised() < number) {
            Thread forwarding = user;
            if (forwarding != null) {
                blockers.threads().add(forwarding);
            }
            Endpoint<?> above = upper();
            if (above != null) {
                blockers.add(above, number);
            }
        }
    }

    /** Adds the threads that must go on before there is room. */
    @Override
    public void addBlockers(Collection<Thread> threads) {
        Blockers blockers = new Blockers(threads);
        lock.lock();
        try {
            if (stop == null) {
                for (Way<T> lane : lanes) {
                    if (lane.size() >= capacity) {
                        lane.to.addBlockers(lane, blockers);
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        blockers.askAll();
    }

    @Override
    public Hub<T> hub() {
        return hub;
    }

    @Override
    public String describe() {
        return "room in the buffer of " + this;
    }

    // ---- joining: under the lock

    /** It has joined, and reaches these from now on. */
    void opened(List<MergePoint<T>> reached) {
        joined = true;
        toNobody = isBroadcast() ? merger.toNobody() : 0;
        for (MergePoint<T> point : reached) {
            var lane = new Way<>(this, point, tail());
            lanes = with(lanes, lane);
            point.opened(lane);
        }
    }

    /**
     * Makes a lane to a receiver that is about to join. A broadcast that is still held back, above where the receiver joins, is for it too,
     * also where this source has been closed.
     *
     * @return the lane; null where a reader has taken some of that meanwhile
     */
    @Nullable
    Way<T> wayTo(MergePoint<T> point) {
        Way<T> most = null;
        for (Way<T> lane : lanes) {
            most = most == null || lane.size() > most.size() ? lane : most;
        }
        var lane = new Way<>(this, point, most == null ? tail() : most.firstAbove(point.joinedAt));
        return most == null || lane.copyFrom(most) ? lane : null;
    }

    /** That receiver has joined. */
    void reach(Way<T> lane) {
        toNobody = merger.toNobody();
        if (stop == null || (lane.size() > 0 && !isFailing())) {
            lanes = with(lanes, lane);
            lane.to.opened(lane);
        }
    }

    /** A receiver is about to join: nothing is accepted or promised meanwhile. Returns what is promised. */
    long sealForJoin() {
        lockOut();
        return promised();
    }

    private static <T> Way<T>[] with(Way<T>[] lanes, Way<T> lane) {
        Way<T>[] more = Arrays.copyOf(lanes, lanes.length + 1);
        more[lanes.length] = lane;
        return more;
    }

    private void remove(Lane<T> lane) {
        lockOut();
        lanes = Arrays.stream(lanes).filter(other -> other != lane).toArray(size -> Arrays.copyOf(noLanes(), size));
    }

    /** A link: where its promises come from, from now on. */
    void follow(Relay<?, T> link) {
        relay = link;
        for (Way<T> lane : lanes) {
            lane.to.linked(link.from());
        }
    }

    @Nullable
    Relay<?, T> relay() {
        return relay;
    }

    /** It has failed, and whom it reaches is about to. */
    boolean isFailing() {
        Stop why = stop;
        return why != null && why.isFailure();
    }

    boolean isOpen() {
        return stop == null;
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
        lane.shrink(Inbox.KEPT_PLACES);
    }

    /** The receiver at the end of a lane has stopped: it will get nothing more. */
    void lose(Way<T> lane) {
        lockOut();
        MergePoint<T> point = lane.to;
        long first = lane.head();
        int due = lane.due(point.bound());
        long lastLeft = lane.last();
        int left = lane.giveUp();
        point.cut(lane, left, due);
        remove(lane);
        if (left > due && !point.isDiscarded()) {
            long end = tail();
            for (Way<T> other : lanes) {
                end = Math.min(end, other.head()); // what another one has not passed is not lost
            }
            lost += Math.max(0, end - first - due);
            point.gaveUp(Objects.requireNonNull(point.stopped()));
        }
        wakeForward();
        if (isBroadcast() && lanes.length == 0) {
            merger.toNobody(lastLeft);
        }
        if (isFailing() && lanes.length == 0) {
            leave(); // it waited for those that it reached to fail with it
        }
        checkDrained();
    }

    /** F5: nothing more will come; what was accepted is still delivered. Takes the lock. */
    void close(Stop why) {
        wholly(() -> {
            if (stop == null) {
                end(why);
                // the thread that forwards may be about to write the former
                merger.left(this, Math.max(lastNumber(), lastOnLanes()));
                leave();
            }
        });
    }

    /** Accepts and promises nothing any more. */
    private void end(Stop why) {
        lockOut();
        promisedAtEnd = promised();
        merger.left(this, promisedAtEnd);
        promiseSealed(promise());
        stop = why;
        relay = null;
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
    void fail(Throwable cause) {
        try {
            Stopping.all(new ArrayDeque<>(failed(cause)));
        } catch (Error e) {
            hub.broken(e); // it has ended, and those that it reaches may not have failed
            throw e;
        }
    }

    /** Fails, and tells what is to be stopped therefore. Takes the lock. */
    List<Stopping> failed(Throwable cause) {
        List<Stopping> reached = new ArrayList<>();
        wholly(() -> {
            Stop why = stop;
            if (why == null) {
                lockOut();
                long number = promised();
                why = Stop.failed(this + " has failed at number " + number, cause, number);
                lastLink = relay;
                end(why);
                if (lanes.length == 0) {
                    leave();
                }
            }
            if (why.isFailure()) { // before, too: whoever made it fail may not have come to them
                String how = "has failed, as " + why.what() + ",";
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
    void closeWithMerge(Stop why) {
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

    /** A message was taken while its merge was closed, and is not due. */
    void losesOne(Way<T> lane) {
        lost++;
        lane.to.gaveUp(Objects.requireNonNull(stop), 1);
    }

    /** Gives up what has not been delivered: all of the merge has failed. */
    void abandon(Stop why) {
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

    /** How many messages were given up that had been accepted, those apart that a receiver has discarded. */
    long lost() {
        return lost;
    }

    /** Where what is lost stood, for exceptions. */
    String whereLost() {
        return "in its buffer of " + capacity;
    }

    // ---- for those who watch

    Snapshot.SenderState state() {
        List<String> waitsFor = Arrays.stream(lanes)
                .filter(lane -> lane.size() >= capacity)
                .map(lane -> lane.to.name)
                .toList();
        int queued = Arrays.stream(lanes).mapToInt(Way::size).max().orElse(0);
        return new Snapshot.SenderState(
                name,
                stop == null ? "open" : "closed",
                capacity,
                queued,
                waitsFor,
                stop == null ? promised() : promisedAtEnd);
    }

    @Override
    public String toString() {
        return "forwarder \"" + name + "\"";
    }
}
