package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.recording.RecordedPumpWait;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The pump of a sender: the thread that moves messages from its channel to the inboxes of its receivers.
 *
 * <p>Its step is: wait for room without holding anything; then, under the core's lock, number a batch, append it, publish it.
 *
 * @see "docs/design.md: Why a pump for each sender"
 */
final class Pump<T> implements Runnable {

    /** How many messages are moved under one hold of the lock at most: longer ones gain nothing. */
    private static final int BATCH = 256;

    /** Below that many a pump lets others go on for a moment, while more gathers. */
    static final int SMALL_BATCH = 128;

    private final SenderLifecycle<T> sender;
    private final Sequencer<T> sequencer;
    private final CoreLock lock;
    private final Channel<T> channel;
    private final Route<T> route;

    /** While it is handed to an executor: the thread that does so, which must not run it. */
    private volatile @Nullable Thread opener;

    /** Whether the executor has run it on the opener's thread. Written and read by that thread. */
    private volatile boolean refused;

    /** Records its waits, once somebody has recorded. Written by its thread. */
    private @Nullable RecordedPumpWait recorded;

    /** Whether an error has come when something had its number and not all was done. Under the core's lock. */
    boolean halfDone;

    /** Makes a pump, which does not run yet. */
    Pump(SenderLifecycle<T> sender) {
        this.sender = sender;
        this.sequencer = sender.sequencer;
        this.lock = sender.core.lock;
        this.channel = sender.channel;
        this.route = sender.route;
    }

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
        return new RejectedExecutionException("the pump of sender \"" + sender.name
                + "\" was run on the calling thread; a pump executor must run it on another");
    }

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // the sender and the reader have something to do, and one processor less
    public void run() {
        if (Thread.currentThread() == opener) {
            refused = true;
            throw inline();
        }
        if (!sender.pumpStarted()) {
            return;
        }
        setRunning(true);
        try {
            while (channel.awaitEntry()) {
                if (moveBatch() < SMALL_BATCH) {
                    Thread.yield();
                }
            }
        } catch (InterruptedException e) {
            sender.pumpInterrupted();
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            sender.core.fail(e);
        } finally {
            setRunning(false);
        }
    }

    /** Throws where the executor's owner has ended it already. */
    void checkRuns() {
        if (channel.isClosed()) {
            throw new RejectedExecutionException(
                    "the pump of sender \"" + sender.name + "\" was interrupted while the sender was being opened");
        }
    }

    private void setRunning(boolean runs) {
        lock.lock();
        try {
            sequencer.running(runs);
        } finally {
            lock.unlock();
        }
    }

    /** Moves one batch, as soon as there is a slot. Returns how many messages. */
    private int moveBatch() throws InterruptedException {
        int moved = 0;
        boolean dead = false;
        RecordedPumpWait waits = recorded();
        lock.lock();
        try {
            while (!dead && moved == 0 && channel.size() > 0) {
                moved = step(true);
                dead = sender.dead() != null;
                if (moved == 0 && !dead && channel.size() > 0) {
                    lock.tellSettled();
                    route.beginWait(waits);
                    route.slotFree.await();
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
        channel.slotsFreed(moved);
        if (waits != null) {
            waits.end(moved);
        }
        if (dead) {
            var unused = sender.targetStopped();
        }
        return moved;
    }

    /** Returns what records its waits; null where they are not recorded. */
    private @Nullable RecordedPumpWait recorded() {
        Recorder recorder = Recorder.active();
        if (!recorder.recordsPumpWaits()) {
            return null;
        }
        if (recorded == null) {
            recorded = recorder.pumpWait(sender.core.name(), sender.name);
        }
        return recorded;
    }

    /**
     * Numbers, appends and publishes as many messages as there is room for now. Under the core's lock.
     *
     * @return how many; 0 where there is nothing, no room, or nobody left
     */
    private int step(boolean mayWait) {
        if (channel.size() == 0 || sender.dead() != null) {
            return 0;
        }
        int wanted = (int) Math.min(Math.min(channel.size(), BATCH), sequencer.numbersLeft());
        int count = route.admit(wanted, mayWait);
        if (count > 0) {
            route.reserve(count);
            try {
                sequenceFromChannel(count);
            } catch (Error e) {
                throw halfDone(e);
            }
        }
        return count;
    }

    private void sequenceFromChannel(int count) {
        long first = sequence(count, channel.payloads());
        channel.numbered(first, count);
        if (sender.hasMarkers()) { // here for the lambda's sake, which is to be made for a cause only
            sender.passMarkers(marker -> marker.numbered(first, count, channel.head(), sender.targets()));
        }
        sequencer.tell();
        sender.checkDrained();
    }

    /**
     * Takes the step for a message that is not in the channel, where nobody is before it and there is room. Under both locks.
     *
     * @return its number; 0 where nothing was done
     */
    long sequenceNow(T payload) {
        if (channel.size() > 0 || route.admit(1, false) == 0) {
            return 0;
        }
        route.reserve(1);
        try {
            long sequence = sequence(1, index -> payload);
            sequencer.tell();
            return sequence;
        } catch (Error e) {
            throw halfDone(e);
        }
    }

    /** Returns the first number. */
    private long sequence(int count, IntFunction<T> payloads) {
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
}
