package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Causes;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a receiver of the serialising dispatcher: the messages that were numbered and not given, the clock, and those
 * that wait for room. All of it is guarded by the core's lock, but for what the {@link ReadSide} does alone: it takes from the ring
 * and moves the watermark without the lock.
 *
 * <p>The two meet in {@code notifyAt}. Who wants to be told of the reader's progress (under the lock) writes {@code notifyAt} and
 * looks at the progress once more; the reader makes progress and looks at {@code notifyAt}. So one of the two sees the other.
 *
 * @see "docs/design.md: Waits"
 */
public final class Inbox<T> extends Endpoint<T> {

    /** How many slots an empty buffer may keep; one that has grown beyond that shrinks to its first size. */
    public static final int KEPT_SLOTS = 4096;

    /** Nobody is to be notified. */
    private static final long NONE = Long.MAX_VALUE;

    final int capacity;
    final SequencedRing<T> ring;
    final Watermark watermark;
    public final Slots slots;

    private final Frontier frontier;
    private final Frontier.Watcher watcher = new Frontier.Watcher() {
        @Override
        public void reached() {
            if (core.isFinal()) {
                waits.numbersEnd();
            } else {
                settle();
            }
        }
    };

    /**
     * The reader calls {@link #settle} when its clock has got to this number; 0 where room is wanted. Written under the lock, read by the
     * reader.
     */
    private volatile long notifyAt = NONE;

    /** The number of what was appended last. Under the lock. */
    private long lastAppended;

    /**
     * How many messages that were not in here yet were given up with it: those for it alone in channels. Written under the lock,
     * read by anybody.
     */
    private volatile long discardedInChannels;

    public Inbox(Core<T> core, String name, int capacity, Frontier frontier, long order) {
        super(core, name, order, frontier.value());
        this.capacity = capacity;
        this.frontier = frontier;
        this.ring = new SequencedRing<>(capacity);
        this.watermark = new Watermark(frontier, ring);
        this.slots = new Slots(capacity, ring);
    }

    @Override
    public ReadSide<T> newSide() {
        return new InboxReadSide<>(this);
    }

    // ---- the clock

    @Override
    public long time() {
        return watermark.time();
    }

    @Override
    protected long bound() {
        return frontier.value();
    }

    @Override
    public long last() {
        return frontier.value();
    }

    @Override
    public long firstUnfinished() {
        return watermark.firstUnfinished();
    }

    @Override
    protected boolean hasInHand() {
        return watermark.hasInHand();
    }

    @Override
    public long accepted() {
        return lastAppended;
    }

    @Override
    public long promised() {
        return frontier.value();
    }

    @Override
    public long arrived() {
        return ring.appended();
    }

    @Override
    public long taken() {
        return ring.head();
    }

    // ---- the way in: under the lock

    /** Makes room in memory for this many messages, so that appending them cannot fail. */
    public void reserve(int count) {
        ring.reserve(count);
    }

    /** Appends messages; they count as unfinished from now on, and are to be {@linkplain #publish published}. */
    public void append(long first, int count, IntFunction<T> payloads) {
        ring.append(first, count, payloads);
        lastAppended = first + count - 1;
    }

    /** Lets the reader see what was appended, after the frontier has reached it. */
    public void publish() {
        ring.publish();
        wakeReader();
    }

    /** Puts it at the end of those who wait for a free slot. */
    public void enqueue(SlotWaiter wait) {
        slots.enqueue(wait);
        settle();
    }

    /** It has appended what it waited for, or gives up: the next one is next. */
    public void dequeue(SlotWaiter wait) {
        if (slots.dequeue(wait)) {
            settle();
        }
    }

    /** Tells it once when a slot is free from now on. */
    public void watchForSlot(SlotWaiter wait) {
        slots.watch(wait);
        settle();
    }

    // ---- progress of the reader

    /** Reader, having taken a message, which is in hand now: wakes those who are due, if any. */
    public void taken(long sequence) {
        if (sequence > notifyAt) {
            settleInTurn();
        }
    }

    /** Reader, having finished what was in hand: wakes those who are due, if any. */
    void finished() {
        long next = notifyAt;
        if (next != NONE && time() >= next) {
            settleInTurn();
        }
    }

    private void settleInTurn() {
        core.lock.lock();
        try {
            settle();
        } finally {
            core.lock.unlock();
        }
    }

    /** Under the lock: settles all who are due, wakes those for whom there is room, and sets {@code notifyAt} for the rest. */
    @Override
    protected void settle() {
        boolean again;
        do {
            waits.settleUpTo(watermark.time());
            slots.grant();
            long next = slots.isWanted() ? 0 : waits.firstSequence();
            notifyAt = next;
            // the reader may have gone on before it could see notifyAt: look again, at the watermark first, as it is
            // by that word that the reader publishes what it has taken
            again = next != NONE && (waits.firstSequence() <= watermark.time() || slots.canGrant());
        } while (again);
        long first = waits.firstSequence();
        frontier.watch(watcher, first > frontier.value() ? first : NONE);
    }

    @Override
    void reserveWait() {
        frontier.reserve();
    }

    @Override
    protected boolean isQuiet() {
        return stop == null && !reachability.isEnding();
    }

    @Override
    protected void shrink() {
        super.shrink();
        ring.shrink(KEPT_SLOTS);
        slots.shrink(KEPT_SLOTS);
    }

    // ---- who waits for whom

    @Override
    public void addBlockers(long sequence, Blockers blockers) {
        core.lock.lock();
        try {
            long first = watermark.firstUnfinished();
            if (first != 0 && first <= sequence) {
                addReader(blockers.threads());
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Adds the reader, if there is no free slot for whoever is next. A slot that is granted is one. Under the lock. */
    public void addReaderIfFull(Collection<Thread> threads) {
        if (stop == null && slots.isFull()) {
            addReader(threads);
        }
    }

    // ---- stopping: under the lock

    @Override
    protected long stopClock() {
        return watermark.stop();
    }

    @Override
    protected void forget() {
        ring.clear();
        settle();
        slots.stop();
        settle();
    }

    @Override
    protected void noteLeftOut() {
        core.ingress().leftOut(this);
        reachability.noteLeftOut(this);
    }

    @Override
    protected void detachProducers() {
        reachability.leaveGroups(this);
    }

    public void discardedInChannel(int messages) {
        discardedInChannels += messages;
    }

    // ---- for snapshots and exceptions

    @Override
    public int pending() {
        return stop != null ? 0 : ring.published();
    }

    @Override
    public long discarded() {
        return discardedInChannels + (stop != null ? ring.published() : 0);
    }

    /** Says how full it is, and what its reader does, for exceptions. Under the lock. */
    public String describeSlots() {
        return "inbox of \"" + name + "\" " + pending() + " of " + capacity
                + (readsOn != null || hasInHand() ? ", its reader" + report.describe() : ", " + describeNoReader());
    }

    public boolean isFull() {
        return stop == null && slots.isFull();
    }

    /**
     * Adds that it is full, and why. Under the lock.
     *
     * @param others how many are full as well
     */
    public void explainFull(int others, Causes causes) {
        String more = others == 0 ? "" : others == 1 ? ", and so is another" : ", and so are " + others + " others";
        long first = firstUnfinished();
        causes.add(
                Causes.Kind.NO_ROOM,
                name,
                first,
                0,
                "the inbox of \"" + name + "\" is full (" + pending() + " of " + capacity + ")" + more);
        report.explain(first, causes);
    }

    @Override
    protected void explainBound(long sequence, Causes causes) {
        core.ingress().explain(sequence, causes);
    }

    @Override
    protected String describeRest() {
        return ", inbox " + pending() + " of " + capacity;
    }

    @Override
    protected int capacity() {
        return capacity;
    }

    @Override
    protected HeldBack heldBack() {
        return HeldBack.NOTHING;
    }

    /** An inbox among others, where all are such. */
    @SuppressWarnings("unchecked") // the serialising dispatcher makes no others
    public static <T> List<Inbox<T>> all(List<? extends Endpoint<T>> endpoints) {
        return (List<Inbox<T>>) endpoints;
    }

    /** The same for one, or none. */
    public static <T> @Nullable Inbox<T> of(@Nullable Endpoint<T> endpoint) {
        return (Inbox<T>) endpoint;
    }
}
