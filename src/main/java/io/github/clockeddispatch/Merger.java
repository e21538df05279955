package io.github.clockeddispatch;

import io.github.clockeddispatch.MergePoint.Way;
import io.github.clockeddispatch.progress.Lane;
import io.github.clockeddispatch.progress.Ledger;
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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The sources of a merge, and what they have in common. Guarded by the hub's lock. */
final class Merger<T> implements SendSide<T> {

    private final Hub<T> hub;
    private final Reach<T> reach;
    private final int capacity;
    private final long startAfter;

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

    /** The greatest number that a broadcaster has accepted when nobody was there: who joins does so at or above it. */
    private long toNobody;

    /** Receivers that nothing reaches, and whose clock somebody waits for. */
    private final Set<MergePoint<T>> awaitingKnown = new LinkedHashSet<>();

    /** Links that run. */
    private final Set<Relay<?, T>> relays = new LinkedHashSet<>();

    /** Receivers that were held back when the merge was closed, and why. */
    private final List<String> heldBack = new ArrayList<>();

    /** What was given up, by what its source is called: {@code close} tells of it. */
    private final Map<String, Loss> losses = new LinkedHashMap<>();

    /** What is lost above, as it was closed. */
    private final LostAbove lostAbove = new LostAbove();

    /** What has not come from above in time, by whose it is. Of the thread that closes. */
    private final Map<String, String> late = new LinkedHashMap<>();

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
        this.knownOfLeft = startAfter;
        this.greatest = startAfter;
        this.startAfter = startAfter;
        this.capacity = capacity;
        this.started = !held;
    }

    Hub<T> hub() {
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
            if (source.lost() > 0) {
                losses.merge(source.toString(), new Loss(source.lost(), source.whereLost()), Loss::and);
            }
            reach.drained(source);
            hub.changed.signalAll();
        }
    }

    /** Nobody has anything left for this receiver. */
    void spent(MergePoint<T> point) {
        reach.checkEnd(point);
    }

    // ---- joining

    void start() {
        try {
            hub.lock.lock();
            try {
                hub.checkOpen("be started");
                started = true;
                points().forEach(MergePoint::start);
            } finally {
                hub.lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    /** Those of receivers that have joined and neither left nor failed. */
    private List<MergePoint<T>> points() {
        return points(hub.endpoints());
    }

    @SuppressWarnings("unchecked") // a merge makes no others
    static <T> List<MergePoint<T>> points(List<? extends Endpoint<T>> endpoints) {
        return (List<MergePoint<T>>) endpoints;
    }

    @Override
    public MergePoint<T> join(String name) {
        MergePoint<T> point;
        Error broken = null;
        hub.lock.lock();
        try {
            List<Way<T>> ways = new ArrayList<>();
            do {
                hub.checkCanJoin(name);
                point = newPoint(name);
            } while (!areWhole(ways, point));
            hub.join(point);
            greatest = Math.max(greatest, point.joinedAt);
            try {
                ways.forEach(way -> way.source.reach(way));
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
        return point;
    }

    private MergePoint<T> newPoint(String name) {
        long joinedAt = joiningPoint();
        return new MergePoint<>(this, name, hub.nextOrder(), joinedAt, started ? Lane.NONE : joinedAt);
    }

    /**
     * Makes the lanes to a receiver that is about to join. Returns whether they have all that is for it; where a reader has something that
     * is not due in its hands, waits until it has met the lock, as it is about to, and so has put it back.
     */
    private boolean areWhole(List<Way<T>> ways, MergePoint<T> joining) {
        ways.clear();
        boolean areWhole = true;
        for (Source<T> source : broadcasters) {
            Way<T> way = source.wayTo(joining);
            areWhole &= way != null && ways.add(way);
        }
        for (MergePoint<T> point : points()) { // after the lanes were copied
            if (point.isPuttingBack(joining.joinedAt)) {
                hub.changed.awaitUninterruptibly();
                return false;
            }
        }
        return areWhole;
    }

    /** Where a receiver joins: at the least promise of those that can reach it at once. Seals them. */
    private long joiningPoint() {
        long least = Lane.NONE;
        for (Source<T> source : broadcasters) {
            long number = source.sealForJoin();
            if (source.isOpen()) {
                least = Math.min(least, number);
            }
        }
        long w = !started ? startAfter : least == Lane.NONE ? known() : least;
        return Math.max(toNobody, w);
    }

    /**
     * Opens a source.
     *
     * @param targets the receivers, each once; empty for all
     */
    Source<T> open(String name, List<MergePoint<T>> targets) {
        try {
            hub.lock.lock();
            try {
                checkOpen(name, targets);
                return open(name, targets, null);
            } finally {
                hub.lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void checkOpen(String name, List<MergePoint<T>> targets) {
        hub.checkOpen("join");
        reach.checkOpen(targets);
        if (names.containsKey(name)) {
            throw new IllegalArgumentException("there is an open forwarder \"" + name + "\" in " + hub);
        }
    }

    /** Opens a source at the greatest w of those that it reaches; with a check of that number, which may throw. */
    private Source<T> open(String name, List<MergePoint<T>> targets, @Nullable LongConsumer check) {
        List<MergePoint<T>> reached = addressed(targets);
        reached.forEach(MergePoint::opening);
        Source<T> source;
        try {
            long number = joiningPoint(reached);
            if (check != null) {
                check.accept(number);
            }
            source = new Source<>(this, name, hub.nextOrder(), targets, capacity, number);
            names.put(name, source);
            undrained.add(source);
            if (targets.isEmpty()) {
                broadcasters.add(source);
            }
            List<Source<T>> more = new ArrayList<>(open);
            more.add(source);
            open = more;
            reach.opened(source);
        } catch (RuntimeException e) {
            reached.forEach(MergePoint::changed);
            throw e;
        }
        source.opened(reached);
        if (!awaitingKnown.isEmpty()) {
            knownRose(); // they go by it, too
        }
        return source;
    }

    /** Of those that a new source can reach. */
    private List<MergePoint<T>> addressed(List<MergePoint<T>> targets) {
        return (targets.isEmpty() ? points() : targets)
                .stream().filter(point -> !point.reach.isEnding()).toList();
    }

    /** F6: the greatest w of those that are addressed, or what is in hand there. */
    private long joiningPoint(List<MergePoint<T>> reached) {
        return reached.stream()
                .mapToLong(point -> Math.max(point.bound(), point.intake.inHand()))
                .max()
                .orElseGet(() -> started ? known() : startAfter);
    }

    /** F8: opens a source whose promise is the clock of another dispatcher's receiver, and starts its thread. */
    <S> Relay<S, T> link(Receiver<S> from, @Nullable Stage<? super S, ? extends T> stage, List<MergePoint<T>> targets) {
        var relay = new AtomicReference<Relay<S, T>>();
        Runnable task = () -> Objects.requireNonNull(relay.get()).run();
        // before any lock is taken, as what it inherits is foreign code
        Thread thread = stage == null ? hub.threads.make("link", task) : hub.threads.makeInheriting("link", task);
        try {
            return tryLink(from, stage, targets, relay, thread);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private <S> Relay<S, T> tryLink(
            Receiver<S> from,
            @Nullable Stage<? super S, ? extends T> stage,
            List<MergePoint<T>> targets,
            AtomicReference<Relay<S, T>> made,
            Thread thread) {
        Hub<S> upper = from.inbox.hub;
        hub.linkTo(
                upper,
                () -> new IllegalArgumentException(
                        from + " of " + upper + " gets what comes from " + hub + ": a link would close a cycle"));
        boolean linked = false;
        try {
            hub.lock.lock();
            try {
                claim(from, thread);
                try {
                    String name = linkName(from);
                    checkOpen(name, targets);
                    Source<T> source = open(name, targets, number -> checkNotLate(from.inbox, number));
                    Relay<S, T> relay = new Relay<>(this, source, from, stage);
                    relays.add(relay);
                    source.follow(relay);
                    from.inbox.relay = relay;
                    made.set(relay);
                    thread.setName("link-" + source.name());
                    from.side.handTo(thread); // not before: a link that is refused changes nothing
                    hub.threads.start(thread);
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
            if (!linked) {
                hub.unlinkFrom(upper);
            }
        }
    }

    /** Keeps all others out for the thread of the link that is being made. */
    private static void claim(Receiver<?> from, Thread thread) {
        Stop why = from.inbox.stopped();
        if (why != null) {
            throw why.exception();
        }
        from.side.claim(thread);
    }

    private static void checkNotLate(Endpoint<?> from, long joiningPoint) {
        long first = from.firstUnfinished();
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

    /** A link has ended, and what it comes from has stopped or has come to its end; maybe called twice. */
    void ended(Relay<?, T> relay) {
        boolean isFirst;
        hub.lock.lock();
        try {
            isFirst = relays.remove(relay);
        } finally {
            hub.lock.unlock();
        }
        if (isFirst) {
            hub.unlinkFrom(relay.from().hub);
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
        Deque<Stopping> followers = new ArrayDeque<>();
        List<Endpoint<T>> failing;
        hub.lock.lock();
        try {
            failing = List.copyOf(hub.endpoints());
            hub.failAll(cause, hub.failure() == null ? sequence() : greatest);
            if (sourcesFailed) {
                return;
            }
            Stop why = Objects.requireNonNull(hub.failure());
            closing = true;
            for (Relay<?, T> relay : List.copyOf(relays)) {
                followers.add(new Stopping(
                        relay.from(), cause, "has failed, as what " + relay + " leads to has failed,", false));
            }
            List.copyOf(undrained).forEach(source -> source.abandon(why));
            sourcesFailed = true;
        } finally {
            hub.lock.unlock();
        }
        try {
            failing.forEach(endpoint -> followers.addAll(Hub.followersBelow(endpoint)));
        } finally {
            Stopping.all(followers); // those above are told by nobody else; those below by their links
        }
    }

    /** All that was accepted has been numbered above. */
    @Override
    public Map<String, String> awaitNumbered(Set<Endpoint<?>> receivers, Deadline deadline) {
        return Map.of();
    }

    @Override
    public boolean drainUpstream(Deadline deadline) throws InterruptedException {
        List<Relay<?, T>> links;
        hub.lock.lock();
        try {
            List.copyOf(undrained).forEach(Source::refuse);
            links = List.copyOf(relays);
        } finally {
            hub.lock.unlock();
        }
        try {
            bringDown(links, deadline);
            Relay.endAfterLast(links, deadline);
        } catch (InterruptedException e) {
            late.put("", "what comes from other dispatchers was not waited for");
            throw e;
        } finally {
            links.forEach(Relay::ends);
            freeze(); // before the links' sources leave: what they have not brought is discarded above
            links.forEach(relay -> relay.close(lostAbove));
        }
        return late.isEmpty();
    }

    /** F9: waits until the links have brought what had been accepted above when this was called. */
    private void bringDown(List<Relay<?, T>> links, Deadline deadline) throws InterruptedException {
        Map<Relay<?, T>, Set<Endpoint<?>>> above = new LinkedHashMap<>();
        Set<Endpoint<?>> all = new LinkedHashSet<>();
        Set<Hub<?>> hubs = new LinkedHashSet<>();
        for (Relay<?, T> relay : links) {
            Set<Endpoint<?>> those = relay.from().withAllAbove();
            above.put(relay, those);
            all.addAll(those);
        }
        Set<Endpoint<?>> going = new LinkedHashSet<>(all);
        going.removeIf(endpoint -> endpoint.stopped() != null); // nobody waits for what is sent to those
        going.forEach(endpoint -> hubs.add(endpoint.hub));
        for (Hub<?> one : hubs) {
            late.putAll(one.sendSide().awaitNumbered(going, deadline));
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
        links.forEach(Relay::endIfOver);
    }

    /**
     * Where the clock of the lowest of these is to get. All that was accepted for any of them, it is to have finished; and it is to get
     * as far as it can without anybody's doing, since what others bring waits for its promise.
     */
    private static long mark(Set<Endpoint<?>> above) {
        long accepted = 0;
        long promised = Lane.NONE;
        for (Endpoint<?> endpoint : above) {
            endpoint.hub.lock.lock();
            try {
                if (endpoint.stopped() == null) {
                    accepted = Math.max(accepted, endpoint.accepted());
                    promised = Math.min(promised, endpoint.promised());
                }
            } finally {
                endpoint.hub.lock.unlock();
            }
        }
        return promised == Lane.NONE ? accepted : Math.max(accepted, promised);
    }

    private void freeze() {
        hub.lock.lock();
        try {
            if (!closing) {
                sequence(); // brings it up to date, for the last time
                closing = true;
                for (MergePoint<T> point : points()) {
                    String before = point.describe();
                    point.freeze();
                    if (point.firstLost() != 0) {
                        heldBack.add("held back: " + before);
                    }
                }
                Stop why = Stop.closed(hub + " is closed");
                List.copyOf(undrained).forEach(source -> source.closeWithMerge(why));
                points().forEach(MergePoint::settle);
            }
        } finally {
            hub.lock.unlock();
        }
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
            for (Source<T> source : undrained) {
                if (source.lost() > 0) {
                    losses.merge(source.toString(), new Loss(source.lost(), source.whereLost()), Loss::and);
                }
            }
            undrained.clear(); // each is counted once: who reads the rest finds nothing to add
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public List<String> losses(Deadline deadline) {
        lostAbove.awaitAll(deadline);
        hub.lock.lock();
        try {
            lostAbove.moveTo(losses);
            List<String> texts = new ArrayList<>(Loss.describe(losses));
            late.forEach((whose, text) -> {
                if (!losses.containsKey(whose)) { // else it is told how much, and where it stood
                    texts.add(text);
                }
            });
            texts.addAll(heldBack);
            return texts;
        } finally {
            hub.lock.unlock();
        }
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
        return relays.stream().anyMatch(relay -> relay.runsOn(thread));
    }

    // ---- for those who watch

    /** The greatest w that there is, or was. */
    long sequence() {
        hub.lock.lock();
        try {
            List<MergePoint<T>> points = points();
            for (MergePoint<T> point : points) {
                greatest = Math.max(greatest, point.bound());
            }
            if (points.isEmpty() && started && !closing) {
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
        return Endpoint.awaitFinished(marks, deadline);
    }

    @Override
    public List<Snapshot.SenderState> states() {
        return undrained.stream().map(Source::state).toList();
    }
}
