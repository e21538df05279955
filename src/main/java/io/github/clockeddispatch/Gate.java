package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Frontier;
import io.github.clockeddispatch.progress.NumberHeap;
import io.github.clockeddispatch.progress.PromiseSet;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the sources of a merge and one receiver's inbox: it lets through what is numbered up to w, the least
 * promise of the open sources that can reach the receiver, in order (F2). All under the hub's lock, but for {@link #news(Lane)}.
 *
 * <p>It is driven by need. Where nobody waits, messages come and promises rise without its being told; it finds them when
 * somebody asks. Else it is eager, and watches, at the one source with the least promise, for the number that is needed next.
 *
 * <p>Raising w and giving what has become due are one step: what finds no room stays in the buffers, but then the inbox is
 * full, and the clock stands below what is in there; and a reader that finds its inbox empty fills it before it may finish
 * the last message. So the clock never passes what is due.
 */
final class Gate<T> implements Supply, RoomWait {

    private static final VarHandle NEWS;

    static {
        try {
            NEWS = MethodHandles.lookup().findVarHandle(Gate.class, "news", Lane.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Merger<T> merger;
    private final Inbox<T> inbox;

    /** w, as far as it has been needed: the bound of the inbox's clock. */
    private final Frontier frontier;

    /** Of the sources that reach the receiver, or have something left for it. */
    private final Set<Lane<T>> lanes = new LinkedHashSet<>(2);

    /** Of the open ones among them. */
    private final PromiseSet<Lane<T>.Promise> promises = new PromiseSet<>();

    /** Of those that hold something for the receiver, as far as it has been looked, by the number of that. */
    private final NumberHeap<Lane<T>> heads = new NumberHeap<>();

    /** Those at which it is to look, as they held nothing and may hold something; the newest first. Pushed without the lock. */
    @SuppressWarnings("UnusedVariable") // by NEWS
    private volatile @Nullable Lane<T> news;

    private final Frontier.Watcher watcher = new Frontier.Watcher() {
        @Override
        public void reached() {
            watched = null;
            needed();
        }
    };

    /** Where {@link #watcher} stands: at a source's promise, or at what the merge knows. */
    private @Nullable Frontier watched;

    /** The source that was last watched, what it promised then, and since when; for those who look. */
    private @Nullable Source<T> awaited;

    private long awaitedPromise;
    private long awaitedSince;

    /** Whether it is to be told of each message at once that comes first on its lane. Written under the lock. */
    private volatile boolean eager;

    /** The greatest number that was accepted, and given up. */
    private long givenUp;

    /** How many of its sources have a forward waiting for room. */
    private int blocked;

    /** The least number that was due and has been given up; 0 for none. */
    private long firstLost;

    private boolean advancing;
    private boolean again;
    private boolean placeSeen;

    Gate(Merger<T> merger, Inbox<T> inbox, Frontier frontier) {
        this.merger = merger;
        this.inbox = inbox;
        this.frontier = frontier;
    }

    Inbox<T> inbox() {
        return inbox;
    }

    /** As far as it has been needed, or after {@link #refresh} as far as it goes. */
    long w() {
        return frontier.value();
    }

    /** Whether there is something above w. */
    boolean holdsBack() {
        return lanes.stream().anyMatch(lane -> lane.source.holdsAbove(lane, frontier.value()));
    }

    @Override
    public long firstHeld() {
        return heads.isEmpty() ? 0 : heads.firstNumber();
    }

    /** When the clock has got there, all that was accepted for it is finished. */
    long accepted() {
        long accepted = Math.max(frontier.value(), givenUp);
        for (Lane<T> lane : lanes) {
            accepted = Math.max(accepted, lane.source.last(lane));
        }
        return accepted;
    }

    // ---- sources

    /** The source can reach the receiver from now on, or has something left that is for it too. */
    void opened(Lane<T> lane) {
        lanes.add(lane);
        heads.reserve(lanes.size()); // so that none is missing there for want of memory
        look(lane);
        if (lane.source.isOpen()) {
            promises.add(lane.promise);
        }
        if (lane.source.isBlocked()) {
            blocked++;
        }
    }

    /** Nothing more will come this way; what is there is still to be given. */
    void closed(Lane<T> lane) {
        look(lane);
        promises.remove(lane.promise);
        needed();
    }

    /** Nothing at all will come this way. */
    void removed(Lane<T> lane) {
        lanes.remove(lane);
        promises.remove(lane.promise);
        heads.remove(lane);
        if (lane.source.isBlocked()) {
            blocked--;
        }
        needed();
        if (lanes.isEmpty()) {
            merger.spent(inbox);
        }
    }

    @Override
    public boolean isSpent() {
        return lanes.isEmpty();
    }

    @Override
    public void stopped() {
        for (Lane<T> lane : List.copyOf(lanes)) {
            lane.source.lose(lane);
        }
        needed();
    }

    /** What is on this lane was due, and will not be given any more: the clock must not pass it. */
    void lost(Lane<T> lane) {
        givesUp(lane);
        long number = lane.source.number(lane);
        firstLost = firstLost == 0 ? number : Math.min(firstLost, number);
        merger.noRoom(inbox);
        inbox.watermark.begin(firstLost); // where something is in the inbox it comes after that
    }

    @Override
    public long firstLost() {
        return firstLost;
    }

    /** What this lane holds above w will not be given any more. */
    void truncate(Lane<T> lane) {
        givesUp(lane);
        lane.source.truncate(lane, frontier.value());
        if (!lane.source.hasNext(lane)) {
            heads.remove(lane);
        }
    }

    private void givesUp(Lane<T> lane) {
        givenUp = Math.max(givenUp, lane.source.last(lane));
    }

    /** Whether a source wants to be told when there is room. */
    void blocked(boolean isBlocked) {
        blocked += isBlocked ? 1 : -1;
        if (isBlocked) {
            needed();
        }
    }

    // ---- w

    @Override
    public boolean isDerived() {
        return true;
    }

    @Override
    public void refresh() {
        advance(true);
    }

    @Override
    public void needed() {
        advance(false);
    }

    /** A source has accepted something: the reader asks for it when it has no more, unless somebody needs it earlier. */
    void offered() {
        if (isToKnow()) {
            needed();
        } else {
            eager = false;
        }
    }

    /**
     * Something was put on this lane, which held nothing. With its source's word seized, and mostly without the lock.
     *
     * @return whether it is to be told at once
     */
    boolean news(Lane<T> lane) {
        lane.isNews = true;
        Lane<T> older;
        do {
            older = news;
            lane.olderNews = older;
        } while (!NEWS.compareAndSet(this, older, lane));
        return eager;
    }

    private boolean isToKnow() {
        return inbox.readerWaits() || merger.isClosing() || inbox.firstWaited() != Long.MAX_VALUE;
    }

    @Override
    public void placeSeen() {
        placeSeen = true; // the inbox goes on to say what is needed
    }

    /**
     * Raises w, and lets through what is due then, for as long as there is room.
     *
     * @param all whether to raise w as far as it goes, not just as far as it is needed
     */
    private void advance(boolean all) {
        if (advancing) {
            again = true; // called from within, by a wait that was settled
            return;
        }
        advancing = true;
        try {
            do {
                do {
                    do {
                        again = false;
                        raiseAndPour(all);
                    } while (again);
                    placeSeen = false;
                    if (wantsRoom()) {
                        inbox.watchForPlace(this);
                    }
                } while (placeSeen);
                again = false;
                watch();
            } while (again);
        } finally {
            advancing = false;
        }
    }

    private void raiseAndPour(boolean all) {
        eager = isToKnow();
        if (eager) {
            VarHandle.fullFence(); // it can be seen before it is looked what there is
        }
        lookAtNews();
        long w = isMoving() ? least(all ? Long.MAX_VALUE : nextNeeded()) : frontier.value();
        boolean rises = w > frontier.value();
        boolean poured = pour(Math.max(w, frontier.value())); // marks what is due as unfinished, before w gets there
        if (rises) {
            frontier.publish(w);
            merger.reached(w);
        }
        if (poured) {
            inbox.publish();
        }
        if (rises) {
            frontier.tell();
        }
        again |= rises || poured;
    }

    private void lookAtNews() {
        if (news == null) {
            return;
        }
        @SuppressWarnings("unchecked") // only those are ever pushed
        Lane<T> lane = (Lane<T>) NEWS.getAndSet(this, null);
        while (lane != null) {
            Lane<T> older = lane.olderNews;
            lane.olderNews = null;
            lane.isNews = false;
            VarHandle.fullFence(); // who sees that it is no news any more has put what is seen now
            look(lane);
            lane = older;
        }
    }

    /** Something may have been put there. */
    void look(Lane<T> lane) {
        if (lane.source.hasNext(lane)) {
            heads.reschedule(lane, lane.source.number(lane));
        }
    }

    /** What is due and finds no room is poured by the reader when the inbox is empty, unless somebody needs it earlier. */
    private boolean wantsRoom() {
        return (blocked > 0 || merger.isClosing())
                && heads.firstNumber() <= frontier.value()
                && inbox.stopped() == null
                && !inbox.room.isWatchedBy(this);
    }

    /** Returns whether w may rise. It may not once the receiver has stopped, whatever becomes known. */
    private boolean isMoving() {
        return merger.isMoving() && inbox.stopped() == null;
    }

    private long least(long number) {
        return promises.isEmpty() ? merger.known() : promises.least(number);
    }

    /** The least number above w that is held back or waited for. */
    private long nextNeeded() {
        long head = heads.firstNumber();
        return Math.min(head > frontier.value() ? head : Long.MAX_VALUE, nextWaited());
    }

    private long nextWaited() {
        long waited = inbox.firstWaited();
        return waited > frontier.value() ? waited : Long.MAX_VALUE;
    }

    /** Whether what is held back is to be given as soon as it is due. */
    private boolean isPressing() {
        return inbox.readerWaits() || blocked > 0 || merger.isClosing();
    }

    private boolean pour(long w) {
        boolean poured = false;
        while (heads.firstNumber() <= w && inbox.stopped() == null && inbox.room.free() > 0) {
            Lane<T> lane = heads.first();
            long limit = Math.min(w, heads.secondNumber() - 1);
            lane.source.pour(lane, limit, inbox.room.free());
            heads.remove(lane);
            VarHandle.fullFence(); // who sees how far it has got now has put what is seen now, or says that there are
            // news
            look(lane);
            poured = true;
        }
        return poured;
    }

    private void watch() {
        long number = isMoving() ? nextNeeded() : Long.MAX_VALUE;
        Source<T> source = number == Long.MAX_VALUE || promises.isEmpty()
                ? null
                : promises.first().source();
        long alarm = isPressing() ? number : isMoving() ? nextWaited() : Long.MAX_VALUE;
        Frontier next = alarm == Long.MAX_VALUE ? null : source != null ? source.promise : merger.knownFrontier();
        if (watched != null && watched != next) {
            watched.watch(watcher, Long.MAX_VALUE);
        }
        watched = next;
        if (source != awaited || (source != null && source.promise.value() != awaitedPromise)) {
            awaited = source;
            awaitedPromise = source == null ? 0 : source.promise.value();
            awaitedSince = System.nanoTime();
        }
        if (next != null) {
            next.watch(watcher, alarm);
            if (source != null) {
                source.watched();
            } else {
                merger.knownIsWatched();
            }
        }
    }

    // ---- for those who look

    @Override
    public void addBlockers(long number, Collection<Thread> threads) {
        for (Lane<T> lane : lanes) {
            lane.source.addBlockersOfPromise(number, threads);
        }
    }

    /** Adds the threads that must go on before this lane can give its next message. */
    void addBlockers(Lane<T> lane, Collection<Thread> threads) {
        long number = lane.source.number(lane);
        if (number > frontier.value()) {
            addBlockers(number, threads);
        } else {
            inbox.addReaderIfFull(threads);
        }
    }

    @Override
    public long top() {
        long top = 0;
        for (Lane<T> lane : lanes) {
            Upstream upstream = lane.source.upstream();
            if (upstream != null) {
                top = Math.max(top, upstream.top());
            }
        }
        return top;
    }

    @Override
    public String describe() {
        inbox.hub.lock.lock();
        try {
            Source<T> source = awaited;
            return source == null
                    ? ""
                    : ", waits for " + source + ", which has promised " + source.promise.value() + ", for "
                            + waitedMillis() + " ms, " + held() + " held back";
        } finally {
            inbox.hub.lock.unlock();
        }
    }

    /** How many messages it holds back, or has no room for. */
    private int held() {
        return lanes.stream().mapToInt(lane -> lane.source.left(lane)).sum();
    }

    private long waitedMillis() {
        return (System.nanoTime() - awaitedSince) / 1_000_000;
    }

    @Override
    public Snapshot.HeldBack heldBack() {
        Source<T> source = awaited;
        return source == null
                ? new Snapshot.HeldBack(held(), "", 0, Duration.ZERO)
                : new Snapshot.HeldBack(
                        held(),
                        source.name(),
                        source.promise.value(),
                        Duration.ofNanos(System.nanoTime() - awaitedSince));
    }

    @Override
    public String toString() {
        return "gate of " + inbox;
    }
}
