package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.receiving.Turn;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The readers that a dispatcher has started, whose life, failure and joining are its own.
 *
 * @see "docs/design.md: Ends"
 */
public final class OwnReaders<T> {

    /** What such a reader does: a method of its {@link ReadSide} that reads until the end, the receiver being claimed. */
    @FunctionalInterface
    public interface Reading {
        void run() throws InterruptedException;
    }

    /** How many failures are kept: the first, which {@code close} throws, and those that are suppressed in it. */
    private static final int MOST_FAILURES = 8;

    private final Core<T> core;

    // under the core's lock

    private final Map<Thread, Endpoint<T>> running = new LinkedHashMap<>();

    /** The first failures, each cause once, then nulls. To note one takes no memory, so that it is never lost. */
    private final @Nullable StopReason[] failures = new StopReason[MOST_FAILURES];

    private boolean cutOff;

    /** Whether none begins any more, as close has waited for them. */
    private boolean areOver;

    public OwnReaders(Core<T> core) {
        this.core = core;
    }

    /** Starts one. From this call on, it has claimed the receiver. */
    public Thread start(Endpoint<T> endpoint, ReadSide<T> side, Reading reading) {
        Thread thread = core.threads.makeInheriting("reader-" + endpoint.name, () -> read(endpoint, reading));
        core.lock.lock();
        try {
            claim(endpoint, thread);
            try {
                if (endpoint.hasTurn(thread)) {
                    side.handTo(thread);
                }
                begin(endpoint, thread);
            } catch (RuntimeException | Error e) {
                endpoint.giveBack(thread);
                throw e;
            }
            return thread;
        } finally {
            core.lock.unlock();
        }
    }

    /** Has a thread claim a receiver, or be the next to. Under the core's lock. */
    void claim(Endpoint<T> endpoint, Thread thread) {
        core.checkOpen("be read");
        StopReason why = endpoint.stopped();
        if (why != null) {
            throw core.exception(why);
        }
        endpoint.claimNext(thread);
    }

    private void read(Endpoint<T> endpoint, Reading reading) {
        try {
            Turn.await(endpoint, () -> false); // a subscriber's reader may be about to leave
            reading.run();
        } catch (InterruptedException | RuntimeException | Error e) {
            endedOrBroken(endpoint, e);
        } finally {
            ended(endpoint);
        }
    }

    /** The same; where that ends in an error, all of the dispatcher fails, as nobody waits for this thread who could be told. */
    private void endedOrBroken(Endpoint<T> endpoint, Throwable problem) {
        try {
            endedBy(endpoint, problem);
        } catch (Error e) {
            core.broken(e);
        }
    }

    /** A reader has ended with an exception: where nobody was told of it otherwise, its receiver fails. */
    void endedBy(Endpoint<T> endpoint, Throwable problem) {
        StopReason stop = endpoint.stopped();
        if (stop != null && !stop.isFailure() && endpoint.isDiscarded()) {
            return; // it has left: what its handler throws after that is no failure
        }
        StopReason why = core.exceptions.reasonOf(problem);
        if (why == null && !isCutOff()) {
            core.fail(endpoint, problem, "has failed, as its reader has ended,");
            StopReason failure = endpoint.stopped();
            if (failure != null && failure.isFailure()) {
                failed(failure);
            }
        } else if (why != null && why.isFailure()) {
            failed(why);
        } // else the receiver has left
    }

    // ---- subscribers: under the core's lock

    /** Starts the thread of a reader, which {@code close} waits for from now on. */
    void begin(Endpoint<T> endpoint, Thread thread) {
        running.put(thread, endpoint);
        try {
            core.threads.start(thread);
        } catch (RuntimeException | Error e) {
            running.remove(thread);
            throw e;
        }
    }

    /** The calling thread reads no more. */
    void end() {
        running.remove(Thread.currentThread());
        core.changed.signalAll();
    }

    /** Returns whether {@code close} would still wait for one that begins. */
    boolean mayBegin() {
        return !areOver && !cutOff;
    }

    // ----

    private boolean isCutOff() {
        core.lock.lock();
        try {
            return cutOff;
        } finally {
            core.lock.unlock();
        }
    }

    private void failed(StopReason why) {
        core.lock.lock();
        try {
            if (!cutOff) {
                note(why);
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Under the core's lock. */
    private void note(StopReason why) {
        for (int i = 0; i < MOST_FAILURES; i++) {
            StopReason known = failures[i];
            if (known == null) {
                failures[i] = why;
            }
            if (known == null || known.cause() == why.cause()) {
                return;
            }
        }
    }

    /** Under the core's lock: notes that a receiver has failed, which its reader may not have told yet. */
    private void noteFailure(Endpoint<T> endpoint) {
        StopReason why = endpoint.stopped();
        if (why != null && why.isFailure()) {
            note(why);
        }
    }

    private void ended(Endpoint<T> endpoint) {
        core.lock.lock();
        try {
            if (!cutOff) {
                noteFailure(endpoint); // where there was no memory to do so before
            }
            endpoint.giveBack(Thread.currentThread()); // it may have been interrupted before its turn
            end();
        } finally {
            core.lock.unlock();
        }
    }

    /** Under the core's lock: whether all have ended. */
    boolean haveEnded() {
        return running.isEmpty();
    }

    /** Under the core's lock: none begins any more. */
    void areOver() {
        areOver = true;
    }

    /** Under the core's lock: whether a thread is one of them. */
    boolean isReader(Thread thread) {
        return running.keySet().stream().anyMatch(reader -> reader == thread);
    }

    /** The failures before they were cut off, the first one first, each cause once; as many as are kept. */
    List<StopReason> failures() {
        core.lock.lock();
        try {
            return Arrays.stream(failures).filter(Objects::nonNull).toList();
        } finally {
            core.lock.unlock();
        }
    }

    /**
     * Stops the receivers of those that still run, and interrupts them.
     *
     * @return what was cut off, for the exception
     */
    List<String> cutOff() {
        Map<Thread, Endpoint<T>> left;
        core.lock.lock();
        try {
            left = new LinkedHashMap<>(running);
            left.values().forEach(this::noteFailure);
            cutOff = true;
        } finally {
            core.lock.unlock();
        }
        List<String> what = new ArrayList<>();
        left.forEach((thread, endpoint) -> {
            core.lock.lock();
            try {
                int more = endpoint.pending();
                if (endpoint.stopped() == null && endpoint.firstUnfinished() != 0) {
                    what.add("the reader of \"" + endpoint.name + "\" was interrupted" + endpoint.report.describe()
                            + (more == 0 ? "" : ", with " + more + " more pending"));
                }
            } finally {
                core.lock.unlock();
            }
            core.cutOff(endpoint, "was closed with its dispatcher, before its reader had finished,");
            thread.interrupt();
        });
        return what;
    }
}
