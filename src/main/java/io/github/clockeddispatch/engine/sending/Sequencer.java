package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.ClockWaits;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Feeder;
import io.github.clockeddispatch.engine.receiving.Hub;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Reach;
import io.github.clockeddispatch.engine.receiving.SendSide;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Arguments;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.Stop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The one counter, and those who number by it: the senders' pumps. Guarded by the hub's lock. */
public final class Sequencer<T> implements SendSide<T> {

    private final Hub<T> hub;
    private final Reach<T> reach;
    private final Frontier counter;
    private final @Nullable Executor executor;

    /** Open senders, and those that are being opened, by name. */
    private final Map<String, SenderLifecycle<T>> names = new HashMap<>();

    /** Senders that can still deliver something, in the order in which they joined. */
    private final Set<SenderLifecycle<T>> undrained = new LinkedHashSet<>();

    /** What was given up, by what its sender is called: {@code close} tells of it. */
    private final Map<String, Loss> losses = new LinkedHashMap<>();

    private int running;

    /** All of it has failed, and what was in channels has been given up. Written without the lock: twice does no harm. */
    private volatile boolean sendersFailed;

    /** Of an inbox for which it is not said. */
    private final int inboxCapacity;

    public Sequencer(Hub<T> hub, long startAfter, boolean endWithLastSender, int inboxCapacity, @Nullable Executor executor) {
        this.inboxCapacity = inboxCapacity;
        this.hub = hub;
        this.reach = new Reach<>(hub, endWithLastSender);
        this.counter = new Frontier(startAfter);
        this.executor = executor;
    }

    public Hub<T> hub() {
        return hub;
    }

    Reach<T> reach() {
        return reach;
    }

    // ---- numbers

    public long sequence() {
        return counter.value();
    }

    long numbersLeft() {
        return Arguments.LAST_NUMBER - counter.value();
    }

    Stop noNumbersLeft() {
        return Stop.misuse(hub + " has given its last number, " + Arguments.LAST_NUMBER);
    }

    void publish(long number) {
        counter.publish(number);
    }

    /** Tells those who wait for numbers; and, when the last one has been given, the pumps that will get none. */
    void tell() {
        counter.tell();
        if (numbersLeft() == 0) {
            undrained.forEach(SenderLifecycle::wake);
        }
    }

    // ---- receivers and senders

    @Override
    public Inbox<T> join(String receiver) {
        return join(receiver, inboxCapacity);
    }

    public Inbox<T> join(String receiver, int inboxCapacity) {
        hub.lock.lock();
        try {
            hub.checkCanJoin(receiver);
            var inbox = new Inbox<T>(hub, receiver, inboxCapacity, counter, hub.nextOrder());
            hub.join(inbox);
            return inbox;
        } finally {
            hub.lock.unlock();
        }
    }

    /**
     * Opens a sender.
     *
     * @param targets the receivers, each once; empty for all
     */
    public SendPort<T> open(String name, List<Inbox<T>> targets, int capacity) {
        SenderLifecycle<T> sender;
        Pump<T> pump;
        SendPort<T> port;
        hub.lock.lock();
        try {
            hub.checkOpen("join");
            reach.checkOpen(targets);
            if (names.containsKey(name)) {
                throw new IllegalArgumentException("there is an open sender \"" + name + "\" in " + hub);
            }
            sender = new SenderLifecycle<>(this, name, targets, capacity);
            pump = new Pump<>(sender);
            port = new SendPort<>(sender, pump);
            names.put(name, sender);
        } finally {
            hub.lock.unlock();
        }
        boolean opened = false;
        try {
            if (executor != null) {
                start(name, pump, executor);
            }
            hub.lock.lock();
            try {
                hub.checkOpen("join");
                reach.checkOpen(targets);
                pump.checkRuns();
                undrained.add(sender);
                if (executor == null) { // now that it is open: whoever closes it finds it, and joins it
                    hub.threads.start("pump-" + name, pump);
                }
                sender.join();
                opened = true;
            } finally {
                hub.lock.unlock();
            }
        } finally {
            if (!opened) {
                forget(sender);
                sender.abandon(Stop.closed("sender \"" + name + "\" was not opened"));
            }
        }
        return port;
    }

    private void forget(SenderLifecycle<T> sender) {
        hub.lock.lock();
        try {
            names.remove(sender.name, sender);
            undrained.remove(sender);
        } finally {
            hub.lock.unlock();
        }
    }

    private void start(String name, Pump<T> pump, Executor given) {
        try {
            pump.start(given);
        } catch (RejectedExecutionException e) {
            throw e;
        } catch (Throwable e) { // also one that is not declared; its text is foreign code, and not asked for
            throw new RejectedExecutionException(
                    "the pump executor did not take the pump of sender \"" + name + "\" of " + hub + ": "
                            + e.getClass().getName(),
                    e);
        }
    }

    // called by senders and their pumps, under the hub's lock

    void closed(SenderLifecycle<T> sender) {
        names.remove(sender.name, sender);
        reach.closed(sender);
    }

    void drained(SenderLifecycle<T> sender) {
        undrained.remove(sender);
        Loss lost = sender.lost();
        if (lost != null) {
            losses.merge("sender \"" + sender.name + "\"", lost, Loss::and);
        }
        reach.drained(sender);
        hub.changed.signalAll();
    }

    void running(boolean runs) {
        running += runs ? 1 : -1;
        hub.changed.signalAll();
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

    /** Under the hub's lock: stops every receiver. {@link #fail} is to follow, without the lock. */
    void failReceivers(Throwable cause) {
        hub.failAll(cause, counter.value());
    }

    private void tryFail(Throwable cause) {
        List<SenderLifecycle<T>> senders;
        List<Endpoint<T>> failing;
        hub.lock.lock();
        try {
            failing = List.copyOf(hub.all());
            failReceivers(cause);
            if (sendersFailed) {
                return;
            }
            counter.end();
            senders = new ArrayList<>(names.values());
            senders.addAll(undrained);
        } finally {
            hub.lock.unlock();
        }
        Stop why = Objects.requireNonNull(hub.failure());
        senders.forEach(sender -> sender.abandon(why));
        sendersFailed = true;
        Stopping.below(failing);
    }

    @Override
    public boolean drainUpstream(Deadline deadline) {
        return true; // numbers begin here
    }

    @Override
    public void closeAll() {
        List<SenderLifecycle<T>> senders;
        hub.lock.lock();
        try {
            senders = new ArrayList<>(undrained);
        } finally {
            hub.lock.unlock();
        }
        Stop why = Stop.closed(hub + " is closed");
        senders.forEach(sender -> sender.close(why));
        hub.lock.lock();
        try {
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
    public void end() {
        hub.lock.lock();
        try {
            hub.endClosing();
            counter.end();
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public boolean isIdle() {
        return running == 0;
    }

    @Override
    public void abandonAll() {
        List<SenderLifecycle<T>> senders;
        hub.lock.lock();
        try {
            senders = new ArrayList<>(undrained);
        } finally {
            hub.lock.unlock();
        }
        Stop why = Stop.closed(hub + " is closed, and did not deliver this in time");
        senders.forEach(sender -> sender.abandon(why));
    }

    @Override
    public List<String> losses(Deadline deadline) {
        hub.lock.lock();
        try {
            return Loss.describe(losses);
        } finally {
            hub.lock.unlock();
        }
    }

    // ---- for those who watch

    @Override
    public boolean awaitFinished(Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Map<Endpoint<T>, Long> marks = new LinkedHashMap<>();
        boolean numbered = Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitNumbered(marks, deadline))
                : awaitNumbered(marks, deadline);
        return numbered && ClockWaits.awaitFinished(marks, deadline);
    }

    @Override
    public Map<String, String> awaitNumbered(Set<Endpoint<?>> receivers, Deadline deadline)
            throws InterruptedException {
        hub.lock.lock();
        try {
            var checkpoints = new Checkpoints<T>();
            for (SenderLifecycle<T> sender : undrained) {
                if (sender.isBroadcast() || sender.targets().stream().anyMatch(receivers::contains)) {
                    checkpoints.set(sender);
                }
            }
            return checkpoints.awaitPassed(deadline);
        } finally {
            hub.lock.unlock();
        }
    }

    /** Waits until all that is in channels has its number, and marks how far each receiver is to get. */
    private boolean awaitNumbered(Map<Endpoint<T>, Long> marks, Deadline deadline) throws InterruptedException {
        hub.lock.lock();
        try {
            hub.checkNotFailed();
            hub.all().forEach(inbox -> marks.put(inbox, counter.value()));
            var checkpoints = new Checkpoints<T>();
            undrained.forEach(checkpoints::set);
            return checkpoints.awaitNumbered(marks, deadline);
        } finally {
            hub.lock.unlock();
        }
    }

    @Override
    public List<Feeder.State> states() {
        return undrained.stream().map(SenderLifecycle::state).toList();
    }
}
