package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

    private final Merger<T> merger;
    private final Core<T> core;

    /** From now on, no w moves. */
    private boolean closing;

    /** It is known of each receiver whether all has got there that had been accepted above. */
    private boolean lossIsKnown;

    /** All of it has failed, and its sources have ended. */
    private boolean sourcesFailed;

    /** Receivers that were held back when the merge was closed, and why. */
    private final List<String> heldBack = new ArrayList<>();

    /** What was given up, by what its source is called: {@code close} tells of it. */
    private final Map<String, Loss> losses = new LinkedHashMap<>();

    /** What is lost above each link, as this was closed. Of the thread that closes. */
    private final Map<Relay<?, T>, LostAbove> lostAbove = new LinkedHashMap<>();

    /** What has not come from above in time, by whose it is. Of the thread that closes. */
    private final Map<String, String> late = new LinkedHashMap<>();

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
            merger.undrained().forEach(source -> source.abandon(why));
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
            merger.undrained().forEach(MergeInput::refuse);
            links = merger.links.all();
        } finally {
            core.lock.unlock();
        }
        Deadline left = deadline;
        try {
            bringDown(links, deadline);
            Relay.endAfterLast(links, deadline);
        } catch (InterruptedException e) {
            left = Deadline.NOW;
            late.put("", "what comes from other dispatchers was not waited for");
            throw e;
        } finally {
            freeze(); // before the links' sources leave: what they have not brought is discarded above
            links.forEach(Relay::ends);
            for (Relay<?, T> relay : links) {
                LostAbove lost = new LostAbove();
                lostAbove.put(relay, lost);
                relay.close(lost);
            }
            findLosses(left);
        }
        return late.isEmpty();
    }

    /** Tells those below of what has been lost above: no clock there may pass it. They are given no end before that. */
    private void findLosses(Deadline deadline) throws InterruptedException {
        try {
            for (LostAbove lost : lostAbove.values()) {
                lost.awaitAll(deadline);
            }
        } finally {
            core.lock.lock();
            try {
                lostAbove.forEach((relay, lost) -> {
                    if (relay.from().hasLost() || !lost.isNothing()) {
                        relay.source().losesAbove();
                    } else {
                        late.remove(relay.toString()); // it has brought all after that
                    }
                });
                lossIsKnown = true;
                core.changed.signalAll();
            } finally {
                core.lock.unlock();
            }
        }
    }

    /** F9: waits until the links have brought what had been accepted above when this was called. */
    private void bringDown(List<Relay<?, T>> links, Deadline deadline) throws InterruptedException {
        Map<Relay<?, T>, Set<Endpoint<?>>> above = new LinkedHashMap<>();
        Set<Endpoint<?>> all = new LinkedHashSet<>();
        Set<Core<?>> cores = new LinkedHashSet<>();
        for (Relay<?, T> relay : links) {
            Set<Endpoint<?>> those = relay.from().withAllAbove();
            above.put(relay, those);
            all.addAll(those);
        }
        Set<Endpoint<?>> going = new LinkedHashSet<>(all);
        going.removeIf(endpoint -> endpoint.stopped() != null); // nobody waits for what is sent to those
        going.forEach(endpoint -> cores.add(endpoint.core));
        for (Core<?> one : cores) {
            late.putAll(one.ingress().awaitNumbered(going, deadline));
        }
        Map<Relay<?, T>, Long> marks = new LinkedHashMap<>();
        above.forEach((relay, those) -> marks.put(relay, mark(those)));
        for (var mark : marks.entrySet()) {
            Relay<?, T> relay = mark.getKey();
            if (!relay.awaitReached(mark.getValue(), deadline)) {
                late.put(relay.toString(), relay.describe());
            }
        }
        Stopping.below(all); // before this is closed: whoever reads here is told
        for (Relay<?, T> relay : links) {
            relay.endIfOver(deadline);
        }
    }

    /**
     * Where the clock of the lowest of these is to get. All that was accepted for any of them, it is to have finished; and it is to get
     * as far as it can without anybody's doing, since what others bring waits for its promise. Those above are looked at first: what one of
     * them, stopped meanwhile, had brought down is found below it.
     */
    private static long mark(Set<Endpoint<?>> above) {
        long accepted = 0;
        long promised = Lane.NONE;
        for (Endpoint<?> endpoint : above) {
            endpoint.core.lock.lock();
            try {
                if (endpoint.stopped() == null) {
                    accepted = Math.max(accepted, endpoint.accepted());
                    promised = Math.min(promised, endpoint.promised());
                }
            } finally {
                endpoint.core.lock.unlock();
            }
        }
        return promised == Lane.NONE ? accepted : Math.max(accepted, promised);
    }

    private void freeze() {
        core.lock.lock();
        try {
            if (!closing) {
                merger.sequence(); // brings it up to date, for the last time
                closing = true;
                for (MergeGate<T> gate : merger.gates()) {
                    String before = gate.describe();
                    if (gate.freeze()) {
                        heldBack.add("held back: " + before);
                    }
                }
                StopReason why = StopReason.closed(core + " is closed");
                merger.undrained().forEach(source -> source.closeWithMerge(why));
                merger.gates().forEach(MergeGate::settle);
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Notes what a source has given up. */
    void noteLost(MergeInput<T> source) {
        if (source.lost() > 0) {
            losses.merge(source.toString(), new Loss(source.lost(), source.whereLost()), Loss::and);
        }
    }

    List<String> losses(Deadline deadline) {
        lostAbove.values().forEach(lost -> lost.awaitAllAnyhow(deadline));
        core.lock.lock();
        try {
            lostAbove.values().forEach(lost -> lost.moveTo(losses));
            List<String> texts = new ArrayList<>(Loss.describe(losses));
            late.forEach((whose, text) -> {
                if (!losses.containsKey(whose)) { // else it is told how much, and where it stood
                    texts.add(text);
                }
            });
            texts.addAll(heldBack);
            return texts;
        } finally {
            core.lock.unlock();
        }
    }
}
