package io.github.clockeddispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The readers that a dispatcher has started, whose life, failure and joining are its own. */
final class OwnReaders<T> {

    private final Hub<T> hub;

    // under the hub's lock

    private final Map<Inbox<T>, Thread> running = new LinkedHashMap<>();
    private @Nullable FailedException failure;
    private final Map<Inbox<T>, Inbox<T>.Sight> seen = new HashMap<>();
    private boolean cutOff;

    OwnReaders(Hub<T> hub) {
        this.hub = hub;
    }

    Thread start(Inbox<T> inbox, ReadSide<T> side, MessageHandler<? super T> handler) {
        Thread thread = hub.threads.makeInheriting("reader-" + inbox.name, () -> read(inbox, side, handler));
        hub.lock.lock();
        try {
            hub.checkOpen("be read");
            Stop why = inbox.stopped();
            if (why != null) {
                throw why.exception();
            }
            side.claim(thread);
            try {
                running.put(inbox, thread);
                hub.threads.start(thread);
            } catch (RuntimeException | Error e) {
                running.remove(inbox, thread);
                side.exit();
                throw e;
            }
            return thread;
        } finally {
            hub.lock.unlock();
        }
    }

    private void read(Inbox<T> inbox, ReadSide<T> side, MessageHandler<? super T> handler) {
        try {
            side.forEachMessageClaimed(handler);
        } catch (ClosedException e) {
            // the receiver has left
        } catch (FailedException e) {
            failed(e);
        } catch (InterruptedException | RuntimeException | Error e) {
            if (!isCutOff()) {
                failed(new FailedException(
                        "the reader of " + inbox + " has ended at number " + inbox.watermark.time(),
                        inbox.watermark.time(),
                        e));
                hub.fail(inbox, e);
            }
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

    private void failed(FailedException e) {
        hub.lock.lock();
        try {
            if (failure == null && !cutOff) {
                failure = e;
            }
        } finally {
            hub.lock.unlock();
        }
    }

    private void ended(Inbox<T> inbox) {
        hub.lock.lock();
        try {
            running.remove(inbox, Thread.currentThread()); // another may read it by now
            hub.changed.signalAll();
        } finally {
            hub.lock.unlock();
        }
    }

    /** Under the hub's lock: looks where each stands, as somebody begins to wait for them. */
    void look() {
        running.keySet().forEach(inbox -> seen.put(inbox, inbox.new Sight()));
    }

    /** Under the hub's lock: whether all have ended, but for the calling thread. */
    boolean haveEnded() {
        Thread self = Thread.currentThread();
        return running.values().stream().allMatch(thread -> thread == self);
    }

    /** The first failure of one of them, if there was one before they were cut off. */
    @Nullable
    FailedException failure() {
        hub.lock.lock();
        try {
            return failure;
        } finally {
            hub.lock.unlock();
        }
    }

    /**
     * Stops the receivers of those that still run, but for the calling thread, and interrupts them.
     *
     * @return what was cut off, for the exception
     */
    List<String> cutOff() {
        Map<Inbox<T>, Thread> left;
        hub.lock.lock();
        try {
            cutOff = true;
            left = new LinkedHashMap<>(running);
        } finally {
            hub.lock.unlock();
        }
        Thread self = Thread.currentThread();
        left.values().removeIf(thread -> thread == self); // no equals, which a thread's class can override
        List<String> what = new ArrayList<>();
        left.forEach((inbox, thread) -> {
            Inbox<T>.Sight sight = seen.getOrDefault(inbox, inbox.new Sight());
            what.add("the reader of " + sight.describe() + " was cut off");
            hub.close(inbox, "was closed with its dispatcher, before its reader had finished,");
            thread.interrupt();
        });
        return what;
    }
}
