package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Handler;
import io.github.clockeddispatch.engine.receiving.Hub;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.waiting.Stop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The readers that a dispatcher has started, whose life, failure and joining are its own. */
public final class OwnReaders<T> {

    private final Hub<T> hub;

    // under the hub's lock

    private final Map<Endpoint<T>, Thread> running = new LinkedHashMap<>();
    private @Nullable Stop failure;
    private boolean cutOff;

    public OwnReaders(Hub<T> hub) {
        this.hub = hub;
    }

    public Thread start(Endpoint<T> inbox, ReadSide<T> side, Handler<? super T> handler) {
        Thread thread = hub.threads.makeInheriting("reader-" + inbox.name, () -> read(inbox, side, handler));
        hub.lock.lock();
        try {
            hub.checkOpen("be read");
            Stop why = inbox.stopped();
            if (why != null) {
                throw hub.exception(why);
            }
            inbox.claim(thread);
            try {
                side.handTo(thread);
                running.put(inbox, thread);
                hub.threads.start(thread);
            } catch (RuntimeException | Error e) {
                running.remove(inbox, thread);
                inbox.release();
                throw e;
            }
            return thread;
        } finally {
            hub.lock.unlock();
        }
    }

    private void read(Endpoint<T> inbox, ReadSide<T> side, Handler<? super T> handler) {
        try {
            side.forEachMessageClaimed(handler);
        } catch (InterruptedException | RuntimeException | Error e) {
            Stop why = hub.exceptions.reasonOf(e);
            if (why == null && !isCutOff()) {
                failed(Stop.failed("the reader of " + inbox + " has ended at number " + inbox.time(), e, inbox.time()));
                hub.fail(inbox, e);
            } else if (why != null && why.isFailure()) {
                failed(why);
            } // else the receiver has left
        } finally {
            ended(inbox);
        }
    }

    private boolean isCutOff() {
        hub.lock.lock();
        try {
            return cutOff;
        } finally {
            hub.lock.unlock();
        }
    }

    private void failed(Stop why) {
        hub.lock.lock();
        try {
            if (failure == null && !cutOff) {
                failure = why;
            }
        } finally {
            hub.lock.unlock();
        }
    }

    /** Under the hub's lock: notes that a receiver has failed, which its reader may not have told yet. */
    private void noteFailure(Endpoint<T> inbox) {
        Stop why = inbox.stopped();
        if (failure == null && why != null && why.isFailure()) {
            failure = why;
        }
    }

    private void ended(Endpoint<T> inbox) {
        hub.lock.lock();
        try {
            running.remove(inbox, Thread.currentThread()); // another may read it by now
            hub.changed.signalAll();
        } finally {
            hub.lock.unlock();
        }
    }

    /** Under the hub's lock: whether all have ended. */
    boolean haveEnded() {
        return running.isEmpty();
    }

    /** Under the hub's lock: whether a thread is one of them. */
    boolean isReader(Thread thread) {
        return running.values().stream().anyMatch(reader -> reader == thread);
    }

    /** The first failure of one of them, if there was one before they were cut off. */
    @Nullable
    Stop failure() {
        hub.lock.lock();
        try {
            return failure;
        } finally {
            hub.lock.unlock();
        }
    }

    /**
     * Stops the receivers of those that still run, and interrupts them.
     *
     * @return what was cut off, for the exception
     */
    List<String> cutOff() {
        Map<Endpoint<T>, Thread> left;
        hub.lock.lock();
        try {
            left = new LinkedHashMap<>(running);
            left.keySet().forEach(this::noteFailure);
            cutOff = true;
        } finally {
            hub.lock.unlock();
        }
        List<String> what = new ArrayList<>();
        left.forEach((inbox, thread) -> {
            int more = inbox.pending();
            if (inbox.stopped() == null && inbox.firstUnfinished() != 0) {
                what.add("the reader of \"" + inbox.name + "\" was interrupted" + inbox.describeHand()
                        + (more == 0 ? "" : ", with " + more + " more in its inbox"));
            }
            hub.cutOff(inbox, "was closed with its dispatcher, before its reader had finished,");
            thread.interrupt();
        });
        return what;
    }
}
