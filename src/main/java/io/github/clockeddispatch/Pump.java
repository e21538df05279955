package io.github.clockeddispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a sender owns: the channel, the way to its receivers, and the thread that moves messages from the one to the other.
 *
 * <p>The step of a pump is: wait for room without holding anything; then, under the hub's lock, number a batch, append it,
 * publish it. A caller of {@code dispatch} that finds the channel empty takes that step itself, and so does {@code send} where the reader sleeps.
 */
final class Pump<T> implements Runnable, Feeder<T> {

    /** How many messages are moved under one hold of the lock at most: longer ones gain nothing. */
    private static final int BATCH = 256;

    /** Below that many a pump lets others go on for a moment, while more gathers. */
    private static final int SMALL_BATCH = 128;

    private final Sequencer<T> sequencer;
    private final Hub<T> hub;
    private final HubLock lock;
    private final String name;
    private final List<Inbox<T>> targets;
    private final Channel<T> channel;
    private final Route<T> route;
    private final AtomicBoolean started = new AtomicBoolean();

    /** While it is handed to an executor: the thread that does so, which must not run it. */
    private volatile @Nullable Thread opener;

    /** Whether the executor has run it on the opener's thread. Written and read by that thread. */
    private volatile boolean refused;

    /** Whether it has ended as its thread was interrupted. Written by the pump, read by whoever gives up its channel. */
    private volatile boolean interrupted;

    // under the hub's lock

    /** When it joined, among the dispatcher's senders and receivers; 0 while it has not. */
    private long order;

    private final List<Checkpoint> checkpoints = new ArrayList<>(0);

    /** Whether it counts as a way to its receivers. */
    private boolean joined;

    private boolean drained;
    private long lost;

    /** Where that stood, or why it was given up. */
    private String lostWhere = "";

    /** Whether an error has come when something had its number and not all was done. */
    private boolean halfDone;

    /**
     * Makes a pump, which does not run yet.
     *
     * @param targets the receivers, each once; empty for all
     */
    Pump(Sequencer<T> sequencer, String name, List<Inbox<T>> targets, int capacity) {
        this.sequencer = sequencer;
        this.hub = sequencer.hub();
        this.lock = hub.lock;
        this.name = name;
        this.targets = targets;
        this.channel = new Channel<>(capacity, lock);
        this.route = targets.size() == 1
                ? new Route.Direct<>(targets.get(0), lock.newCondition())
                : new Route.Several<>(this, hub, sequencer.reach(), lock.newCondition());
    }

    String name() {
        return name;
    }

    OwnedThreads threads() {
        return hub.threads;
    }

    @Override
    public long order() {
        return order;
    }

    @Override
    public List<Inbox<T>> targets() {
        return targets;
    }

    // ---- senders

    boolean send(T payload, Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        checkOpen();
        return channel.tryPut(payload)
                || (route.readerSleeps() && dispatchNow(payload) != 0)
                || (!deadline.isNow() && putAfterYield(payload))
                || accept(payload, deadline);
    }

    /** Where a small channel is full, lets others go on for a moment: to park each few messages takes longer than these. */
    @SuppressWarnings("ThreadPriorityCheck") // the pump has a moment to make room before this one parks
    private boolean putAfterYield(T payload) {
        if (channel.capacity() >= SMALL_BATCH || channel.size() < channel.capacity()) {
            return false;
        }
        Thread.yield();
        return channel.tryPut(payload);
    }

    /** Waits for a place and puts an entry there. */
    private boolean accept(Object entry, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> acceptInTurn(entry, deadline))
                : acceptInTurn(entry, deadline);
    }

    private boolean acceptInTurn(Object entry, Deadline deadline) throws InterruptedException {
        channel.lock();
        try {
            checkOpen();
            if (!channel.hasPlace() && !awaitPlace(deadline)) {
                return false;
            }
            channel.put(entry);
            return true;
        } finally {
            channel.unlock();
        }
    }

    /** Under the channel's lock, of which it may let go. */
    private boolean awaitPlace(Deadline deadline) throws InterruptedException {
        Wait waiting = channel.waitForPlace(
                new ForPump("a place in the channel of", () -> true, channel::tail, channel.capacity()), deadline);
        try {
            return channel.awaitPlace(waiting);
        } finally {
            waiting.end();
        }
    }

    boolean trySend(T payload) {
        checkOpen();
        return channel.tryPut(payload) || acceptNow(payload);
    }

    private boolean acceptNow(T payload) {
        StackSpace.check();
        channel.lock();
        try {
            checkOpen();
            if (!channel.hasPlace()) {
                return false;
            }
            channel.put(payload);
            return true;
        } finally {
            channel.unlock();
        }
    }

    long dispatch(T payload, Deadline deadline) throws InterruptedException, TimeoutException {
        long now = dispatchNow(payload);
        return now != 0 ? now : dispatchInTurn(payload, deadline);
    }

    /**
     * Where nobody is before it, and there is room, takes the pump's step for a message that is never in the channel.
     *
     * @return its number; 0 where nothing was done
     */
    private long dispatchNow(T payload) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            if (channel.trySeize()) {
                boolean locked = false;
                try {
                    locked = lock.tryLock(); // who has seized it must not wait
                    if (locked) {
                        return numberNow(payload);
                    }
                } finally {
                    channel.release(); // first, as others are told after the lock
                    if (locked) {
                        lock.unlock();
                    }
                }
            }
            lockBoth();
            try {
                return numberNow(payload);
            } finally {
                unlockBoth();
            }
        } catch (Error e) {
            if (halfDone) {
                hub.broken(e);
            }
            throw e;
        }
    }

    private void lockBoth() {
        channel.lock();
        boolean both = false;
        try {
            lock.lock();
            both = true;
        } finally {
            if (!both) {
                channel.unlock();
            }
        }
    }

    /** Lets go of the channel first, as others are told after the hub's lock. */
    private void unlockBoth() {
        try {
            channel.unlock();
        } finally {
            lock.unlock();
        }
    }

    /** Under both locks. */
    private long numberNow(T payload) {
        checkOpen();
        if (channel.size() > 0 || route.admit(1, false) == 0) {
            return 0;
        }
        route.reserve(1);
        try {
            long number = number(1, index -> payload);
            sequencer.tell();
            return number;
        } catch (Error e) {
            throw halfDone(e);
        }
    }

    private long dispatchInTurn(T payload, Deadline deadline) throws InterruptedException, TimeoutException {
        var ticket = new Ticket.OfThread<>(payload, lock.newCondition(), deadline);
        List<Endpoint<T>.Sight> seen = new ArrayList<>(0);
        if (!deadline.isNever()) {
            targets.forEach(target -> seen.add(target.new Sight()));
        }
        if (!accept(ticket, deadline)) {
            throw timeout(seen);
        }
        Throwable refusal = null;
        boolean late = false;
        try {
            late = Blocking.isToBeTold(deadline)
                    ? !Blocking.tell(() -> awaitNumber(ticket, deadline))
                    : !awaitNumber(ticket, deadline);
        } catch (InterruptedException | RuntimeException | Error e) {
            refusal = e;
        }
        boolean withdrawn = (late || refusal != null) && withdraw(ticket);
        if (withdrawn && refusal instanceof RuntimeException exception) {
            throw exception; // a deadlock
        }
        if (withdrawn && refusal instanceof Error error) {
            throw error;
        }
        if (withdrawn && refusal != null) {
            throw new InterruptedException();
        }
        if (withdrawn) {
            throw timeout(seen);
        }
        if (refusal instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        Stop why = ticket.stop();
        if (why != null) {
            throw why.exception();
        }
        return ticket.number();
    }

    /** Returns false where the time is over. */
    private boolean awaitNumber(Ticket.OfThread<T> ticket, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            return !ticket.isWaiting() || awaitNumberUnderLock(ticket, deadline);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitNumberUnderLock(Ticket.OfThread<T> ticket, Deadline deadline) throws InterruptedException {
        var waiting = new Wait(
                new ForPump("a number from", ticket::isWaiting, channel::tail, 0), lock, ticket.condition, deadline);
        try {
            waiting.begin();
            while (ticket.isWaiting()) {
                if (!waiting.await()) {
                    return false;
                }
            }
            return true;
        } finally {
            waiting.end();
        }
    }

    /** The progress of this pump: what those wait for who need a place in its channel, a number, or all in the channel numbered. */
    private final class ForPump implements Wait.Target {
        private final String what;
        private final BooleanSupplier isNeeded;
        private final LongSupplier end;
        private final int least;

        /**
         * Makes a target.
         *
         * @param isNeeded under the hub's lock: whether the wait has not ended
         * @param end the position up to which the channel counts
         * @param least how many entries up to there must stay, or the wait can end otherwise
         */
        ForPump(String what, BooleanSupplier isNeeded, LongSupplier end, int least) {
            this.what = what;
            this.isNeeded = isNeeded;
            this.end = end;
            this.least = least;
        }

        @Override
        public Hub<?> hub() {
            return hub;
        }

        @Override
        public String describe() {
            return what + " sender \"" + name + "\"";
        }

        @Override
        public void addBlockers(Collection<Thread> threads) {
            List<Thread> readers = new ArrayList<>(1);
            List<Thread> dispatching = new ArrayList<>(0);
            long staying;
            lock.lock();
            try {
                if (!isNeeded.getAsBoolean() || dead() != null) {
                    return;
                }
                route.addBlockers(readers);
                staying = least == 0 ? 0 : channel.staying(end.getAsLong(), dispatching);
            } finally {
                lock.unlock();
            }
            staying += dispatching.stream()
                    .filter(thread -> !Wait.isInterrupted(thread))
                    .count();
            if (staying >= least) {
                threads.addAll(readers);
            }
        }
    }

    CompletableFuture<Long> dispatchAsync(T payload) throws InterruptedException {
        long now = dispatchNow(payload);
        if (now != 0) {
            return completed(now);
        }
        var ticket = new Ticket.OfFuture<>(payload, this);
        boolean accepted = accept(ticket, Deadline.NEVER);
        assert accepted;
        return ticket.future;
    }

    private CompletableFuture<Long> completed(long number) {
        try {
            return new NumberFuture(number);
        } catch (Error e) {
            hub.broken(e); // it will be delivered, and nobody knows
            throw e;
        }
    }

    /** Takes a message back, unless it has a number or was given up. */
    boolean withdraw(Ticket<T> ticket) {
        try {
            return tryWithdraw(ticket);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private boolean tryWithdraw(Ticket<T> ticket) {
        lockBoth();
        try {
            if (!ticket.isWaiting()) {
                return false;
            }
            long head = channel.head();
            long position = channel.remove(ticket);
            ticket.withdrawn();
            passCheckpoints(checkpoint -> checkpoint.withdrawn(position, head));
            if (position == head) {
                route.forget();
            }
            checkDrained();
            return true;
        } finally {
            unlockBoth();
        }
    }

    private void checkOpen() {
        channel.checkOpen();
        hub.checkOpen("be sent");
        Stop why = dead();
        if (why != null) {
            throw why.exception();
        }
    }

    private TimeoutException timeout(List<Endpoint<T>.Sight> seen) {
        lock.lock();
        try {
            StringBuilder text = new StringBuilder("sender \"" + name + "\" of " + hub + " has got no number in time; ")
                    .append(channel.size())
                    .append(" of ")
                    .append(channel.capacity())
                    .append(" places taken");
            for (Endpoint<T>.Sight sight : seen) {
                text.append("; ").append(sight.describe());
            }
            return new TimeoutException(text.toString());
        } finally {
            lock.unlock();
        }
    }

    // ---- the pump

    /** Starts it in an executor, whose refusal is the caller's business. */
    void start(Executor executor) {
        opener = Thread.currentThread();
        try {
            executor.execute(this);
        } finally {
            opener = null;
        }
        if (refused) {
            throw inline();
        }
    }

    private RejectedExecutionException inline() {
        return new RejectedExecutionException("the pump of sender \"" + name
                + "\" was run on the calling thread; a pump executor must run it on another");
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // the sender and the reader have something to do, and one processor less
    public void run() {
        if (Thread.currentThread() == opener) {
            refused = true;
            throw inline();
        }
        if (!started.compareAndSet(false, true)) {
            return;
        }
        setRunning(true);
        try {
            while (channel.awaitEntry()) {
                if (pass() < SMALL_BATCH) {
                    Thread.yield();
                }
            }
        } catch (InterruptedException e) {
            interrupted = true;
            Stop why = Stop.closed("sender \"" + name + "\" is closed: its pump was interrupted");
            close(why);
            abandon(why);
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            sequencer.fail(e);
        } finally {
            setRunning(false);
        }
    }

    /** Throws where the executor's owner has ended it already. */
    void checkRuns() {
        if (channel.isClosed()) {
            throw new RejectedExecutionException(
                    "the pump of sender \"" + name + "\" was interrupted while the sender was being opened");
        }
    }

    /**
     * Under the hub's lock: joins, which takes its order and makes it a way to its receivers in one step (G11). Where this
     * throws, it has not joined.
     */
    void join() {
        order = hub.nextOrder();
        sequencer.reach().opened(this);
        joined = true;
    }

    private void setRunning(boolean runs) {
        lock.lock();
        try {
            sequencer.running(runs);
        } finally {
            lock.unlock();
        }
    }

    /** Moves one batch, when there is room. Returns how many. */
    private int pass() throws InterruptedException {
        int moved = 0;
        boolean dead = false;
        lock.lock();
        try {
            while (!dead && moved == 0 && channel.size() > 0) {
                moved = step(true);
                dead = dead() != null;
                if (moved == 0 && !dead && channel.size() > 0) {
                    lock.tellSettled();
                    route.room.await();
                }
            }
        } finally {
            try {
                if (moved == 0) {
                    route.forget();
                }
            } finally {
                lock.unlock();
            }
        }
        channel.placesFreed(moved);
        if (dead) {
            var unused = targetStopped();
        }
        return moved;
    }

    /** Where it waits for room, it looks again. Under the hub's lock. */
    void wake() {
        route.room.signal();
    }

    /** Why nothing can be delivered any more; null where it can. Read without the lock by senders. */
    private @Nullable Stop dead() {
        Stop why = route.dead();
        if (why == null) {
            why = hub.failure();
        }
        return why == null && sequencer.numbersLeft() == 0 ? sequencer.noNumbersLeft() : why;
    }

    /**
     * Numbers, appends and publishes as many messages as there is room for now. Under the hub's lock.
     *
     * @return how many; 0 where there is nothing, no room, or nobody left
     */
    private int step(boolean mayWait) {
        if (channel.size() == 0 || dead() != null) {
            return 0;
        }
        int wanted = (int) Math.min(Math.min(channel.size(), BATCH), sequencer.numbersLeft());
        int count = route.admit(wanted, mayWait);
        if (count > 0) {
            route.reserve(count);
            try {
                numberFromChannel(count);
            } catch (Error e) {
                throw halfDone(e);
            }
        }
        return count;
    }

    private void numberFromChannel(int count) {
        long first = number(count, channel.payloads());
        channel.numbered(first, count);
        if (!checkpoints.isEmpty()) { // here for the lambda's sake, which is to be made for a cause only
            passCheckpoints(checkpoint -> checkpoint.numbered(first, count, channel.head()));
        }
        sequencer.tell();
        checkDrained();
    }

    /** Returns the first number. */
    private long number(int count, IntFunction<T> payloads) {
        long first = sequencer.sequence() + 1;
        route.append(first, count, payloads);
        sequencer.publish(first + count - 1);
        route.publish();
        return first;
    }

    /** Stops all receivers before anybody sees what was not done whole. */
    private Error halfDone(Error error) {
        halfDone = true;
        sequencer.failReceivers(error);
        return error;
    }

    // ---- leaving

    void close(Stop why) {
        try {
            tryClose(why);
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    private void tryClose(Stop why) {
        lockBoth();
        try {
            if (!channel.isClosed()) {
                channel.close(why);
                if (joined) {
                    sequencer.closed(this);
                }
                checkDrained();
            }
        } finally {
            unlockBoth();
        }
    }

    /** Where nobody is left to send to, gives up what is in the channel. */
    @Override
    public List<Stopping> targetStopped() {
        Stop why;
        lock.lock();
        try {
            why = dead();
        } finally {
            lock.unlock();
        }
        if (why != null) {
            abandon(why);
        }
        return List.of();
    }

    /** Gives up what is in the channel, and accepts nothing more. */
    void abandon(Stop why) {
        lockBoth();
        try {
            Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
            String where = where(last);
            int messages = channel.abandon(why);
            if (last != null) {
                Objects.requireNonNull(Inbox.of(last)).discardedInChannel(messages);
            }
            LostAbove above = lostAbove(last);
            if (above != null) {
                above.add(toString(), () -> messages, where);
            } else if (messages > 0 && (last == null || !last.isDiscarded())) {
                lost += messages;
                lostWhere = where;
                (isBroadcast() ? hub.all() : targets).forEach(target -> target.gaveUp(why));
            }
            passCheckpoints(checkpoint -> checkpoint.abandoned(why));
            route.forget();
            checkDrained();
        } finally {
            unlockBoth();
        }
    }

    private void checkDrained() {
        if (!drained && channel.size() == 0 && (channel.isClosed() || channel.stopped() != null)) {
            drained = true;
            sequencer.drained(this);
        }
    }

    /** Returns what was given up after its send had returned, except what a receiver has discarded; null for nothing. */
    @Nullable
    Loss lost() {
        return lost == 0 ? null : new Loss(lost, lostWhere);
    }

    /** Says where the messages in the channel stand, or why they will not be delivered. */
    private String where(@Nullable Endpoint<T> last) {
        Stop why = last == null ? null : last.stopped();
        if (why != null && why.lost() != null) {
            return "channel " + channel.size() + " of " + channel.capacity() + ", " + why.what();
        }
        if (why != null) {
            return last + (why.isFailure() ? " has failed at " + why.number() : " has stopped");
        }
        String obstacle =
                interrupted ? "its pump was interrupted" : started.get() ? route.where() : "its pump was not started";
        return (obstacle.isEmpty() ? "" : obstacle + ", ") + "channel " + channel.size() + " of " + channel.capacity();
    }

    /** Where it is told what is given up with a receiver; null where that is not with a link, as a merge below is closed. */
    private static @Nullable LostAbove lostAbove(@Nullable Endpoint<?> last) {
        Stop why = last == null || !last.isDiscarded() ? null : last.stopped();
        return why == null ? null : why.lost();
    }

    /** Says that what is in the channel has got no number in time. */
    String describeLate() {
        return "what " + this + " had accepted got no number (" + where(null) + ")";
    }

    /** Returns whether a receiver has discarded what this has given up. */
    boolean hasDiscarded() {
        Endpoint<T> last = isBroadcast() ? null : route.lastToStop();
        return last != null && last.isDiscarded();
    }

    // ---- for those who watch

    /** Marks what is in the channel now. */
    Checkpoint checkpoint() {
        var checkpoint = new Checkpoint(channel.head(), channel.tail());
        if (!checkpoint.isPassed()) {
            checkpoints.add(checkpoint);
        }
        return checkpoint;
    }

    /** A wait of this thread for it. */
    Wait waitFor(Checkpoint checkpoint, Deadline deadline) {
        var target = new ForPump("what has been sent by", () -> !checkpoint.isPassed(), checkpoint::end, 1);
        return new Wait(target, lock, hub.changed, deadline);
    }

    /** Nobody waits for it any more. */
    void forget(Checkpoint checkpoint) {
        checkpoints.remove(checkpoint);
    }

    private void passCheckpoints(Consumer<Checkpoint> step) {
        checkpoints.forEach(step);
        if (checkpoints.removeIf(Checkpoint::isPassed)) {
            hub.changed.signalAll();
        }
    }

    Snapshot.SenderState state() {
        String state = channel.stopped() != null ? "stopped" : channel.isClosed() ? "closed" : "open";
        List<String> waitsFor =
                route.waitsFor().stream().map(inbox -> inbox.name).toList();
        return new Snapshot.SenderState(name, state, channel.capacity(), channel.size(), waitsFor, 0);
    }

    @Override
    public String toString() {
        return "sender \"" + name + "\" of " + hub;
    }
}
