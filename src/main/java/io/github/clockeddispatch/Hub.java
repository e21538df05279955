package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.Frontier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a dispatcher is, apart from where its numbers come from: the lock, the receivers, the threads that it owns, and
 * its life {@code OPEN -> CLOSING -> CLOSED}, which failing enters at its end.
 *
 * @param <T> the type of the messages
 */
final class Hub<T> {

    /** Guards which dispatchers are linked to which. It is taken before any hub's lock. */
    static final ReentrantLock LINKS = new ReentrantLock();

    private enum Life {
        OPEN,
        CLOSING,
        CLOSED
    }

    private final String kind;
    private final String name;

    /** Guards the counter and whatever is not its owner's alone. Nothing waits while it holds it. */
    final ReentrantLock lock = new ReentrantLock();

    /** Signalled when something has ended that {@code close} or {@code awaitFinished} may wait for. */
    final Condition changed = lock.newCondition();

    final OwnedThreads threads = new OwnedThreads();

    /** Finds deadlocks of the waits in this dispatcher. */
    final DeadlockWatch watch;

    /** Receivers that have not been discarded, by name. */
    private final Map<String, Inbox<T>> names = new HashMap<>();

    /** Those of them that have not stopped, in no order. */
    private final List<Inbox<T>> inboxes = new ArrayList<>();

    /** The dispatchers that this one takes messages from, one entry for each link. Under {@link #LINKS}. */
    private final List<Hub<?>> upstream = new ArrayList<>(0);

    /** What fails all of it. Written once, before the dispatcher can be seen. */
    private Consumer<Throwable> failing = cause -> {};

    private long orders;
    private volatile Life life = Life.OPEN;

    /** Why everything has failed; null where it has not. Written once, under the lock. */
    private volatile @Nullable Stop failure;

    /** It has failed, and every receiver has stopped. Under the lock. */
    private boolean allStopped;

    /**
     * Makes an open one.
     *
     * @param kind what it is called in exceptions
     * @param watchAge how long, about, a wait has stood when it is looked at for deadlocks
     */
    Hub(String kind, String name, Duration watchAge) {
        this.kind = kind;
        this.name = name;
        this.watch = new DeadlockWatch(this, watchAge);
    }

    String name() {
        return name;
    }

    void failBy(Consumer<Throwable> how) {
        failing = how;
    }

    /**
     * An error, such as that there is no memory, has come in the midst of a step that was not done whole, and nobody can
     * say how far it went: all of it fails. Without any lock.
     */
    void broken(Error error) {
        failing.accept(error);
    }

    long nextOrder() {
        return ++orders;
    }

    /** Those that have joined and neither left nor failed. Under the lock; not to be changed. */
    List<Inbox<T>> inboxes() {
        return Collections.unmodifiableList(inboxes);
    }

    /** Those that have not been discarded. Under the lock; a copy. */
    List<Inbox<T>> all() {
        return List.copyOf(names.values());
    }

    Inbox<T> join(String receiver, int capacity, Frontier frontier) {
        lock.lock();
        try {
            checkOpen("join");
            if (names.containsKey(receiver)) {
                throw new IllegalArgumentException("there is an open receiver \"" + receiver + "\" in " + this);
            }
            var inbox = new Inbox<T>(this, receiver, capacity, frontier, nextOrder());
            inbox.place = inboxes.size();
            inboxes.add(inbox);
            try {
                names.put(receiver, inbox);
            } catch (Error e) {
                leave(inbox);
                throw e;
            }
            return inbox;
        } finally {
            lock.unlock();
        }
    }

    /** It has not joined after all. Under the lock, before anybody could see it. */
    void forget(Inbox<T> inbox) {
        leave(inbox);
        names.remove(inbox.name, inbox);
    }

    /** G10: a receiver is discarded, with all that it has not been given; its name is free. */
    void discard(Inbox<T> inbox, String how) {
        stop(inbox, null, how, true);
    }

    /** G12: a receiver stops with its dispatcher, as its own reader has not finished in time. */
    void cutOff(Inbox<T> inbox, String how) {
        stop(inbox, null, how, false);
    }

    /** G13: a receiver fails. */
    void fail(Inbox<T> inbox, Throwable cause) {
        fail(inbox, cause, "has failed");
    }

    void fail(Inbox<T> inbox, Throwable cause, String how) {
        stop(inbox, cause, how, false);
    }

    private void stop(Inbox<T> inbox, @Nullable Throwable cause, String how, boolean discards) {
        try {
            List<Feeder<T>> feeders;
            lock.lock();
            try {
                inbox.stop(cause, how);
                leave(inbox);
                if (discards) {
                    inbox.discard();
                    names.remove(inbox.name, inbox);
                }
                inbox.cutSupply();
                feeders = inbox.reach.feeders();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            feeders.forEach(Feeder::targetStopped);
        } catch (Error e) {
            broken(e);
            throw e;
        }
    }

    private void leave(Inbox<T> inbox) {
        if (inbox.place >= 0) {
            Inbox<T> last = inboxes.remove(inboxes.size() - 1);
            if (last != inbox) {
                inboxes.set(inbox.place, last);
                last.place = inbox.place;
            }
            inbox.place = -1;
        }
    }

    /**
     * Stops every receiver at once. Under the lock; its senders are the caller's business. Where it ended in an error, it
     * can be called once more, and does the rest.
     */
    void failAll(Throwable cause, long number) {
        if (allStopped) {
            return;
        }
        if (failure == null) {
            failure = Stop.failed(this + " has failed at number " + number, cause, number);
        }
        for (Inbox<T> inbox : new ArrayList<>(inboxes)) {
            stopAnyhow(inbox, cause);
            leave(inbox);
        }
        allStopped = true;
        changed.signalAll();
    }

    private static void stopAnyhow(Inbox<?> inbox, Throwable cause) {
        String how = "has failed with its dispatcher";
        try {
            inbox.stop(cause, how);
        } catch (Error e) {
            inbox.stop(cause, how); // what is left of it, before anybody sees it half stopped
        }
    }

    @Nullable
    Stop failure() {
        return failure;
    }

    /** Throws unless things can join and be sent. */
    void checkOpen(String what) {
        checkNotFailed();
        if (life != Life.OPEN) {
            throw new ClosedException(this + " is closed: nothing can " + what, null);
        }
    }

    void checkNotFailed() {
        Stop why = failure;
        if (why != null) {
            throw why.exception();
        }
    }

    /** Whether no number will be given any more. */
    boolean isFinal() {
        return life == Life.CLOSED || failure != null;
    }

    /**
     * From now on nothing joins. Under the lock.
     *
     * @return false where that was so before
     */
    boolean beginClosing() {
        if (life != Life.OPEN) {
            return false;
        }
        life = Life.CLOSING;
        return true;
    }

    /** No number will be given any more: nobody shall wait for one. Under the lock. */
    void endClosing() {
        life = Life.CLOSED;
        names.values().forEach(Inbox::numbersEnd);
        changed.signalAll();
    }

    boolean isOpen() {
        return life == Life.OPEN;
    }

    List<Snapshot.ReceiverState> states() {
        return names.values().stream().map(Inbox::state).toList();
    }

    // ---- links, under LINKS

    void linkedTo(Hub<?> upper) {
        upstream.add(upper);
    }

    void unlinkedFrom(Hub<?> upper) {
        upstream.remove(upper);
    }

    /** Whether messages of the other one can get here, by any number of links. */
    boolean isBelow(Hub<?> other) {
        return this == other || upstream.stream().anyMatch(upper -> upper.isBelow(other));
    }

    @Override
    public String toString() {
        return kind + " \"" + name + "\"";
    }
}
