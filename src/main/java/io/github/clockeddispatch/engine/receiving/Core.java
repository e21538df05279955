package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.Exceptions;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.OwnedThreads;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The common part of both kinds of dispatcher, wherever their numbers come from: the lock, the receivers, the threads that it owns, and
 * its life {@code OPEN -> CLOSING -> CLOSED}, which failing enters at its end.
 *
 * @param <T> the type of the messages
 * @see "docs/design.md: Rooms"
 */
public final class Core<T> {

    private enum Life {
        OPEN,
        CLOSING,
        CLOSED
    }

    private final String kind;
    private final String name;
    public final Exceptions exceptions;

    /** Guards the counter and whatever is not its owner's alone. Nothing waits while it holds it. */
    public final CoreLock lock = new CoreLock();

    /** Signalled when something has ended, or a reader has met the lock: {@code close}, {@code awaitFinished} and joins wait for that. */
    public final Condition changed = lock.newCondition();

    public final OwnedThreads threads;

    private final Failures failures;

    /** Receivers that have not been discarded, in the order in which they joined. */
    private final Set<Endpoint<T>> receivers = new LinkedHashSet<>();

    /** Of these, the last one of each name: one that has ended or failed may have been replaced. */
    private final Map<String, Endpoint<T>> names = new HashMap<>();

    /** Those of them that have not stopped, in no order. */
    private final List<Endpoint<T>> endpoints = new ArrayList<>();

    /** The dispatchers that this one takes messages from. */
    public final Upstream upstream = new Upstream();

    /** Written once, before the dispatcher can be seen. */
    private @Nullable Ingress<T> ingress;

    /** Finds deadlocks of the waits in this dispatcher. Written once, before the dispatcher can be seen. */
    private @Nullable Watch watch;

    /** What the flight recorder looks at. */
    public final Observation<T> observation = new Observation<>(this);

    private long orders;
    private volatile Life life = Life.OPEN;

    /** Why everything has failed; null where it has not. Written once, under the lock. */
    private volatile @Nullable StopReason failure;

    /** It has failed, and every receiver has stopped. Under the lock. */
    private boolean allStopped;

    /**
     * Makes an open one.
     *
     * @param kind what it is called in exceptions
     * @param exceptions makes the exceptions that callers get
     * @param sink is told of failures
     */
    public Core(String kind, String name, Exceptions exceptions, FailureSink sink) {
        this.kind = kind;
        this.name = name;
        this.threads = new OwnedThreads(name);
        this.exceptions = exceptions;
        this.failures = new Failures(this, sink);
    }

    public String name() {
        return name;
    }

    /** Returns a new exception that says why something stopped. */
    public RuntimeException exception(StopReason why) {
        return exceptions.of(why);
    }

    public void serve(Ingress<T> side, Watch finder) {
        ingress = side;
        watch = finder;
        observation.begin();
    }

    /** The watch that its waits arm. */
    public Watch watch() {
        return Objects.requireNonNull(watch);
    }

    public Ingress<T> ingress() {
        return Objects.requireNonNull(ingress);
    }

    // ---- errors

    /**
     * Does a step that is done whole, or fails the dispatcher: where it ends in an error, such as that there is no memory, nobody can say
     * how far it went. A step that can undo what it has begun does so instead, and the call has done nothing. Called without any lock.
     */
    public <R> R whole(Supplier<R> step) {
        try {
            return step.get();
        } catch (Error e) {
            broken(e);
            throw e;
        }
    }

    /** Does such a step under the lock. It takes no memory of its own. */
    public void wholly(Runnable step) {
        try {
            lock.lock();
            try {
                step.run();
            } finally {
                lock.unlock();
            }
        } catch (Error e) {
            broken(e);
            throw e;
        }
    }

    /**
     * Such a step has ended in an error: all of it fails. Called without any lock, where to write the step as a function, which takes
     * memory, would come too late, as something has been done before.
     */
    public void broken(Error error) {
        fail(error);
    }

    /** G13: stops everything at once. Where that ends in an error, it is tried once more, as nobody else comes to what is left. */
    public void fail(Throwable cause) {
        try {
            ingress().tryFail(cause);
        } catch (Error e) {
            if (failure == null) {
                throw e; // nothing has happened
            }
            ingress().tryFail(cause);
        }
    }

    // ---- receivers

    public long nextOrder() {
        return ++orders;
    }

    /** Those that have joined and neither left nor failed. Under the lock; not to be changed. */
    public List<Endpoint<T>> endpoints() {
        return Collections.unmodifiableList(endpoints);
    }

    /** Those that have not been discarded. Under the lock; a copy. */
    public List<Endpoint<T>> all() {
        return List.copyOf(receivers);
    }

    /** Throws unless a receiver with that name can join. Under the lock. */
    public void checkCanJoin(String receiver) {
        checkOpen("join");
        Endpoint<T> holder = names.get(receiver);
        if (holder != null && !isDone(holder)) {
            throw new IllegalArgumentException("name \"" + receiver + "\" is taken by a receiver of " + this);
        }
    }

    /** Returns whether a receiver gives nothing any more, and so needs no name of its own (G17). Under the lock. */
    private static boolean isDone(Endpoint<?> endpoint) {
        return endpoint.stopped() != null || endpoint.isAtEnd() && endpoint.pending() == 0;
    }

    /** A receiver joins. Under the lock, after it was checked that it can. */
    public void join(Endpoint<T> endpoint) {
        endpoint.place = endpoints.size();
        endpoints.add(endpoint);
        try {
            receivers.add(endpoint);
            names.put(endpoint.name, endpoint);
        } catch (Error e) {
            receivers.remove(endpoint);
            leave(endpoint);
            throw e;
        }
        Announcement.joined(endpoint);
    }

    /** G10: a receiver is discarded, with all that it has not been given; its name is free. */
    public void discard(Endpoint<T> endpoint, String how) {
        stop(endpoint, null, how, true);
    }

    /** G12: a receiver stops with its dispatcher, as its own reader has not finished in time. */
    public void cutOff(Endpoint<T> endpoint, String how) {
        stop(endpoint, null, how, false);
    }

    /** G13: a receiver fails. */
    public void fail(Endpoint<T> endpoint, Throwable cause) {
        fail(endpoint, cause, "has failed");
    }

    public void fail(Endpoint<T> endpoint, Throwable cause, String how) {
        stop(endpoint, cause, how, false);
    }

    private static void stop(Endpoint<?> endpoint, @Nullable Throwable cause, String how, boolean discards) {
        new Stopping(endpoint, cause, how, discards).run();
    }

    /** Stops one of its receivers, and adds what is to be stopped therefore. Where that ends in an error, all of this dispatcher fails. */
    void stop(Stopping stopping, Collection<Stopping> followers) {
        @SuppressWarnings("unchecked") // it is one of its own
        Endpoint<T> endpoint = (Endpoint<T>) stopping.receiver();
        try {
            for (Producer<T> producer : stop(endpoint, stopping)) {
                followers.addAll(producer.targetStopped()); // before a link's source ends, by which others get here
            }
            followers.addAll(followersBelow(endpoint));
        } catch (Error e) {
            broken(e);
            throw e;
        }
    }

    /** Returns those that can reach it. */
    private List<Producer<T>> stop(Endpoint<T> endpoint, Stopping stopping) {
        lock.lock();
        try {
            boolean isTold = endpoint.stopped() == null && stopping.lost() != LostAbove.ON_PURPOSE;
            Downstream telling = isTold ? stopping.link() : null;
            String where = telling == null ? "" : telling.whereLeft();
            Announcement.stops(endpoint, stopping);
            endpoint.stop(stopping.cause(), stopping.how(), stopping.lost());
            failures.tell(endpoint);
            leave(endpoint);
            if (stopping.discards()) {
                endpoint.discard();
                receivers.remove(endpoint);
                names.remove(endpoint.name, endpoint);
            }
            List<Producer<T>> producers = endpoint.reachability.producers();
            if (telling != null) {
                endpoint.tellLostAbove(Objects.requireNonNull(stopping.lost()));
            }
            endpoint.detachProducers();
            if (telling != null) {
                telling.tellLost(Objects.requireNonNull(stopping.lost()), where);
            }
            changed.signalAll();
            return producers;
        } finally {
            lock.unlock();
        }
    }

    /** What is to be stopped below a receiver that has stopped. */
    public static List<Stopping> followersBelow(Endpoint<?> endpoint) {
        Downstream below = endpoint.downstream;
        StopReason why = endpoint.stopped();
        return below == null || why == null ? List.of() : below.fromStopped(why);
    }

    private void leave(Endpoint<T> endpoint) {
        if (endpoint.place >= 0) {
            Endpoint<T> last = endpoints.remove(endpoints.size() - 1);
            if (last != endpoint) {
                endpoints.set(endpoint.place, last);
                last.place = endpoint.place;
            }
            endpoint.place = -1;
        }
    }

    /**
     * Stops every receiver at once. Under the lock; its senders are the caller's business. Where it ended in an error, it
     * can be called once more, and does the rest.
     */
    public void failAll(Throwable cause, long sequence) {
        if (allStopped) {
            return;
        }
        if (failure == null) {
            failure = StopReason.failed(this + " has failed at number " + sequence, cause, sequence);
        }
        for (Endpoint<T> endpoint : new ArrayList<>(endpoints)) {
            stopAnyhow(endpoint, cause);
            leave(endpoint);
            endpoint.detachProducers();
        }
        failures.tellAll(failure);
        allStopped = true;
        changed.signalAll();
    }

    private static void stopAnyhow(Endpoint<?> endpoint, Throwable cause) {
        String how = "has failed with its dispatcher";
        endpoint.failureTold |= endpoint.stop == null; // by the telling of all
        try {
            endpoint.stop(cause, how);
        } catch (Error e) {
            endpoint.stop(cause, how); // what is left of it, before anybody sees it half stopped
        }
    }

    @Nullable
    public StopReason failure() {
        return failure;
    }

    /** Throws unless things can join and be sent. */
    public void checkOpen(String what) {
        checkNotFailed();
        if (life != Life.OPEN) {
            throw exception(StopReason.closed(this + " is closed: nothing can " + what));
        }
    }

    public void checkNotFailed() {
        StopReason why = failure;
        if (why != null) {
            throw exception(why);
        }
    }

    /** Returns whether no number will be given any more. */
    public boolean isFinal() {
        return life == Life.CLOSED || failure != null;
    }

    /**
     * From now on nothing joins. Under the lock.
     *
     * @return false where that was so before
     */
    public boolean beginClosing() {
        if (life != Life.OPEN) {
            return false;
        }
        life = Life.CLOSING;
        return true;
    }

    /** No number will be given any more: nobody shall wait for one. Under the lock. */
    public void endClosing() {
        life = Life.CLOSED;
        receivers.forEach(endpoint -> {
            endpoint.waits.numbersEnd();
            endpoint.wakeAtEnd(); // a link goes on to the end
        });
        changed.signalAll();
    }

    public boolean isOpen() {
        return life == Life.OPEN;
    }

    public List<Endpoint.State> states() {
        return receivers.stream().map(Endpoint::state).toList();
    }

    @Override
    public String toString() {
        return kind + " \"" + name + "\"";
    }
}
