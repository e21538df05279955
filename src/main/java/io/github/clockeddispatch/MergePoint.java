package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Intake;
import io.github.clockeddispatch.progress.Lane;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver of a merge owns besides: its {@link Intake}, from which the reader takes, and, under the hub's lock, who is to be
 * told of what.
 *
 * <p>Nobody is told unless it is needed. A reader that sleeps, and waits for the clock, leave word at one or two lanes: at the one
 * that promises least, of messages that would be due at once; and at one that must promise more before anything else can
 * become due. Who is told looks anew, and leaves word again. For that it plays on with the reader's tree, which is its own while
 * the reader sleeps; else it looks at all lanes.
 */
final class MergePoint<T> extends Endpoint<T> implements Intake.Control<T> {

    /** A lane that leads here. */
    static final class Way<T> extends Lane<T> {
        final Source<T> source;
        final MergePoint<T> to;

        /** Makes one with nothing on it, whose first message is to stand at a position. */
        Way(Source<T> source, MergePoint<T> to, long start) {
            super(source, start);
            this.source = source;
            this.to = to;
        }
    }

    /** What was found in this call of {@link #time()} already; null outside of one that goes through several merges. */
    private static final ThreadLocal<@Nullable Map<MergePoint<?>, Long>> FOUND = new ThreadLocal<>();

    /** How often it looks anew, under the lock, where sources go on meanwhile. */
    private static final int ROUNDS = 64;

    final Intake<T> intake;
    private final Merger<T> merger;

    /** Whether a link from another merge leads here. Written under the lock. */
    private volatile boolean isBelowMerge;

    /** How many forwards wait for room, here too. Each counts itself before it asks for room. */
    final AtomicInteger roomWaits = new AtomicInteger();

    // under the lock

    /** Where the clock has stopped; negative while it goes on. */
    private long stoppedAt = -1;

    /** No promise counts any more: the merge is closed. */
    private boolean frozen;

    private long firstLost;

    /** How many messages there were on lanes that are there no more, less those of which the merge's own {@code close} tells. */
    private long passed;

    /** The lane that must promise more before anything can become due, or a wait is over; null where nobody needs that. */
    private @Nullable Lane<T> guard;

    /** The lane whose messages are to be told of; null for none. */
    private @Nullable Lane<T> eager;

    /** The lane that was last a guard: of those that come in turn it is the last one. */
    private @Nullable Lane<T> lastGuard;

    /** How many lanes nothing more comes on, some of which may have something left. */
    private int closedLanes;

    /** The source that was last seen to promise least, how much, and since when; for those who look. */
    private @Nullable Source<T> awaited;

    private long awaitedPromise;
    private long awaitedSince;

    /** How many messages were given up with it. Written under the lock, read by anybody. */
    private volatile long discardedOnLanes;

    MergePoint(Merger<T> merger, String name, long order, long joinedAt, long limit) {
        super(merger.hub(), name, order, joinedAt);
        this.merger = merger;
        this.intake = new Intake<>(this, joinedAt, merger::known, limit);
    }

    @Override
    ReadSide<T> newSide() {
        return new MergeReadSide<>(this);
    }

    @SuppressWarnings("unchecked") // no others lead here
    private static <T> Source<T> source(Lane<T> lane) {
        return ((Way<T>) lane).source;
    }

    // ---- the clock

    /** Each merge above is asked once, those above it before, however many ways lead there. */
    @Override
    long time() {
        if (!isBelowMerge) {
            return ownTime();
        }
        Map<MergePoint<?>, Long> found = FOUND.get();
        if (found != null) {
            Long time = found.get(this);
            return time == null ? ownTime() : time;
        }
        found = new HashMap<>();
        FOUND.set(found);
        try {
            Deque<MergePoint<?>> path = new ArrayDeque<>();
            path.push(this);
            while (!path.isEmpty()) {
                MergePoint<?> point = path.element();
                int before = path.size();
                if (!found.containsKey(point)) {
                    point.pushAbove(path, found);
                }
                if (path.size() == before) {
                    path.pop();
                    if (!found.containsKey(point)) {
                        found.put(point, point.ownTime());
                    }
                }
            }
            return found.getOrDefault(this, 0L);
        } finally {
            FOUND.remove();
        }
    }

    private void pushAbove(Deque<MergePoint<?>> path, Map<MergePoint<?>, Long> found) {
        if (isBelowMerge) {
            for (Lane<T> lane : intake.lanes()) {
                if (source(lane).upper() instanceof MergePoint<?> above && !found.containsKey(above)) {
                    path.push(above);
                }
            }
        }
    }

    private long ownTime() {
        long time = intake.time();
        if (time >= 0) {
            return time;
        }
        hub.lock.lock();
        try {
            return timeUnderLock();
        } finally {
            hub.lock.unlock();
        }
    }

    private long timeUnderLock() {
        return stoppedAt >= 0 ? stoppedAt : intake.isSettled() ? intake.settledTime() : intake.derivedTime();
    }

    /** w. */
    @Override
    long bound() {
        return intake.bound();
    }

    @Override
    long last() {
        return intake.bound();
    }

    @Override
    long firstUnfinished() {
        long first = stop != null ? 0 : intake.firstUnfinished();
        return first > intake.limit() && hub.isFinal() ? 0 : first; // what is above is lost, and nobody waits for it
    }

    @Override
    boolean hasInHand() {
        return intake.inHand() != 0;
    }

    @Override
    long accepted() {
        long accepted = 0;
        for (Lane<T> lane : intake.lanes()) {
            accepted = Math.max(accepted, lane.last());
        }
        accepted = Math.max(
                accepted,
                intake.inHand()); // in this order: what has left a lane is in hand, or is finished and so below w
        return Math.max(accepted, bound());
    }

    @Override
    long promised() {
        long least = intake.limit();
        boolean isLinked = false;
        for (Lane<T> lane : intake.lanes()) {
            if (source(lane).upper() != null) {
                isLinked = true;
            } else {
                least = Math.min(least, lane.promised());
            }
        }
        return isLinked ? least : bound();
    }

    @Override
    boolean isOver() {
        hub.lock.lock();
        try {
            return frozen && stop == null && timeUnderLock() >= bound();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    long arrived() {
        long all = passed;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.arrived();
        }
        return all;
    }

    @Override
    long taken() {
        long all = passed;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.taken();
        }
        return all;
    }

    @Override
    void addAbove(Collection<Endpoint<?>> all) {
        for (Lane<T> lane : intake.lanes()) {
            Endpoint<?> above = source(lane).upperOrLast();
            if (above != null) {
                all.add(above);
            }
        }
    }

    // ---- who is to be told: under the lock

    /** Settles the waits that are due, wakes the reader if something is, and leaves word for the rest. */
    @Override
    void settle() {
        if (stoppedAt >= 0) {
            settleUpTo(stoppedAt);
            return;
        }
        boolean sleeps = readerWaits();
        if (sleeps || (inside == Thread.currentThread() && intake.inHand() == 0)) {
            settleByTree(sleeps);
        } else {
            settleByLook();
        }
    }

    /** Settles the waits up to a number, and has the reader tell of the next one. */
    private void settleWaits(long time) {
        settleUpTo(time);
        intake.setAlarm(intake.isSettled() ? waits.firstNumber() : Long.MIN_VALUE);
    }

    private void settleByTree(boolean sleeps) {
        adopt();
        for (int rounds = 0; ; rounds++) {
            if (rounds == ROUNDS) {
                wakeReader(); // sources overtake each other: it looks itself, without the lock
                settleByLook();
                return;
            }
            if (sleeps && !readerWaits()) {
                settleByLook(); // it was told of its end, or by a wait of its own: the tree is the reader's again
                return;
            }
            if (intake.hasNext()) {
                settleWaits(intake.nextNumber() - 1);
                leaveWord(null, Lane.NONE, null, Long.MIN_VALUE);
                wakeReader();
                return;
            }
            settleWaits(intake.treeBound());
            if (sleeps && !readerWaits()) {
                continue;
            }
            long waited = waits.firstNumber();
            Lane<T> least = intake.least();
            if (least == null || intake.isAtLimit()) {
                leaveWord(null, Lane.NONE, null, Long.MIN_VALUE);
                if (!merger.awaitKnown(this, least == null && intake.limit() == Lane.NONE ? waited : Lane.NONE)) {
                    return;
                }
                continue;
            }
            note(least, intake.treeBound());
            long horizon = intake.horizon();
            long held = intake.heldByLeast();
            long needed = Math.min(sleeps ? Math.min(horizon, held) : Lane.NONE, waited);
            Lane<T> on = guard(least, needed);
            leaveWord(on, needed, sleeps ? least : null, horizon);
            if (!intake.hasNext()
                    && intake.least() == least
                    && intake.heldByLeast() == held
                    && (on == null || on.promised() < needed)) {
                return;
            }
        }
    }

    /** Chooses a lane that has not promised as much as is needed: the one that came last before, if it has not come again. */
    private @Nullable Lane<T> guard(Lane<T> least, long needed) {
        if (needed == Lane.NONE) {
            return null;
        }
        Lane<T> last = lastGuard;
        if (last != null && last.promised() < needed) {
            return last;
        }
        lastGuard = least;
        return least;
    }

    /** The reader is awake, or there is none: it tells of its own progress, and only what is promised must be told besides. */
    private void settleByLook() {
        long waited;
        do {
            settleWaits(waits.isEmpty() ? 0 : timeUnderLock());
            waited = waits.firstNumber();
            // once more, as the reader may have gone on before it could see the alarm
        } while (waited != Lane.NONE && (timeUnderLock() >= waited || !isLeftByLook(waited)));
        if (waited == Lane.NONE) {
            leaveWord(null, Lane.NONE, null, Long.MIN_VALUE);
            merger.awaitKnown(this, Lane.NONE);
        }
    }

    /** Leaves word of a promise, where it needs one to rise. Returns false where it has risen meanwhile. */
    private boolean isLeftByLook(long waited) {
        boolean needsPromise = intake.inHand() == 0 && intake.limit() == Lane.NONE;
        Lane<T> least = needsPromise ? leastLane(waited) : null;
        if (least != null) {
            note(least, least.promised());
        }
        leaveWord(least, waited, null, Long.MIN_VALUE);
        boolean isKnown = merger.awaitKnown(this, needsPromise && least == null && isUnreached() ? waited : Lane.NONE);
        if (least != null) {
            return least.promised() < waited;
        }
        return timeUnderLock() < waited
                && !(isKnown && intake.firstUnfinished() == 0); // else the reader takes what is due
    }

    /** Whether nothing more comes on any lane. */
    private boolean isUnreached() {
        for (Lane<T> lane : intake.lanes()) {
            if (source(lane).isOpen()) {
                return false;
            }
        }
        return true;
    }

    /** The lane that promises least, if that is less than a number. */
    private @Nullable Lane<T> leastLane(long number) {
        Lane<T> least = null;
        long w = number;
        for (Lane<T> lane : intake.lanes()) {
            long promised = lane.promised();
            if (promised < w) {
                w = promised;
                least = lane;
            }
        }
        return least;
    }

    private void leaveWord(@Nullable Lane<T> newGuard, long promised, @Nullable Lane<T> newEager, long below) {
        Lane<T> oldGuard = guard;
        Lane<T> oldEager = eager;
        guard = newGuard;
        eager = newEager;
        if (oldGuard != null && oldGuard != newGuard && oldGuard != newEager) {
            oldGuard.awaitPromise(Lane.NONE, Long.MIN_VALUE);
        }
        if (oldEager != null && oldEager != newGuard && oldEager != newEager) {
            oldEager.awaitPromise(Lane.NONE, Long.MIN_VALUE);
        }
        if (newGuard != null) {
            newGuard.awaitPromise(promised, newGuard == newEager ? below : Long.MIN_VALUE);
            source(newGuard).asked();
        }
        if (newEager != null && newEager != newGuard) {
            newEager.awaitPromise(Lane.NONE, below);
        }
    }

    // ---- the reader

    @Override
    boolean isQuiet() {
        return stop == null && !reach.isEnding() && intake.isCurrent();
    }

    @Override
    void readerBeginsToWait() {
        super.readerBeginsToWait();
        settle();
    }

    @Override
    void readerWaitsNoMore() {
        boolean slept = readerWaits();
        super.readerWaitsNoMore();
        if (slept) {
            settle();
        }
    }

    @Override
    void shrink() {
        super.shrink();
        for (Lane<T> lane : intake.lanes()) {
            if (roomWaits.get() > 0 && lane.isRoomAwaited()) {
                source(lane).wakeForward(); // nobody waits for much room while it sleeps
            }
            if (lane.places() > Inbox.KEPT_PLACES) {
                source(lane).shrink(lane);
            }
        }
    }

    /** Goes by the present lanes, and forgets those on which nothing more comes. The reader, or while it sleeps. */
    void adopt() {
        intake.adopt();
        if (!frozen && stoppedAt < 0) {
            intake.settle();
        }
        if (closedLanes > 0) {
            prune(); // may be the end, of which the reader is told: from then on the tree is its own
        }
        if (frozen && intake.lanes().length > 0 && intake.due() == 0) {
            dropRest();
        }
    }

    /**
     * Whether the reader has taken a message, numbered above a number, that is not due, and is about to meet the lock and put it back. To be
     * asked after the lanes were looked at, from which it is missing.
     */
    boolean isPuttingBack(long above) {
        long taking = intake.taking();
        return taking > above && !intake.isDue(taking);
    }

    void adoptLanes() {
        hub.lock.lock();
        try {
            adopt();
        } finally {
            hub.lock.unlock();
        }
    }

    private void prune() {
        int left = 0;
        for (Lane<T> lane : intake.lanes()) {
            if (!source(lane).isOpen() && !source(lane).isFailing()) {
                if (lane.size() == 0) {
                    remove(lane);
                } else {
                    left++;
                }
            }
        }
        closedLanes = left;
    }

    private void remove(Lane<T> lane) {
        if (guard == lane || eager == lane) {
            leaveWord(null, Lane.NONE, null, Long.MIN_VALUE);
        }
        if (lastGuard == lane) {
            lastGuard = null;
        }
        passed += lane.arrived();
        intake.remove(lane);
        source(lane).passed(lane);
        if (isSpent()) {
            merger.spent(this);
        }
    }

    @Override
    public boolean met(Lane<T> lane, long number, @Nullable T message) {
        hub.lock.lock();
        try {
            if (stoppedAt >= 0) {
                if (lane.wasTaken()) {
                    discardedOnLanes++; // it had left the lane when what was left there was counted
                }
                throw stoppedException();
            }
            boolean isDue = (intake.isSettled() && intake.limit() == Lane.NONE) || intake.isDue(number);
            if (isDue) {
                if (!frozen) {
                    intake.settle();
                }
            } else {
                if (frozen && lane.wasTaken()) { // it had left the lane when what was left there was counted
                    firstLost = firstLost == 0 ? number : Math.min(firstLost, number);
                    source(lane).losesOne((Way<T>) lane);
                }
                intake.putBack(lane, number, message);
            }
            settleWaits(timeUnderLock());
            hub.changed.signalAll(); // who joins may wait for what was in the way
            return isDue;
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public void finished(long first) {
        hub.lock.lock();
        try {
            if (stoppedAt >= first) {
                return; // it was stopped after that
            }
            if (stoppedAt >= 0) {
                throw stoppedException();
            }
            adopt();
            settle();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public void roomOn(Lane<T> lane) {
        source(lane).wakeForward();
    }

    @Override
    void broken(Error error) {
        hub.broken(error);
    }

    // ---- sources: under the lock

    /** Nothing that is not due yet becomes due until {@link #opened}: what is in hand is, or is put back. */
    void opening() {
        intake.unsettle();
    }

    /** The source can reach the receiver from now on, or has something left that is for it too. */
    void opened(Lane<T> lane) {
        intake.add(lane);
        if (!source(lane).isOpen()) {
            closedLanes++;
        }
        changed();
    }

    /** A link leads here from another dispatcher's receiver. */
    void linked(Endpoint<?> above) {
        isBelowMerge |= above instanceof MergePoint<?>;
    }

    /** Who reads next goes by the present lanes: the clock need not be asked for under the lock until then. */
    void changed() {
        if (readerWaits()) {
            adopt();
        } else if (inside == null && !frozen && stoppedAt < 0) {
            intake.settle(); // a reader that enters now sees that it has to adopt them
        }
        settle();
    }

    /** Nothing more comes on that lane. */
    void closed(Lane<T> lane) {
        if (lane.size() == 0 && (readerWaits() || inside == null)) {
            remove(lane);
        } else {
            closedLanes++; // the reader may have something to put back there
        }
        settle();
    }

    /** Nothing at all comes on that lane any more, and what is there is gone. */
    void cut(Lane<T> lane, int left, int due) {
        discardedOnLanes += frozen ? due : left;
        passed += lane.arrived();
        intake.remove(lane);
    }

    @Override
    boolean isSpent() {
        return frozen ? intake.due() == 0 : intake.lanes().length == 0;
    }

    @Override
    boolean isAtEnd() {
        if (!reach.isEnding() || reach.isAtEnd()) {
            return reach.isAtEnd();
        }
        for (Lane<T> lane : intake.lanes()) {
            if (!frozen && (source(lane).isOpen() || lane.size() > 0)) {
                return false;
            }
        }
        return !frozen || intake.due() == 0;
    }

    /** After the merge was closed, and all that was due has been given: the rest goes. */
    private void dropRest() {
        for (Lane<T> lane : intake.lanes()) {
            remove(lane);
        }
        merger.spent(this);
    }

    /** The merge starts. */
    void start() {
        intake.setLimit(Lane.NONE);
        changed();
    }

    /** The merge is closed: no promise counts any more. */
    void freeze() {
        if (!frozen && stoppedAt < 0) {
            intake.unsettle();
            frozen = true;
            long w = Math.max(bound(), intake.inHand());
            intake.setLimit(w);
            for (Lane<T> lane : intake.lanes()) {
                lane.markEnd();
                long first = lane.firstLost(w);
                firstLost = firstLost == 0 ? first : first == 0 ? firstLost : Math.min(firstLost, first);
            }
        }
    }

    /** The merge is closed, and its {@code close} tells of so many messages that were for this. */
    void gaveUp(Stop why, int messages) {
        if (messages > 0) {
            passed -= messages;
            gaveUp(why);
        }
    }

    /** The least number that was accepted and was not due when the merge was closed; 0 for none. */
    @Override
    long firstLost() {
        return firstLost;
    }

    // ---- stopping: under the lock

    @Override
    long stopClock() {
        intake.unsettle();
        long first = intake.firstUnfinished();
        stoppedAt = intake.derivedTime();
        if (first != 0 && first <= stoppedAt) {
            first = intake.firstUnfinished(); // the reader has finished it between the two looks
        }
        intake.setLimit(bound()); // what is above was not due, whoever leaves now
        merger.reached(bound());
        return first == 0 ? stoppedAt : first;
    }

    @Override
    void forget() {
        merger.awaitKnown(this, Lane.NONE);
        settleUpTo(stoppedAt);
    }

    @Override
    void cutSupply() {
        for (Lane<T> lane : intake.lanes()) {
            source(lane).lose((Way<T>) lane);
        }
    }

    // ---- who waits for whom

    @Override
    void addBlockers(long number, Blockers blockers) {
        hub.lock.lock();
        try {
            long w = bound();
            long first = intake.firstUnfinished();
            if (first != 0 && first <= Math.min(number, w)) {
                addReader(blockers.threads());
            }
            if (number > w) {
                for (Lane<T> lane : intake.lanes()) {
                    if (lane.promised() < number) {
                        source(lane).addBlockersOfPromise(number, blockers);
                    }
                }
            }
        } finally {
            hub.lock.unlock();
        }
    }

    /** Adds those who must go on before this lane can give its next message. Under the lock. */
    void addBlockers(Lane<T> lane, Blockers blockers) {
        long number = lane.first();
        if (number <= bound()) {
            addReader(blockers.threads());
        } else {
            blockers.add(this, number - 1); // asked without the lock
            for (Lane<T> other : intake.lanes()) {
                if (other.promised() < number) {
                    source(other).addBlockersOfPromise(number, blockers);
                }
            }
        }
    }

    // ---- for people

    @Override
    int pending() {
        return stop != null ? 0 : intake.due();
    }

    @Override
    long discarded() {
        return discardedOnLanes;
    }

    @Override
    int capacity() {
        return merger.capacity();
    }

    /** How many messages it holds back. */
    int held() {
        int all = 0;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.size();
        }
        return stop != null || frozen ? 0 : Math.max(0, all - intake.due());
    }

    @Override
    String describeRest() {
        Snapshot.HeldBack held = heldBack();
        return ", " + pending() + " to be given"
                + (held.source().isEmpty()
                        ? ""
                        : ", waits for forwarder \"" + held.source() + "\", which has promised " + held.promise()
                                + ", for " + held.since().toMillis() + " ms, " + held.messages() + " held back");
    }

    /** Nothing is due before that lane promises more: since when that has been so is told to those who look. */
    private void note(Lane<T> least, long promised) {
        Source<T> source = source(least);
        if (source != awaited || promised != awaitedPromise) {
            awaited = source;
            awaitedPromise = promised;
            awaitedSince = System.nanoTime();
        }
    }

    @Override
    Snapshot.HeldBack heldBack() {
        hub.lock.lock();
        try {
            int held = held();
            Lane<T> least = leastLane(Lane.NONE);
            if (least == null || stop != null || frozen || (held == 0 && waits.isEmpty())) {
                return new Snapshot.HeldBack(held, "", 0, Duration.ZERO);
            }
            note(least, least.promised());
            return new Snapshot.HeldBack(
                    held, source(least).name(), awaitedPromise, Duration.ofNanos(System.nanoTime() - awaitedSince));
        } finally {
            hub.lock.unlock();
        }
    }
}
