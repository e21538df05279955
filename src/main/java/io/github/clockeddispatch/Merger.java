package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Frontier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sources of a merge, and what they have in common. Guarded by the hub's lock. */
final class Merger<T> implements SendSide<T> {

    private final Hub<T> hub;
    private final Reach<T> reach;

    /** The greatest f known: where a receiver stands that nothing can reach. */
    private final Frontier known;

    private final int capacity;
    private final long startAfter;

    /** Open sources by name. */
    private final Map<String, Source<T>> names = new HashMap<>();

    /** Those that reach all and are open, or have something left. */
    private final Set<Source<T>> broadcasters = new LinkedHashSet<>();

    /** Sources that can still deliver something, in the order in which they joined. */
    private final Set<Source<T>> undrained = new LinkedHashSet<>();

    /** How many messages were given up, by what their source is called: {@code close} tells of them. */
    private final Map<String, Long> losses = new LinkedHashMap<>();

    /** Links that run. */
    private final Set<Relay<?, T>> relays = new LinkedHashSet<>();

    /** Receivers that were held back when the merge was closed, and why. */
    private final List<String> heldBack = new ArrayList<>();

    /** Those that had no room when the merge was closed. */
    private final Set<Inbox<T>> full = new LinkedHashSet<>();

    /** All of it has failed, and its sources have ended. Written without the lock: twice does no harm. */
    private volatile boolean sourcesFailed;

    /** Until it is started, no w moves. */
    private boolean started;

    /** From now on, no w moves. */
    private boolean closing;

    /** The greatest w of a receiver that there ever was. */
    private long greatest;

    Merger(Hub<T> hub, long startAfter, int capacity, boolean endWithLastForwarder, boolean held) {
        this.hub = hub;
        this.reach = new Reach<>(hub, endWithLastForwarder);
        this.known = new Frontier(startAfter);
        this.greatest = startAfter;
        this.startAfter = startAfter;
        this.capacity = capacity;
        this.started = !held;
    }

    Hub<T> hub() {
        return hub;
    }

    // ---- what receivers ask

    boolean isMoving() {
        return started && !closing;
    }

    boolean isClosing() {
        return closing;
    }

    Frontier knownFrontier() {
        return known;
    }

    /** The greatest f known, by now. */
    long known() {
        names.values().forEach(Source::promised);
        return known.value();
    }

    /** Somebody needs what is known to rise. */
    void knownIsWatched() {
        names.values().forEach(Source::watched);
    }

    // ---- what sources tell

    /** One has promised as much, or has left having forwarded as much. {@link #tell} is to follow. */
    void learn(long number) {
        if (number > known.value()) {
            known.publish(number);
        }
    }

    void tell() {
        known.tell();
    }

    /** A receiver's w has got there. */
    void reached(long w) {
        greatest = Math.max(greatest, w);
    }

    void closed(Source<T> source) {
        names.remove(source.name(), source);
        reach.closed(source);
    }

    void drained(Source<T> source) {
        if (undrained.remove(source)) {
            broadcasters.remove(source);
            if (source.lost() > 0) {
                losses.merge(source.toString(), source.lost(), Long::sum);
            }
            reach.drained(source);
            hub.changed.signalAll();
        }
    }

    /** Something that was due found no room there, and has been given up: {@code close} tells of it. */
    void noRoom(Inbox<T> inbox) {
        full.add(inbox);
    }

    /** Nobody has anything left for this receiver. */
    void spent(Inbox<T> inbox) {
        reach.checkEnd(inbox);
    }

    // ---- joining

    void start() {
        hub.lock.lock();
        try {
            hub.checkOpen("be started");
            started = true;
            gates().forEach(Gate::refresh);
        } finally {
            hub.lock.unlock();
        }
    }

    /** Those of receivers that have joined and neither left nor failed. */
    private List<Gate<T>> gates() {
        return hub.inboxes().stream().map(this::gate).toList();
    }

    @SuppressWarnings("unchecked") // all inboxes of a merge have one
    private Gate<T> gate(Inbox<T> inbox) {
        return (Gate<T>) inbox.supply();
    }

    @Override
    public Inbox<T> join(String name, int inboxCapacity) {
        Inbox<T> inbox;
        Error broken = null;
        hub.lock.lock();
        try {
            long w = !started
                    ? startAfter
                    : broadcasters.stream()
                            .filter(Source::isOpen)
                            .mapToLong(Source::promised)
                            .min()
                            .orElseGet(this::known);
            reached(w);
            Frontier frontier = new Frontier(w);
            inbox = hub.join(name, inboxCapacity, frontier);
            try {
                inbox.supplyBy(new Gate<>(this, inbox, frontier));
            } catch (Error e) {
                hub.forget(inbox);
                throw e;
            }
            try {
                Gate<T> gate = gate(inbox);
                broadcasters.forEach(source -> source.reach(gate));
            } catch (Error e) {
                broken = e;
            }
        } finally {
            hub.lock.unlock();
        }
        if (broken != null) {
            hub.broken(broken);
            throw broken;
        }
        return inbox;
    }

    /**
     * Opens a source.
     *
     * @param targets the receivers, each once; empty for all
     */
    Source<T> open(String name, List<Inbox<T>> targets) {
        try {
            hub.lock.lock();
            try {
                return open(name, targets, joiningPoint(targets));
            } finally {
                hub.lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private Source<T> open(String name, List<Inbox<T>> targets, long number) {
        hub.checkOpen("join");
        reach.checkOpen(targets);
        if (names.containsKey(name)) {
            throw new IllegalArgumentException("there is an open forwarder \"" + name + "\" in " + hub);
        }
        Source<T> source = new Source<>(this, name, hub.nextOrder(), targets, capacity, number);
        names.put(name, source);
        undrained.add(source);
        if (targets.isEmpty()) {
            broadcasters.add(source);
        }
        reach.opened(source);
        addressed(targets).forEach(source::reach);
        source.opened();
        return source;
    }

    /** Of those that a new source can reach. */
    private List<Gate<T>> addressed(List<Inbox<T>> targets) {
        return (targets.isEmpty() ? hub.inboxes() : targets)
                .stream()
                        .filter(inbox -> !inbox.reach.isEnding())
                        .map(this::gate)
                        .toList();
    }

    /** F6: the greatest w of those that are addressed. */
    private long joiningPoint(List<Inbox<T>> targets) {
        List<Gate<T>> gates = addressed(targets);
        if (gates.isEmpty()) {
            return started ? known() : startAfter;
        }
        gates.forEach(Gate::refresh);
        return gates.stream().mapToLong(Gate::w).max().getAsLong();
    }

    /** F8: opens a source whose promise is the clock of another dispatcher's receiver, and starts its thread. */
    <S> Relay<S, T> link(Receiver<S> from, @Nullable Stage<? super S, ? extends T> stage, List<Inbox<T>> targets) {
        try {
            return tryLink(from, stage, targets);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private <S> Relay<S, T> tryLink(
            Receiver<S> from, @Nullable Stage<? super S, ? extends T> stage, List<Inbox<T>> targets) {
        Hub<S> upper = from.inbox.hub;
        Hub.LINKS.lock();
        try {
            if (upper.isBelow(hub)) {
                throw new IllegalArgumentException(
                        from + " of " + upper + " gets what comes from " + hub + ": a link would close a circle");
            }
            hub.lock.lock();
            try {
                claim(from);
                boolean linked = false;
                try {
                    // takes the locks of all that is above, which may be below the new one: that one's is taken later
                    long number = joiningPoint(targets);
                    checkNotLate(from.inbox, number);
                    Source<T> source = open(linkName(from), targets, number);
                    Relay<S, T> relay = new Relay<>(this, source, from, stage);
                    relays.add(relay);
                    source.follow(relay);
                    source.raise(source.promised());
                    hub.linkedTo(upper);
                    hub.threads.start("link-" + source.name(), relay::run);
                    linked = true;
                    return relay;
                } finally {
                    if (!linked) {
                        from.side.exit();
                    }
                }
            } finally {
                hub.lock.unlock();
            }
        } finally {
            Hub.LINKS.unlock();
        }
    }

    /** Makes the link that is being made the only reader. */
    private static void claim(Receiver<?> from) {
        Stop why = from.inbox.stopped();
        if (why != null) {
            throw why.exception();
        }
        if (!from.side.claim()) {
            throw new IllegalStateException(from + " is being read by another thread: a link must be its only reader");
        }
    }

    private static void checkNotLate(Inbox<?> from, long joiningPoint) {
        long first;
        from.hub.lock.lock();
        try {
            first = from.firstAccepted();
        } finally {
            from.hub.lock.unlock();
        }
        if (first != 0 && first <= joiningPoint) {
            throw new IllegalStateException("a link would join at number " + joiningPoint + ", and " + from
                    + " holds number " + first + ", which would be late: link it before it is behind, or held");
        }
    }

    private String linkName(Receiver<?> from) {
        String name = from.inbox.hub.name() + "/" + from.name();
        String free = name;
        for (int i = 2; names.containsKey(free); i++) {
            free = name + "#" + i;
        }
        return free;
    }

    void ended(Relay<?, T> relay) {
        hub.lock.lock();
        try {
            relays.remove(relay);
        } finally {
            hub.lock.unlock();
        }
        Hub.LINKS.lock();
        try {
            hub.unlinkedFrom(relay.upper());
        } finally {
            Hub.LINKS.unlock();
        }
    }

    // ---- ends

    @Override
    public void fail(Throwable cause) {
        try {
            tryFail(cause);
        } catch (Error e) {
            if (hub.failure() == null) {
                throw e; // nothing has happened
            }
            tryFail(cause); // what is left of it
        }
    }

    private void tryFail(Throwable cause) {
        Stop why;
        List<Relay<?, T>> links;
        hub.lock.lock();
        try {
            hub.failAll(cause, hub.failure() == null ? sequence() : greatest);
            if (sourcesFailed) {
                return;
            }
            why = Objects.requireNonNull(hub.failure());
            closing = true;
            links = List.copyOf(relays);
            List.copyOf(undrained).forEach(source -> source.abandon(why));
        } finally {
            hub.lock.unlock();
        }
        links.forEach(relay -> relay.endWith(why));
        sourcesFailed = true;
    }

    @Override
    public List<String> drainUpstream(Deadline deadline) throws InterruptedException {
        Map<Relay<?, T>, Long> marks = new LinkedHashMap<>();
        hub.lock.lock();
        try {
            relays.forEach(relay -> marks.put(relay, relay.top()));
        } finally {
            hub.lock.unlock();
        }
        List<String> missing = new ArrayList<>();
        try {
            for (var mark : marks.entrySet()) {
                if (!mark.getKey().awaitReached(mark.getValue(), deadline)) {
                    missing.add(mark.getKey().describe());
                }
            }
        } finally {
            freeze(); // before the links' sources leave: what they have not brought is discarded above
            marks.keySet().forEach(Relay::close);
        }
        return missing;
    }

    private void freeze() {
        hub.lock.lock();
        try {
            if (!closing) {
                sequence(); // brings all up to date, for the last time
                closing = true;
                gates().stream()
                        .filter(Gate::holdsBack)
                        .forEach(gate ->
                                heldBack.add("held back: " + gate.inbox().describe()));
            }
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public void closeAll() {
        Stop why = Stop.closed(hub + " is closed");
        hub.lock.lock();
        try {
            List<Gate<T>> gates = gates();
            List.copyOf(undrained).forEach(source -> source.closeWithMerge(why));
            gates.forEach(Gate::needed);
            reach.endAll();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public boolean isDrained() {
        return undrained.isEmpty();
    }

    @Override
    public List<String> abandonAll() {
        Stop why = Stop.closed(hub + " is closed, and did not deliver this in time");
        hub.lock.lock();
        try {
            List.copyOf(undrained).forEach(source -> source.abandon(why));
            Stream<String> noRoom = full.stream().map(inbox -> "no room: " + inbox.describe());
            return Stream.of(SendSide.describe(losses), heldBack.stream(), noRoom)
                    .flatMap(texts -> texts)
                    .toList();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public void end() {
        hub.lock.lock();
        try {
            hub.endClosing();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public boolean isIdle() {
        return true;
    }

    // ---- for those who watch

    /** The greatest w that there is, or was. */
    long sequence() {
        hub.lock.lock();
        try {
            List<Gate<T>> gates = gates();
            gates.forEach(Gate::refresh);
            if (gates.isEmpty() && started && !closing) {
                reached(known());
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
        Map<Inbox<T>, Long> marks = new LinkedHashMap<>();
        hub.lock.lock();
        try {
            hub.checkNotFailed();
            hub.all().forEach(inbox -> marks.put(inbox, gate(inbox).accepted()));
        } finally {
            hub.lock.unlock();
        }
        return Inbox.awaitFinished(marks, deadline);
    }

    @Override
    public List<Snapshot.SenderState> states() {
        return undrained.stream().map(Source::state).toList();
    }
}
