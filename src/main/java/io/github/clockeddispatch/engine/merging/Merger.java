package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.ClockWaits;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Feeder;
import io.github.clockeddispatch.engine.receiving.Hub;
import io.github.clockeddispatch.engine.receiving.Reach;
import io.github.clockeddispatch.engine.receiving.SendSide;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The send side of a merge: its sources, and what is known of their promises. Guarded by the hub's lock. */
public final class Merger<T> implements SendSide<T> {

    private final Hub<T> hub;
    private final Reach<T> reach;
    private final int capacity;

    public final Joining<T> joining;
    public final Links<T> links;
    private final MergeShutdown<T> shutdown;

    /** Open sources by name. */
    private final Map<String, Source<T>> names = new HashMap<>();

    /** Those that reach all and are open, or have something left. */
    private final Set<Source<T>> broadcasters = new LinkedHashSet<>();

    /** Sources that can still deliver something, in the order in which they joined. */
    private final Set<Source<T>> undrained = new LinkedHashSet<>();

    /** The open sources, for {@link #known()} of any thread. Replaced under the lock. */
    private volatile List<Source<T>> open = List.of();

    /** The greatest f of those that have left. Written under the lock. */
    private volatile long knownOfLeft;

    /** The greatest number that a broadcaster has accepted when nobody was there, or that was lost with the last receiver: who joins does so at or above it. */
    private long toNobody;

    /** Receivers that nothing reaches, and whose clock somebody waits for. */
    private final Set<MergePoint<T>> awaitingKnown = new LinkedHashSet<>();

    /** The greatest w of a receiver that there ever was. */
    private long greatest;

    public Merger(Hub<T> hub, long startAfter, int capacity, boolean endWithLastForwarder, boolean held) {
        this.hub = hub;
        this.reach = new Reach<>(hub, endWithLastForwarder);
        this.knownOfLeft = startAfter;
        this.greatest = startAfter;
        this.capacity = capacity;
        this.joining = new Joining<>(this, startAfter, held);
        this.links = new Links<>(this);
        this.shutdown = new MergeShutdown<>(this);
    }

    public Hub<T> hub() {
        return hub;
    }

    int capacity() {
        return capacity;
    }

    // ---- what receivers ask

    /** The greatest f known: where a receiver stands that nothing can reach. */
    long known() {
        List<Source<T>> sources = open;
        long known = 0;
        for (Source<T> source : sources) {
            long promised = source.promised();
            known = promised == Ledger.ALL ? known : Math.max(known, promised); // it has left meanwhile
        }
        return Math.max(known, knownOfLeft);
    }

    /**
     * A receiver that nothing reaches is to be told when a number is known. Under the lock.
     *
     * @param number the number; {@link Lane#NONE} where it is to be told of none
     * @return whether it is known already
     */
    boolean awaitKnown(MergePoint<T> point, long number) {
        if (number == Lane.NONE) {
            awaitingKnown.remove(point);
            return false;
        }
        awaitingKnown.add(point);
        for (Source<T> source : open) {
            source.awaitKnown(number);
        }
        return known() >= number;
    }

    // ---- what sources tell: under the lock

    /** A message was accepted for all, and nobody is there, or is there any more. */
    void toNobody(long number) {
        toNobody = Math.max(toNobody, number);
    }

    long toNobody() {
        return toNobody;
    }

    /** What is known may have risen. */
    void knownRose() {
        if (!awaitingKnown.isEmpty()) {
            List.copyOf(awaitingKnown).forEach(MergePoint::settle);
        }
    }

    /** One leaves, having promised, or forwarded, as much. */
    void left(Source<T> source, long number) {
        knownOfLeft = Math.max(knownOfLeft, number);
        names.remove(source.name(), source);
        open = without(source);
    }

    /** One has left, and is no way to anybody any more. */
    void closed(Source<T> source) {
        reach.closed(source);
        knownRose();
    }

    /** A receiver's w has got there. */
    void reached(long w) {
        greatest = Math.max(greatest, w);
    }

    private List<Source<T>> without(Source<T> source) {
        List<Source<T>> left = new ArrayList<>(open);
        left.remove(source);
        return left;
    }

    void drained(Source<T> source) {
        if (undrained.remove(source)) {
            broadcasters.remove(source);
            shutdown.noteLost(source);
            reach.drained(source);
            hub.changed.signalAll();
        }
    }

    /** Nobody has anything left for this receiver. */
    void spent(MergePoint<T> point) {
        reach.checkEnd(point);
    }

    /** Whether it is known of each receiver, as this was closed, what was lost for it. */
    boolean lossIsKnown() {
        return shutdown.lossIsKnown();
    }

    // ---- who has joined

    /** Those of receivers that have joined and neither left nor failed. */
    public List<MergePoint<T>> points() {
        return points(hub.endpoints());
    }

    @SuppressWarnings("unchecked") // a merge makes no others
    public static <T> List<MergePoint<T>> points(List<? extends Endpoint<T>> endpoints) {
        return (List<MergePoint<T>>) endpoints;
    }

    /** Those that reach all. */
    Iterable<Source<T>> broadcasters() {
        return broadcasters;
    }

    /** A copy of those that can still deliver something. */
    List<Source<T>> undrained() {
        return List.copyOf(undrained);
    }

    @Override
    public MergePoint<T> join(String name) {
        return joining.join(name);
    }

    /** Throws unless a source with that name can join that reaches these. */
    void checkOpen(String name, List<MergePoint<T>> targets) {
        hub.checkOpen("join");
        reach.checkOpen(targets);
        if (hasOpen(name)) {
            throw new IllegalArgumentException("there is an open forwarder \"" + name + "\" in " + hub);
        }
    }

    boolean hasOpen(String name) {
        return names.containsKey(name);
    }

    /** A source joins. */
    void opened(Source<T> source) {
        names.put(source.name(), source);
        undrained.add(source);
        if (source.isBroadcast()) {
            broadcasters.add(source);
        }
        List<Source<T>> more = new ArrayList<>(open);
        more.add(source);
        open = more;
        reach.opened(source);
    }

    // ---- ends

    @Override
    public void fail(Throwable cause) {
        shutdown.fail(cause);
    }

    /** All that was accepted has been numbered above. */
    @Override
    public Map<String, String> awaitNumbered(Set<Endpoint<?>> receivers, Deadline deadline) {
        return Map.of();
    }

    @Override
    public boolean drainUpstream(Deadline deadline) throws InterruptedException {
        return shutdown.drainUpstream(deadline);
    }

    @Override
    public void closeAll() {
        hub.lock.lock();
        try {
            reach.endAll();
            List.copyOf(points()).forEach(MergePoint::wakeReader);
        } finally {
            hub.lock.unlock();
        }
    }

    /** What is due stays where it is until it is read. */
    @Override
    public boolean isDrained() {
        return true;
    }

    @Override
    public void abandonAll() {
        hub.lock.lock();
        try {
            undrained.forEach(shutdown::noteLost);
            undrained.clear(); // each is counted once: who reads the rest finds nothing to add
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public List<String> losses(Deadline deadline) {
        return shutdown.losses(deadline);
    }

    @Override
    public void end() {
        hub.lock.lock();
        try {
            undrained.clear(); // what is due stays until it is read, and is nobody's business but the reader's
            broadcasters.clear();
            hub.endClosing();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public boolean isIdle() {
        return true;
    }

    @Override
    public boolean isLink(Thread thread) {
        return links.all().stream().anyMatch(relay -> relay.runsOn(thread));
    }

    // ---- for those who watch

    /** The greatest w that there ever was, as far as it has been looked for. */
    long greatest() {
        return greatest;
    }

    /** The greatest w that there is, or was. */
    public long sequence() {
        hub.lock.lock();
        try {
            List<MergePoint<T>> points = points();
            for (MergePoint<T> point : points) {
                greatest = Math.max(greatest, point.bound());
            }
            if (points.isEmpty() && joining.isStarted() && !shutdown.isClosing()) {
                greatest = Math.max(greatest, known());
            }
            return greatest;
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public boolean awaitFinished(Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Map<Endpoint<T>, Long> marks = new LinkedHashMap<>();
        hub.lock.lock();
        try {
            hub.checkNotFailed();
            points(hub.all()).forEach(point -> marks.put(point, point.stopped() == null ? point.accepted() : 0));
        } finally {
            hub.lock.unlock();
        }
        return ClockWaits.awaitFinished(marks, deadline);
    }

    @Override
    public List<Feeder.State> states() {
        return undrained.stream().map(Source::state).toList();
    }
}
