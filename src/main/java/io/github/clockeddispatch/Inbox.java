package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Frontier;
import io.github.clockeddispatch.progress.NumberHeap;
import io.github.clockeddispatch.progress.NumberedRing;
import io.github.clockeddispatch.progress.Watermark;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver owns: the messages that were numbered and not given, the clock, those that wait for it, and those that
 * wait for room. All of it is guarded by the hub's lock, but for what {@link ReadSide} does alone: it takes from the ring
 * and moves the watermark without the lock.
 *
 * <p>The two meet in {@code alarm}. Who wants to be told of the reader's progress (under the lock) writes the alarm and
 * looks at the progress once more; the reader makes progress and looks at the alarm. So one of the two sees the other.
 */
final class Inbox<T> {

    /** How many places an empty buffer may keep; one that has grown beyond that shrinks to its first size. */
    static final int KEPT_PLACES = 4096;

    /** No alarm is set. */
    private static final long NONE = Long.MAX_VALUE;

    final Hub<T> hub;
    final String name;
    final int capacity;

    /** When it joined, among the dispatcher's senders and receivers. */
    final long order;

    final long joinedAt;
    final NumberedRing<T> ring;
    final Watermark watermark;
    final Room room;

    private final Frontier frontier;
    private final NumberHeap<ClockWait> waits = new NumberHeap<>();
    private final Frontier.Watcher watcher = new Frontier.Watcher() {
        @Override
        public void reached() {
            if (hub.isFinal()) {
                numbersEnd();
            } else {
                settle();
            }
        }
    };

    /**
     * The reader calls {@link #settle} when it has finished everything below a number above this one. Written under the
     * lock, read by the reader.
     */
    private volatile long alarm = NONE;

    /** The reader that waits, and has not been woken; null for none. Written under the lock. */
    private volatile @Nullable Thread waiter;

    /** The thread that is in a reading method. Written by {@link ReadSide}. */
    volatile @Nullable Thread inside;

    /**
     * The thread that reads until the end, in {@code forEach…} or for a link, so that no other can read in its place; null
     * where the receiver is read by hand. Written by the reader, read by watches, snapshots and those who write exceptions.
     */
    volatile @Nullable Thread readsOn;

    /** The other half of the reader's side. Written once, before the receiver can be seen. */
    @Nullable
    ReadSide<T> side;

    /**
     * The thread that was last given something. Written by the reader, read by anybody; weak, so that a thread that has ended is
     * not kept.
     */
    private volatile @Nullable WeakReference<Thread> reader;

    /** Why it stopped; null while it goes on. Written once, under the lock. */
    private volatile @Nullable Stop stop;

    /**
     * When it stopped, in the order of {@link Hub#nextOrder}; 0 while it goes on. Written once, under the lock, before
     * {@link #stop}.
     */
    private long stopOrder;

    /** Whether it has been discarded (G10). Written once, under the lock; read by anybody. */
    private volatile boolean discarded;

    /**
     * How many messages that were not in here yet were given up with it: those for it alone in channels, and all in buffers.
     * Written under the lock, read by anybody.
     */
    private volatile long discardedInChannels;

    /** Why something that was accepted for it never got in here; null where nothing was given up. Guarded by the lock. */
    private @Nullable Stop givenUp;

    /** What can reach it, and how it ends: written by {@link Reach} under the lock. */
    final Reach.Of<T> reach = new Reach.Of<>();

    /** What stood first when its dispatcher began to close; null before. Guarded by the lock. */
    private @Nullable Sight sight;

    /** Its place in the hub's list, kept by the hub under the lock. */
    int place = -1;

    /** Written once, before the inbox can be seen. */
    private Supply supply = Supply.NONE;

    Inbox(Hub<T> hub, String name, int capacity, Frontier frontier, long order) {
        this.hub = hub;
        this.name = name;
        this.capacity = capacity;
        this.frontier = frontier;
        this.order = order;
        this.joinedAt = frontier.value();
        this.ring = new NumberedRing<>(capacity);
        this.watermark = new Watermark(frontier);
        this.room = new Room(capacity, ring);
    }

    void supplyBy(Supply source) {
        supply = source;
    }

    Supply supply() {
        return supply;
    }

    /** The least number that is accepted and not finished; 0 for none. Under the lock. */
    long firstAccepted() {
        supply.refresh();
        long first = watermark.firstUnfinished();
        return first != 0 ? first : supply.firstHeld();
    }

    /** The least number that was due and will not be given; 0 for none. Under the lock. */
    long firstLost() {
        return supply.firstLost();
    }

    /** The greatest number that its clock can reach when no number is given any more. Under the lock. */
    private long last() {
        long lost = supply.firstLost();
        return lost == 0 ? frontier.value() : lost - 1;
    }

    /** Where the top of all that it comes from stands. Under the lock. */
    long top() {
        supply.refresh();
        return Math.max(frontier.value(), supply.top());
    }

    /** Returns how far numbers have been given, in a merge: are due. All that is numbered up to there is here. */
    long bound() {
        if (supply.isDerived()) {
            hub.lock.lock();
            try {
                supply.refresh();
            } finally {
                hub.lock.unlock();
            }
        }
        return frontier.value();
    }

    /** Where its clock stands. */
    long time() {
        var unused = bound();
        return watermark.time();
    }

    /** Whether it has got there. */
    boolean hasReached(long number) {
        return watermark.time() >= number || (supply.isDerived() && time() >= number);
    }

    // ---- the way in: under the lock

    /** Makes room in memory for this many messages, so that appending them cannot fail. */
    void reserve(int count) {
        ring.reserve(count);
    }

    /** Appends messages; they count as unfinished from now on, and are to be {@linkplain #publish published}. */
    void append(long first, int count, IntFunction<T> payloads) {
        watermark.begin(first);
        ring.append(first, count, payloads);
    }

    /** Appends one message, likewise. */
    void append(long number, T payload) {
        watermark.begin(number);
        ring.append(number, payload);
    }

    /** Brings in what is due, where that does not come by itself. */
    void refill() {
        supply.refresh();
    }

    /** Lets the reader see what was appended, after the frontier has reached it. */
    void publish() {
        ring.publish();
        wakeReader();
    }

    /** Puts it at the end of those who wait for a free place. */
    void enqueue(RoomWait wait) {
        room.enqueue(wait);
        settle();
    }

    /** It has appended what it waited for, or gives up: the next one is next. */
    void dequeue(RoomWait wait) {
        if (room.dequeue(wait)) {
            settle();
        }
    }

    /** Tells it once when a place is free from now on. */
    void watchForPlace(RoomWait wait) {
        room.watch(wait);
        settle();
    }

    // ---- progress of the reader

    /** Reader, having taken a message or finished up to it: wakes those who are due, if any. */
    void progressed(long firstUnfinished) {
        if (firstUnfinished > alarm) {
            hub.lock.lock();
            try {
                settle();
            } finally {
                hub.lock.unlock();
            }
        }
    }

    /** Under the lock: settles all who are due, wakes those for whom there is room, and sets the alarm for the rest. */
    void settle() {
        boolean again;
        do {
            long time = watermark.time();
            while (waits.firstNumber() <= time) {
                ClockWait due = waits.first();
                due.settle(null); // where this throws, it is still there to be settled by a failure
                waits.remove(due);
            }
            room.grant();
            long next = room.isWanted() ? 0 : waits.firstNumber();
            alarm = next;
            // the reader may have gone on before it could see the alarm: look again, at the watermark first, as it is
            // by that word that the reader publishes what it has taken
            again = next != NONE && (waits.firstNumber() <= watermark.time() || room.canGrant());
        } while (again);
        long first = waits.firstNumber();
        frontier.watch(watcher, first > frontier.value() ? first : NONE);
        supply.needed();
    }

    /** The least number that is waited for; {@code Long.MAX_VALUE} for none. Under the lock. */
    long firstWaited() {
        return waits.firstNumber();
    }

    /** Whether neither a stop, an end nor anything else is near. A hint, read without the lock. */
    boolean isQuiet() {
        return stop == null && !reach.isEnding() && !supply.isDerived();
    }

    /** Whether the reader waits, and has not been woken. */
    boolean readerWaits() {
        return waiter != null;
    }

    /** Reader, under the lock: wants to be woken from now on, which it may be at once. */
    void readerBeginsToWait() {
        waiter = Thread.currentThread();
        supply.needed();
        ring.shrink(KEPT_PLACES);
        waits.shrink(KEPT_PLACES);
        room.shrink(KEPT_PLACES);
    }

    /** Reader, under the lock: wants to be woken no more. */
    void readerWaitsNoMore() {
        waiter = null;
    }

    /** The reader that waits looks again. Under the lock, which it does not take to wake up. */
    void wakeReader() {
        Thread thread = waiter;
        if (thread != null) {
            waiter = null;
            LockSupport.unpark(thread);
        }
    }

    /** Reader: another thread reads than before. */
    void readBy(Thread thread) {
        reader = new WeakReference<>(thread);
    }

    // ---- waiting for the clock

    /** Adds a wait, which may be settled at once. Under the lock. */
    void add(ClockWait wait) {
        supply.refresh();
        Stop why = stop;
        if (watermark.time() >= wait.number()) {
            wait.settle(null);
        } else if (why != null) {
            wait.settle(why);
        } else if (wait.number() > last() && hub.isFinal()) {
            wait.settle(noSuchNumber(wait.number()));
        } else {
            frontier.reserve();
            waits.add(wait);
            settle();
        }
    }

    /** Adds a wait, or throws an error and leaves none behind. Under the lock. */
    private void addWhole(ClockWait wait) {
        try {
            add(wait);
        } catch (Error e) {
            waits.remove(wait);
            throw e;
        }
    }

    /** Has a wait, which may be settled at once, wait for this number from now on, whatever it waited for. Under the lock. */
    void reschedule(ClockWait wait, long number) {
        waits.reschedule(wait, number);
        settle();
    }

    void remove(ClockWait wait) {
        if (waits.remove(wait)) {
            settle();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the reader has a moment to finish before this one parks
    boolean await(long number, Deadline deadline) throws InterruptedException {
        if (number <= frontier.value() && !deadline.isNow()) {
            Thread.yield();
            if (watermark.time() >= number) {
                return true;
            }
        }
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitInTurn(number, deadline))
                : awaitInTurn(number, deadline);
    }

    private boolean awaitInTurn(long number, Deadline deadline) throws InterruptedException {
        var wait = new ClockWait.OfThread(number, this);
        var waiting = new Wait(wait, hub.lock, wait.condition, deadline);
        hub.lock.lock();
        try {
            if (deadline.isNever()) {
                checkNotInOwnHand(number);
            }
            addWhole(wait);
            try {
                if (!wait.isSettled()) {
                    waiting.begin();
                }
                return wait.await(waiting);
            } finally {
                waiting.end();
                remove(wait);
            }
        } finally {
            hub.lock.unlock();
        }
    }

    /**
     * Throws if the calling thread would wait for what it must finish itself: it is the reader, and has that in hand. The three
     * reads are in the reverse of the order in which a reader writes, so that what another thread takes meanwhile does not count
     * as the caller's own.
     */
    private void checkNotInOwnHand(long number) {
        long first = watermark.firstUnfinished();
        ReadSide<T> by = side;
        if (first == 0 || first > number || by == null || !by.isInHand(first)) {
            return;
        }
        VarHandle.acquireFence();
        Thread self = Thread.currentThread();
        Thread other = inside; // to which it has handed the receiver over, and which finishes what is in hand
        if (reader() == self && (other == null || other == self)) {
            String thread = Texts.name(self);
            throw new IllegalStateException("deadlock: " + thread + " waits for the clock of \"" + name + "\" to reach "
                    + number + ", held by " + thread + ", which has " + first + " in hand. " + Wait.ADVICE);
        }
    }

    /** Waits until what was accepted for each, up to its number, is finished or discarded. */
    static <T> boolean awaitFinished(Map<Inbox<T>, Long> marks, Deadline deadline) throws InterruptedException {
        marks.forEach(Inbox::isDone); // throws before any wait where something will never be finished
        for (var mark : marks.entrySet()) {
            if (!mark.getKey().awaitFinished(mark.getValue(), deadline)) {
                marks.forEach(Inbox::isDone); // one of the others may have failed meanwhile
                return false;
            }
        }
        return true;
    }

    private boolean awaitFinished(long number, Deadline deadline) throws InterruptedException {
        try {
            return isDone(number) || await(number, deadline);
        } catch (ClosedException e) {
            if (discarded) {
                return true;
            }
            throw e; // it was not discarded, but given up
        }
    }

    /**
     * Returns whether what was accepted for it up to a number is finished or discarded, or it has stopped with nothing unfinished.
     *
     * @throws DispatchException if some of it was given up, and will never be finished
     */
    private boolean isDone(long number) {
        hub.lock.lock();
        try {
            if (discarded) {
                return true;
            }
            supply.refresh();
            Stop missing = givenUp;
            if (missing == null && number > last() && hub.isFinal()) {
                missing = noSuchNumber(number);
            }
            Stop why = stop;
            if (missing == null && why != null && why.number() > watermark.time()) {
                missing = why;
            }
            if (missing != null) {
                throw missing.exception();
            }
            return why != null || watermark.time() >= number;
        } finally {
            hub.lock.unlock();
        }
    }

    CompletableFuture<Long> whenReached(long number) {
        if (watermark.time() >= number) {
            return CompletableFuture.completedFuture(number);
        }
        var wait = new ClockWait.OfFuture(number, hub.threads);
        hub.lock.lock();
        try {
            addWhole(wait);
        } finally {
            hub.lock.unlock();
        }
        // Whoever completes it, by cancel, orTimeout or complete, frees the wait. Not whenComplete, which wraps a
        // failure in an exception that asks for the text of it.
        var unused = wait.future.handle((reached, failure) -> {
            hub.lock.lock();
            try {
                remove(wait);
            } finally {
                hub.lock.unlock();
            }
            return true;
        });
        return wait.future;
    }

    boolean isDerived() {
        return supply.isDerived();
    }

    /** The thread that was last given something; null for none. */
    @Nullable
    Thread reader() {
        WeakReference<Thread> last = reader;
        return last == null ? null : last.get();
    }

    /** Adds those who must go on before the clock can reach a number. Under the lock. */
    void addBlockers(long number, Collection<Thread> threads) {
        long first = watermark.firstUnfinished();
        if (first != 0 && first <= number) {
            addReader(threads);
        }
        if (number > frontier.value()) {
            supply.addBlockers(number, threads);
        }
    }

    /** Adds the thread that reads until the end, if there is one: nobody else can make room here, or finish anything. */
    private void addReader(Collection<Thread> threads) {
        Thread by = readsOn;
        if (by != null) {
            threads.add(by);
        }
    }

    /** Adds the reader, if there is no place for whoever is next. A place that is granted is one. Under the lock. */
    void addReaderIfFull(Collection<Thread> threads) {
        if (stop == null && room.isFull()) {
            addReader(threads);
        }
    }

    // ---- stopping: under the lock

    /**
     * Stops the clock, and everybody who waits here, unless it has stopped before. Where it ended in an error, it can be
     * called once more, and does the rest.
     *
     * @param cause why it fails; null where it is discarded or cut off
     * @param how what happened to it, for the exceptions
     */
    void stop(@Nullable Throwable cause, String how) {
        Stop now = stop;
        if (now == null) {
            supply.refresh(); // what is due is in there, and the clock where it would be found to stand
            now = stopAt(watermark.stop(), cause, how);
            stopOrder = hub.nextOrder();
            stop = now;
        }
        ring.clear(); // G10: nobody is given what is in there, and nothing keeps it
        settle();
        while (!waits.isEmpty()) {
            ClockWait first = waits.first();
            first.settle(now);
            waits.remove(first);
        }
        room.stop();
        settle();
        wakeReader();
    }

    private Stop stopAt(long number, @Nullable Throwable cause, String how) {
        try {
            String what = this + " " + how + " at number " + number;
            return cause == null ? Stop.closed(what, number) : Stop.failed(what, cause, number);
        } catch (OutOfMemoryError e) {
            // the clock has been stopped: once more, with less
            return cause == null ? Stop.closed(how, number) : Stop.failed(how, cause, number);
        }
    }

    long stopOrder() {
        return stopOrder;
    }

    /** It is discarded: {@code awaitFinished} leaves it out from now on. */
    void discard() {
        discarded = true;
    }

    /** It takes nothing more from where it came from. */
    void cutSupply() {
        supply.stopped();
    }

    void discardedInChannel(int messages) {
        discardedInChannels += messages;
    }

    /** Something that was accepted for it was given up before it got in here: {@code awaitFinished} throws this. */
    void gaveUp(Stop why) {
        if (givenUp == null) {
            givenUp = why;
        }
    }

    /** Numbers above the frontier will not be given any more: nobody shall wait for them. */
    void numbersEnd() {
        List<ClockWait> kept = new ArrayList<>(waits.size());
        try {
            while (!waits.isEmpty()) {
                ClockWait wait = waits.first();
                if (wait.number() > last()) {
                    wait.settle(noSuchNumber(wait.number()));
                } else {
                    kept.add(wait);
                }
                waits.remove(wait);
            }
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                waits.add(kept.get(i)); // takes no memory, having been there
            }
        }
        settle();
    }

    private Stop noSuchNumber(long number) {
        Stop failure = hub.failure();
        return failure != null
                ? failure
                : Stop.closed(hub + " is closed at number " + frontier.value() + ": "
                        + number + " will not be " + (number > frontier.value() ? "given; " : "finished; ")
                        + describe());
    }

    @Nullable
    Stop stopped() {
        return stop;
    }

    /** For the reader that lost against a stop. */
    RuntimeException stoppedException() {
        hub.lock.lock(); // the watermark is stopped a little before the reason is written
        try {
            return Objects.requireNonNull(stop).exception();
        } finally {
            hub.lock.unlock();
        }
    }

    // ---- for people

    boolean isDiscarded() {
        return discarded;
    }

    int pending() {
        return stop != null ? 0 : ring.published();
    }

    long discarded() {
        return discardedInChannels + (stop != null ? ring.published() : 0);
    }

    /** Notes what stands first, so that {@link #describeHand} can tell for how long it has. Under the lock. */
    void look() {
        sight = new Sight();
    }

    /** Says how full it is, and what its reader does, for exceptions. Under the lock. */
    String describePlaces() {
        return "inbox of \"" + name + "\" " + pending() + " of " + capacity
                + (readsOn != null || hasInHand() ? ", its reader" + describeHand() : ", no reader");
    }

    /** Says what the reader has in hand, in words that follow "the reader", for exceptions. */
    String describeHand() {
        long first = watermark.firstUnfinished();
        Sight before = sight;
        if (!hasInHand()) {
            return " with nothing in hand";
        }
        return (readsOn != null ? " in the handler of " : " with ")
                + first
                + (readsOn != null ? "" : " in hand")
                + (before != null && before.first == first ? " for at least " + Texts.duration(before.age()) : "");
    }

    /** Guesses whether something is in hand, for exceptions. In a merge it misses that where the next message has the same number. */
    private boolean hasInHand() {
        long first = watermark.firstUnfinished();
        return first != 0 && ring.peekNumber() > first;
    }

    /** What stood first when somebody began to wait, to tell later for how long it has stood there at least. */
    final class Sight {
        private final long first = watermark.firstUnfinished();
        private final long nanoTime = System.nanoTime();

        long age() {
            return System.nanoTime() - nanoTime;
        }

        String describe() {
            boolean same = first != 0 && first == watermark.firstUnfinished();
            return Inbox.this.describe() + (same ? ", " + first + " for at least " + Texts.duration(age()) : "");
        }
    }

    /** Where it stands, for exceptions. */
    String describe() {
        long first = watermark.firstUnfinished();
        return this + " stands at " + watermark.time() + " of " + frontier.value()
                + (first == 0 ? ", nothing unfinished" : ", first unfinished " + first) + ", " + pending() + " of "
                + capacity + " places taken" + supply.describe();
    }

    Snapshot.ReceiverState state() {
        supply.refresh();
        Stop why = stop;
        String state = why == null
                ? reach.isAtEnd() ? "ended" : reach.isEnding() ? "ending" : "open"
                : why.isFailure() ? "failed" : "closed";
        Thread by = reader();
        return new Snapshot.ReceiverState(
                name,
                state,
                joinedAt,
                watermark.time(),
                watermark.firstUnfinished(),
                capacity,
                pending(),
                discarded(),
                waits.size(),
                by == null ? "" : "thread " + Texts.name(by),
                supply.heldBack());
    }

    @Override
    public String toString() {
        return "receiver \"" + name + "\"";
    }
}
