package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.ClockWaits;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Ingress;
import io.github.clockeddispatch.engine.receiving.LeftOut;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.Producers;
import io.github.clockeddispatch.engine.receiving.Reachability;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import io.github.clockeddispatch.engine.waiting.Arguments;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Loss;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one counter, and those who number by it: the senders' pumps. Guarded by the core's lock.
 *
 * @see "docs/design.md: The way of a message"
 */
public final class Sequencer<T> implements Ingress<T> {

    private final Core<T> core;
    private final Reachability<T> reachability;
    private final Frontier counter;
    private final @Nullable Executor executor;

    private final Producers<T, SenderLifecycle<T>> producers;

    /** Those that have stopped with something unfinished. */
    final LeftOut leftOut = new LeftOut();

    final CounterClock<T> counterClock;

    private int running;

    /** All of it has failed, and what was in channels has been given up. Written without the lock: racy but idempotent. */
    private volatile boolean sendersFailed;

    /** Of an inbox for which it is not said. */
    private final int inboxCapacity;

    public Sequencer(
            Core<T> core, long startAfter, boolean endWithLastSender, int inboxCapacity, @Nullable Executor executor) {
        this.inboxCapacity = inboxCapacity;
        this.core = core;
        this.reachability = new Reachability<>(core, endWithLastSender);
        this.producers = new Producers<>(core, reachability);
        this.counter = new Frontier(startAfter);
        this.counterClock = new CounterClock<>(core, counter);
        this.executor = executor;
    }

    public Core<T> core() {
        return core;
    }

    Reachability<T> reachability() {
        return reachability;
    }

    // ---- numbers

    @Override
    public long sequence() {
        return counter.value();
    }

    long numbersLeft() {
        return Arguments.LAST_SEQUENCE - counter.value();
    }

    StopReason noSequencesLeft() {
        return StopReason.misuse(core + " has given its last number, " + Arguments.LAST_SEQUENCE);
    }

    void publish(long sequence) {
        counter.publish(sequence);
    }

    /** Tells those who wait for numbers; and, when the last one has been given, the pumps that will get none. */
    void tell() {
        counter.tell();
        if (numbersLeft() == 0) {
            producers.undrained().forEach(SenderLifecycle::wake);
        }
    }

    /** Nobody shall wait for numbers any more. */
    private void endNumbers() {
        counter.end();
        counterClock.end();
    }

    // ---- receivers and senders

    @Override
    public void leftOut(Endpoint<T> endpoint) {
        leftOut.add(endpoint, endpoint.time(), endpoint.leftOutAt());
    }

    @Override
    public Inbox<T> join(String receiver) {
        return join(receiver, inboxCapacity);
    }

    public Inbox<T> join(String receiver, int inboxCapacity) {
        core.lock.lock();
        try {
            core.checkCanJoin(receiver);
            var inbox = new Inbox<T>(core, receiver, inboxCapacity, counter, core.nextOrder());
            core.join(inbox);
            return inbox;
        } finally {
            core.lock.unlock();
        }
    }

    /** Makes a group of receivers, each once. */
    public <R> TargetGroup<T, R> group(String name, Map<Inbox<T>, R> receivers) {
        core.lock.lock();
        try {
            core.checkOpen("join");
            reachability.checkOpen(List.copyOf(receivers.keySet()));
            var group = new TargetGroup<T, R>(core, reachability, name);
            receivers.forEach(group::add);
            return group;
        } finally {
            core.lock.unlock();
        }
    }

    /**
     * Opens a sender.
     *
     * @param targets the receivers, each once; empty for all
     */
    public SendPort<T> open(String name, List<Inbox<T>> targets, int capacity) {
        return open(name, targets, null, capacity);
    }

    /** Opens a sender to a group. */
    public SendPort<T> open(String name, TargetGroup<T, ?> group, int capacity) {
        return open(name, List.of(), group, capacity);
    }

    private SendPort<T> open(String name, List<Inbox<T>> targets, @Nullable TargetGroup<T, ?> group, int capacity) {
        SenderLifecycle<T> sender;
        Pump<T> pump;
        SendPort<T> port;
        core.lock.lock();
        try {
            producers.checkOpen(name, targets);
            sender = new SenderLifecycle<>(this, name, targets, group, capacity);
            pump = new Pump<>(sender);
            port = new SendPort<>(sender, pump);
            producers.claim(sender);
        } finally {
            core.lock.unlock();
        }
        boolean opened = false;
        try {
            if (executor != null) {
                start(name, pump, executor);
            }
            core.lock.lock();
            try {
                producers.checkOpen(targets);
                pump.checkRuns();
                producers.joined(sender);
                if (executor == null) { // now that it is open: whoever closes it finds it, and joins it
                    core.threads.start("pump-" + name, pump);
                }
                sender.join();
                opened = true;
            } finally {
                core.lock.unlock();
            }
        } finally {
            if (!opened) {
                forget(sender);
                sender.abandon(StopReason.closed("sender \"" + name + "\" was not opened"));
            }
        }
        return port;
    }

    private void forget(SenderLifecycle<T> sender) {
        core.lock.lock();
        try {
            producers.forget(sender);
        } finally {
            core.lock.unlock();
        }
    }

    private void start(String name, Pump<T> pump, Executor given) {
        try {
            pump.start(given);
        } catch (RejectedExecutionException e) {
            throw e;
        } catch (Throwable e) { // also one that is not declared; its text is foreign code, and not asked for
            throw new RejectedExecutionException(
                    "the pump executor did not take the pump of sender \"" + name + "\" of " + core + ": "
                            + e.getClass().getName(),
                    e);
        }
    }

    // called by senders and their pumps, under the core's lock

    void closed(SenderLifecycle<T> sender) {
        producers.release(sender);
        reachability.closed(sender);
    }

    void drained(SenderLifecycle<T> sender) {
        producers.drained(sender);
    }

    void running(boolean runs) {
        running += runs ? 1 : -1;
        core.changed.signalAll();
    }

    // ---- ends

    /** Under the core's lock: stops every receiver. {@link Core#fail} is to follow, without the lock. */
    void failReceivers(Throwable cause) {
        core.failAll(cause, counter.value());
    }

    @Override
    public void tryFail(Throwable cause) {
        List<SenderLifecycle<T>> senders;
        List<Endpoint<T>> failing;
        core.lock.lock();
        try {
            failing = List.copyOf(core.all());
            failReceivers(cause);
            if (sendersFailed) {
                return;
            }
            endNumbers();
            senders = producers.all();
        } finally {
            core.lock.unlock();
        }
        StopReason why = Objects.requireNonNull(core.failure());
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
        StopReason why = StopReason.closed(core + " is closed");
        producers.undrained().forEach(sender -> sender.close(why));
        core.lock.lock();
        try {
            reachability.endAll();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public boolean isDrained() {
        return producers.areDrained();
    }

    @Override
    public void end() {
        core.lock.lock();
        try {
            core.endClosing();
            endNumbers();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public boolean isIdle() {
        return running == 0;
    }

    @Override
    public void abandonAll() {
        StopReason why = StopReason.closed(core + " is closed, and did not deliver this in time");
        producers.undrained().forEach(sender -> sender.abandon(why));
    }

    @Override
    public List<String> losses(Deadline deadline) {
        core.lock.lock();
        try {
            return Loss.describe(producers.losses());
        } finally {
            core.lock.unlock();
        }
    }

    // ---- for those who watch

    @Override
    public void explain(long sequence, Causes causes) {
        explain(sequence, causes, null);
    }

    /** Adds why a number has not been given; where messages are in several channels, by that of one sender first. Under the lock. */
    void explain(long sequence, Causes causes, @Nullable SenderLifecycle<T> first) {
        long last = sequence();
        String what = sequence + " has not been given as a number: " + core + " is at " + last;
        causes.add(Causes.Kind.NOT_NUMBERED, core.name(), last, 0, what);
        Stream.concat(Stream.ofNullable(first), producers.undrained().stream())
                .filter(SenderLifecycle::hasQueued)
                .findFirst()
                .ifPresent(sender -> sender.explain(causes));
    }

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
        core.lock.lock();
        try {
            var markers = new DrainMarkers<T>();
            for (SenderLifecycle<T> sender : producers.undrained()) {
                if (sender.isBroadcast() || sender.targets().stream().anyMatch(receivers::contains)) {
                    markers.set(sender);
                }
            }
            return markers.awaitPassed(deadline);
        } finally {
            core.lock.unlock();
        }
    }

    /** Waits until all that is in channels has its number, and marks how far each receiver is to get. */
    private boolean awaitNumbered(Map<Endpoint<T>, Long> marks, Deadline deadline) throws InterruptedException {
        core.lock.lock();
        try {
            core.checkNotFailed();
            core.all().forEach(endpoint -> marks.put(endpoint, counter.value()));
            var markers = new DrainMarkers<T>();
            producers.undrained().forEach(markers::set);
            return markers.awaitNumbered(marks, deadline);
        } finally {
            core.lock.unlock();
        }
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
