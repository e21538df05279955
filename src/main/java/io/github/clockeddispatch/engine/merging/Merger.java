package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.ClockWaits;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Ingress;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.Producers;
import io.github.clockeddispatch.engine.receiving.Reachability;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ingress of a merge: its sources, and what is known of their promises. Guarded by the core's lock.
 *
 * @see "docs/design.md: The merge"
 */
public final class Merger<T> implements Ingress<T> {

    private final Core<T> core;
    private final Reachability<T> reachability;
    private final int capacity;

    public final Joining<T> joining;
    public final Links<T> links;
    private final MergeShutdown<T> shutdown;

    final Producers<T, MergeInput<T>> producers;

    /** Those that reach all and are open, or have something left. */
    private final Set<MergeInput<T>> broadcasters = new LinkedHashSet<>();

    /** The open sources, for {@link #known()} of any thread. Replaced under the lock. */
    private volatile List<MergeInput<T>> open = List.of();

    /** The greatest f of those that have left. Written under the lock. */
    private volatile long knownOfLeft;

    /**
     * The greatest number that a broadcaster has accepted when nobody was there, or that was lost with the last receiver: who joins does
     * so at or above it.
     */
    private long toNobody;

    /** Receivers that nothing reaches, and whose clock somebody waits for. */
    private final Set<MergeGate<T>> awaitingKnown = new LinkedHashSet<>();

    /** The greatest w of a receiver that there ever was. */
    private long greatest;

    public Merger(Core<T> core, long startAfter, int capacity, boolean endWithLastForwarder, boolean held) {
        this.core = core;
        this.reachability = new Reachability<>(core, endWithLastForwarder);
        this.producers = new Producers<>(core, reachability);
        this.knownOfLeft = startAfter;
        this.greatest = startAfter;
        this.capacity = capacity;
        this.joining = new Joining<>(this, startAfter, held);
        this.links = new Links<>(this);
        this.shutdown = new MergeShutdown<>(this);
    }

    public Core<T> core() {
        return core;
    }

    int capacity() {
        return capacity;
    }

    // ---- what receivers ask

    /** The greatest f known: where a receiver stands that nothing can reach. */
    long known() {
        List<MergeInput<T>> sources = open;
        long known = 0;
        for (MergeInput<T> source : sources) {
            long promised = source.promised();
            known = promised == Ledger.ALL ? known : Math.max(known, promised); // it has left meanwhile
        }
        return Math.max(known, knownOfLeft);
    }

    /**
     * A receiver that nothing reaches is to be told when a number is known. Under the lock.
     *
     * @param sequence the number; {@link Lane#NONE} where it is to be told of none
     * @return whether it is known already
     */
    boolean awaitKnown(MergeGate<T> gate, long sequence) {
        if (sequence == Lane.NONE) {
            awaitingKnown.remove(gate);
            return false;
        }
        awaitingKnown.add(gate);
        for (MergeInput<T> source : open) {
            source.awaitKnown(sequence);
        }
        return known() >= sequence;
    }

    // ---- what sources tell: under the lock

    /** A message was accepted for all, and nobody is there, or is there any more. */
    void toNobody(long sequence) {
        toNobody = Math.max(toNobody, sequence);
    }

    long toNobody() {
        return toNobody;
    }

    /** What is known may have risen. */
    void knownRose() {
        if (!awaitingKnown.isEmpty()) {
            List.copyOf(awaitingKnown).forEach(MergeGate::settle);
        }
    }

    /** One leaves, having promised, or forwarded, as much. */
    void left(MergeInput<T> source, long sequence) {
        knownOfLeft = Math.max(knownOfLeft, sequence);
        producers.release(source);
        open = without(source);
    }

    /** One has left, and is no way to anybody any more. */
    void closed(MergeInput<T> source) {
        reachability.closed(source);
        knownRose();
    }

    /** A receiver's w has got there. */
    void reached(long w) {
        greatest = Math.max(greatest, w);
    }

    private List<MergeInput<T>> without(MergeInput<T> source) {
        List<MergeInput<T>> left = new ArrayList<>(open);
        left.remove(source);
        return left;
    }

    void drained(MergeInput<T> source) {
        if (producers.drained(source)) {
            broadcasters.remove(source);
        }
    }

    /** Nobody has anything left for this receiver. */
    void spent(MergeGate<T> gate) {
        reachability.checkEnd(gate);
    }

    /** Returns whether it is known of each receiver whether something was lost for it; false for a while, as this is closed. */
    boolean lossIsKnown() {
        return shutdown.lossIsKnown();
    }

    // ---- who has joined

    /** Those of receivers that have joined and neither left nor failed. */
    public List<MergeGate<T>> gates() {
        return gates(core.endpoints());
    }

    @SuppressWarnings("unchecked") // a merge makes no others
    public static <T> List<MergeGate<T>> gates(List<? extends Endpoint<T>> endpoints) {
        return (List<MergeGate<T>>) endpoints;
    }

    /** Those that reach all. */
    Iterable<MergeInput<T>> broadcasters() {
        return broadcasters;
    }

    @Override
    public MergeGate<T> join(String name) {
        return joining.join(name);
    }

    /** A source joins. */
    void opened(MergeInput<T> source) {
        producers.claim(source);
        producers.joined(source);
        if (source.isBroadcast()) {
            broadcasters.add(source);
        }
        List<MergeInput<T>> more = new ArrayList<>(open);
        more.add(source);
        open = more;
        reachability.opened(source);
    }

    // ---- ends

    @Override
    public void tryFail(Throwable cause) {
        shutdown.tryFail(cause);
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
        core.lock.lock();
        try {
            reachability.endAll();
            List.copyOf(gates()).forEach(MergeGate::wakeReader);
        } finally {
            core.lock.unlock();
        }
    }

    /** What is due stays where it is until it is read. */
    @Override
    public boolean isDrained() {
        return true;
    }

    @Override
    public void abandonAll() {
        core.lock.lock();
        try {
            producers.noteUndrained(); // each is counted once: who reads the rest finds nothing to add
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public List<String> losses(Deadline deadline) {
        return shutdown.losses(deadline);
    }

    @Override
    public void end() {
        core.lock.lock();
        try {
            producers
                    .forgetUndrained(); // what is due stays until it is read, and is nobody's business but the reader's
            broadcasters.clear();
            core.endClosing();
        } finally {
            core.lock.unlock();
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

    @Override
    public long sequence() {
        core.lock.lock();
        try {
            List<MergeGate<T>> gates = gates();
            for (MergeGate<T> gate : gates) {
                greatest = Math.max(greatest, gate.bound());
            }
            if (gates.isEmpty() && joining.isStarted() && !shutdown.isClosing()) {
                greatest = Math.max(greatest, known());
            }
            return greatest;
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public boolean awaitFinished(Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Map<Endpoint<T>, Long> marks = new LinkedHashMap<>();
        core.lock.lock();
        try {
            core.checkNotFailed();
            gates(core.all()).forEach(gate -> marks.put(gate, gate.stopped() == null ? gate.accepted() : 0));
        } finally {
            core.lock.unlock();
        }
        return ClockWaits.awaitFinished(marks, deadline);
    }

    @Override
    public List<Producer.State> states() {
        return producers.states();
    }

    @Override
    public List<? extends Producer<T>> undrained() {
        return producers.undrained();
    }
}
