package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.ReceiversAbove;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.LossStatus;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The end of a merge: how it fails (G13), how it is closed (F9), and what {@code close} then tells of the messages that were lost.
 * Guarded by the core's lock: {@link #tryFail}, {@link #drainUpstream} and {@link #losses} take it, and are called without any lock, the
 * last two by the thread that closes; the rest is called under it.
 *
 * @see "docs/design.md: The merge, Ends"
 */
final class MergeShutdown<T> {

    /** How long it may take, after all else, to find out what was lost above. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final Merger<T> merger;
    private final Core<T> core;

    /** From now on, no w moves. */
    private boolean closing;

    /** It is known of each receiver whether all has got there that had been accepted above; false while that is found out. */
    private boolean lossIsKnown = true;

    /** All of it has failed, and its sources have ended. */
    private boolean sourcesFailed;

    /** Receivers that were held back when the merge was closed, and why. */
    private final List<String> heldBack = new ArrayList<>();

    // of the thread that closes

    /** What is lost above each link, as this was closed. */
    private final Map<Relay<?, T>, LostAbove> lostAbove = new LinkedHashMap<>();

    /** Senders above whose messages got no number in time, and what to tell of them. */
    private final Map<String, String> unnumbered = new LinkedHashMap<>();

    /** Links of which it was not known in time what is missing, and the text for each if no loss is told. */
    private final Map<Relay<?, T>, String> incomplete = new LinkedHashMap<>();

    /** Those above were not waited for to the end: this thread was interrupted, or would have waited in a deadlock. */
    private boolean cutShort;

    MergeShutdown(Merger<T> merger) {
        this.merger = merger;
        this.core = merger.core();
    }

    boolean isClosing() {
        return closing;
    }

    boolean lossIsKnown() {
        return lossIsKnown;
    }

    void tryFail(Throwable cause) {
        Deque<Stopping> followers = new ArrayDeque<>();
        List<Endpoint<T>> failing;
        core.lock.lock();
        try {
            lossIsKnown = true; // it is told as a failure; whoever finds it out may not come to that
            core.changed.signalAll();
            failing = List.copyOf(core.endpoints());
            core.failAll(cause, core.failure() == null ? merger.sequence() : merger.greatest());
            if (sourcesFailed) {
                return;
            }
            StopReason why = Objects.requireNonNull(core.failure());
            closing = true;
            for (Relay<?, T> relay : merger.links.all()) {
                followers.add(new Stopping(
                        relay.from(), cause, "has failed, as what " + relay + " leads to has failed,", false));
            }
            merger.producers.undrained().forEach(source -> source.abandon(why));
            sourcesFailed = true;
        } finally {
            core.lock.unlock();
        }
        try {
            failing.forEach(endpoint -> followers.addAll(Core.followersBelow(endpoint)));
        } finally {
            Stopping.all(followers); // those above are told by nobody else; those below by their links
        }
    }

    boolean drainUpstream(Deadline deadline) throws InterruptedException {
        List<Relay<?, T>> links;
        core.lock.lock();
        try {
            merger.producers.undrained().forEach(MergeInput::refuse);
            links = merger.links.all();
        } finally {
            core.lock.unlock();
        }
        boolean inTime = false;
        boolean isLossless;
        try {
            bringDown(links, deadline);
            endAfterLast(links, deadline);
            inTime = deadline.left() > 0;
        } catch (InterruptedException | IllegalStateException e) {
            cutShort = true;
            throw e;
        } finally {
            links.forEach(Relay::refuse);
            Map<Relay<?, T>, Set<Endpoint<?>>> above = above(links);
            Set<Relay<?, T>> late = lookForUnnumbered(above);
            freeze(); // before the links' sources leave: what they have not brought is discarded above
            links.forEach(Relay::ends);
            for (Relay<?, T> relay : links) {
                LostAbove lost = new LostAbove();
                lostAbove.put(relay, lost);
                relay.close(lost);
            }
            isLossless = findLosses(above, late);
        }
        return incomplete.isEmpty() && unnumbered.isEmpty() && (inTime || isLossless);
    }

    private static <T> Map<Relay<?, T>, Set<Endpoint<?>>> above(List<Relay<?, T>> links) {
        Map<Relay<?, T>, Set<Endpoint<?>>> above = new LinkedHashMap<>();
        links.forEach(relay -> above.put(relay, ReceiversAbove.with(Set.of(relay.from()))));
        return above;
    }

    /** F9: waits until the links have brought what had been accepted above when this was called. */
    private void bringDown(List<Relay<?, T>> links, Deadline deadline) throws InterruptedException {
        Map<Relay<?, T>, Set<Endpoint<?>>> above = above(links);
        Set<Endpoint<?>> all = new LinkedHashSet<>();
        above.values().forEach(all::addAll);
        unnumbered.putAll(awaitNumbered(all, deadline));
        Map<Endpoint<?>, Standing> standings = standings(all);
        for (var link : above.entrySet()) {
            link.getKey().awaitReached(mark(link.getValue(), standings), deadline);
        }
        Stopping.below(all); // before this is closed: whoever reads here is told
        for (Relay<?, T> relay : links) {
            relay.endIfOver(deadline);
        }
    }

    /** Links bring no further number; waits until what has come is whole, and so may be due. */
    private void endAfterLast(List<Relay<?, T>> links, Deadline deadline) throws InterruptedException {
        Map<Relay<?, T>, Long> last = new LinkedHashMap<>();
        links.forEach(relay -> last.put(relay, relay.endAfterLast()));
        for (var link : last.entrySet()) {
            link.getKey().awaitReached(link.getValue(), deadline);
        }
    }

    /** Waits until all that has been sent to these has its number. Returns what has got none in time, by whose it is. */
    private static Map<String, String> awaitNumbered(Set<Endpoint<?>> receivers, Deadline deadline)
            throws InterruptedException {
        Set<Endpoint<?>> going = new LinkedHashSet<>(receivers);
        going.removeIf(endpoint -> endpoint.stopped() != null); // nobody waits for what is sent to those
        Set<Core<?>> cores = new LinkedHashSet<>();
        going.forEach(endpoint -> cores.add(endpoint.core));
        Map<String, String> without = new LinkedHashMap<>();
        for (Core<?> one : cores) {
            without.putAll(one.ingress().awaitNumbered(going, deadline));
        }
        return without;
    }

    /** Where not all that was sent had its number in time, looks once more. Returns the links above which that is still so. */
    private Set<Relay<?, T>> lookForUnnumbered(Map<Relay<?, T>, Set<Endpoint<?>>> above) {
        Set<Relay<?, T>> late = new LinkedHashSet<>();
        if (unnumbered.isEmpty() && !cutShort) {
            return late;
        }
        unnumbered.clear();
        above.forEach((relay, those) -> {
            try {
                Map<String, String> without = awaitNumbered(those, Deadline.NOW);
                if (!without.isEmpty()) {
                    unnumbered.putAll(without);
                    late.add(relay);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // who closes finds that
                late.add(relay);
            }
        });
        return late;
    }

    /** How far a receiver above has accepted messages, and how far it gets without anybody's doing. */
    private record Standing(long accepted, long promised) {}

    /**
     * Returns how those that go on stand now. Those above are looked at first: what one of them, stopped meanwhile, had brought down is
     * found below it.
     */
    private static Map<Endpoint<?>, Standing> standings(Set<Endpoint<?>> above) {
        Map<Endpoint<?>, Standing> standings = new HashMap<>();
        for (Endpoint<?> endpoint : above) {
            endpoint.core.lock.lock();
            try {
                if (endpoint.stopped() == null) {
                    standings.put(endpoint, new Standing(endpoint.accepted(), endpoint.promised()));
                }
            } finally {
                endpoint.core.lock.unlock();
            }
        }
        return standings;
    }

    /**
     * Where the clock of the lowest of these is to get. All that was accepted for any of them, it is to have finished; and it is to get
     * as far as it can without anybody's doing, since what others bring waits for its promise.
     */
    private static long mark(Set<Endpoint<?>> above, Map<Endpoint<?>, Standing> standings) {
        long accepted = 0;
        long promised = Lane.NONE;
        for (Endpoint<?> endpoint : above) {
            Standing standing = standings.get(endpoint);
            if (standing != null) {
                accepted = Math.max(accepted, standing.accepted);
                promised = Math.min(promised, standing.promised);
            }
        }
        return promised == Lane.NONE ? accepted : Math.max(accepted, promised);
    }

    /**
     * Finds out which links have lost something that was accepted above: no clock below may pass that. Nobody who reads here, or below, is
     * given an end before. What is not known within a {@linkplain #MOMENT moment} counts as lost, and is told.
     *
     * @param above what was above each link just before it ended
     * @param late links above which something that was sent had no number then
     * @return whether nothing was lost
     */
    private boolean findLosses(Map<Relay<?, T>, Set<Endpoint<?>>> above, Set<Relay<?, T>> late) {
        Deadline moment = Deadline.in(MOMENT);
        Map<Endpoint<?>, LossStatus> found = new HashMap<>();
        Set<Relay<?, T>> losing = new LinkedHashSet<>();
        Deque<Stopping> cutOff = new ArrayDeque<>();
        above.forEach((relay, those) -> {
            LossStatus worst = late.contains(relay) ? LossStatus.UNKNOWN : LossStatus.NOTHING;
            for (Endpoint<?> endpoint : those) {
                StopReason why = endpoint.stopped();
                if (why != null && why.lost() == null) {
                    cutOff.addAll(relay.cutOff(why));
                } else {
                    worst = worst.or(found.computeIfAbsent(endpoint, one -> awaitLost(one, moment)));
                }
            }
            if (worst == LossStatus.UNKNOWN) {
                incomplete.put(relay, relay.describe());
            } else if (worst == LossStatus.SOMETHING) {
                losing.add(relay);
            }
        });
        losing.addAll(incomplete.keySet());
        try {
            Stopping.all(cutOff);
        } finally {
            core.lock.lock();
            try {
                losing.forEach(relay -> relay.source().losesAbove());
                lossIsKnown = true;
                core.changed.signalAll();
            } finally {
                core.lock.unlock();
            }
        }
        return losing.isEmpty();
    }

    /** Returns whether something was lost of a receiver above: in its own dispatcher, or with the receiver itself. */
    private static LossStatus awaitLost(Endpoint<?> above, Deadline moment) {
        LossStatus inside = above.awaitLost(moment);
        StopReason why = above.stopped();
        LostAbove with = why == null ? null : why.lost();
        return with == null ? inside : inside.or(with.await(moment));
    }

    private void freeze() {
        core.lock.lock();
        try {
            if (!closing) {
                merger.sequence(); // brings it up to date, for the last time
                closing = true;
                lossIsKnown = false;
                for (MergeGate<T> gate : merger.gates()) {
                    String before = gate.describe();
                    if (gate.freeze()) {
                        heldBack.add("held back: " + before);
                    }
                }
                StopReason why = StopReason.closed(core + " is closed");
                merger.producers.undrained().forEach(source -> source.closeWithMerge(why));
                merger.gates().forEach(MergeGate::settle);
            }
        } finally {
            core.lock.unlock();
        }
    }

    List<String> losses(Deadline deadline) {
        lostAbove.values().forEach(lost -> lost.await(deadline));
        core.lock.lock();
        try {
            Map<String, Loss> losses = merger.producers.losses();
            lostAbove.forEach((relay, lost) -> {
                if (lost.moveTo(losses)) {
                    incomplete.remove(relay); // it is told how much, and where it stood
                }
            });
            incomplete.keySet().removeIf(relay -> losses.containsKey(relay.toString()));
            List<String> texts = new ArrayList<>(Loss.describe(losses));
            if (cutShort) {
                texts.add("what comes from other dispatchers was not waited for");
            }
            unnumbered.keySet().removeAll(losses.keySet());
            texts.addAll(unnumbered.values());
            texts.addAll(incomplete.values());
            texts.addAll(heldBack);
            return texts;
        } finally {
            core.lock.unlock();
        }
    }
}
