package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Poller.Found;
import io.github.clockeddispatch.engine.receiving.Poller.Maker;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.receiving.Subscribed;
import io.github.clockeddispatch.engine.receiving.Turn;
import io.github.clockeddispatch.engine.waiting.StackSpace;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The subscription of a subscriber to a receiver: an own reader for as long as something is demanded, else no thread at all. It keeps all
 * other readers out until it has ended: {@code OPENING -> RESTING <-> READING -> ENDED}.
 *
 * @param <T> the type of the messages
 * @param <M> the type of what the subscriber is given of them
 * @see "docs/design.md: Subscribers"
 */
public final class Subscription<T, M> implements Flow.Subscription, Subscribed {

    private enum State {
        /** The subscriber is in {@code onSubscribe}. */
        OPENING,
        /** Its thread is not started. */
        RESTING,
        READING,
        ENDED
    }

    /** What its thread does next. */
    private enum Next {
        READ,
        REST,
        COMPLETE
    }

    private final OwnReaders<T> readers;
    private final Core<T> core;
    private final Endpoint<T> endpoint;
    private final ReadSide<T> side;
    private final Flow.Subscriber<? super M> subscriber;
    private final Maker<T, M> maker;

    /** How many more messages are demanded. Raised by anybody, lowered by its thread. */
    private final AtomicLong demand = new AtomicLong();

    /** It has cancelled, or was refused. Written under the core's lock, read by its thread. */
    private volatile boolean over;

    // guarded by the core's lock

    private State state = State.OPENING;

    /** The thread that reads, or will when something is demanded. */
    private Thread thread;

    /** Its thread is only to tell that the receiver has stopped, or the dispatcher is closed. Written before others see that it runs. */
    private boolean isTooLate;

    /** What the subscriber is told where it was refused; null where it has cancelled. */
    private @Nullable Throwable refusal;

    private Subscription(
            OwnReaders<T> readers,
            Endpoint<T> endpoint,
            ReadSide<T> side,
            Flow.Subscriber<? super M> subscriber,
            Maker<T, M> maker) {
        this.readers = readers;
        this.core = endpoint.core;
        this.endpoint = endpoint;
        this.side = side;
        this.subscriber = subscriber;
        this.maker = maker;
        this.thread = makeThread();
    }

    /** Subscribes, or tells the subscriber why not. */
    public static <T, M> void open(
            OwnReaders<T> readers,
            Endpoint<T> endpoint,
            ReadSide<T> side,
            Flow.Subscriber<? super M> subscriber,
            Maker<T, M> maker) {
        var subscription = new Subscription<>(readers, endpoint, side, subscriber, maker);
        try {
            subscription.claim();
        } catch (RuntimeException e) {
            RefusedSubscription.tell(subscriber, e);
            return;
        }
        boolean isSubscribed = false;
        try {
            subscriber.onSubscribe(subscription);
            isSubscribed = true;
        } finally {
            if (!isSubscribed) {
                subscription.end(null);
            }
        }
        subscription.opened();
    }

    /** Inherits from the calling thread, which runs foreign code: not under a lock. */
    private Thread makeThread() {
        return core.threads.makeInheriting("reader-" + endpoint.name, this::run);
    }

    private void claim() {
        core.lock.lock();
        try {
            readers.claim(endpoint, thread);
            endpoint.subscribed(this);
        } finally {
            core.lock.unlock();
        }
    }

    /** The subscriber has returned from {@code onSubscribe}: it can be given something, or told of an end. */
    private void opened() {
        Throwable tooLate;
        try {
            core.lock.lock();
            try {
                tooLate = openedUnderLock();
            } finally {
                core.lock.unlock();
            }
        } catch (Error e) {
            throw broken(e);
        }
        if (tooLate != null) {
            subscriber.onError(tooLate); // no thread can be started any more
        }
    }

    private @Nullable Throwable openedUnderLock() {
        if (state != State.OPENING) {
            return null;
        }
        state = State.RESTING;
        if (core.isFinal() && !readers.mayBegin()) {
            Throwable tooLate = over ? refusal : closed();
            giveBack();
            return tooLate;
        }
        if (over || isDemanding() || (side.holds() && endpoint.hasTurn(thread))) {
            tryBegin();
        } else {
            look();
        }
        return null;
    }

    /** A thread could not be started: the receiver fails, which the subscriber is told. */
    private Error broken(Error error) {
        core.fail(endpoint, error);
        return error;
    }

    // ---- the subscriber, in any thread

    @Override
    public void request(long n) {
        if (n < 1) {
            end(new IllegalArgumentException("demand must be at least 1, but was " + n + " (Reactive Streams 3.9)"));
            return;
        }
        if (!isDemanding()) {
            StackSpace.check();
        }
        if (demand.getAndAccumulate(n, Subscription::sum) > 0) {
            return;
        }
        try {
            core.lock.lock();
            try {
                if (state == State.RESTING) {
                    tryBegin();
                }
            } finally {
                core.lock.unlock();
            }
        } catch (Error e) {
            throw broken(e);
        }
    }

    private static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }

    @Override
    public void cancel() {
        if (!over) {
            StackSpace.check();
            end(null);
        }
    }

    private void end(@Nullable Throwable why) {
        try {
            core.lock.lock();
            try {
                if (!over && state != State.ENDED) {
                    over = true;
                    refusal = why;
                    endUnderLock();
                }
            } finally {
                core.lock.unlock();
            }
        } catch (Error e) {
            throw broken(e);
        }
    }

    private void endUnderLock() {
        if (state == State.READING) {
            if (endpoint.hasTurn(thread)) {
                endpoint.leave();
            } else {
                endpoint.giveBack(thread); // which waits for its turn
                core.changed.signalAll();
            }
        } else if (refusal == null) {
            giveBack();
        } else if (state == State.RESTING) {
            tryBegin();
        }
    }

    // ---- its threads: under the core's lock

    @Override
    public boolean isWaiting(Thread other) {
        return thread == other && (state == State.OPENING || state == State.RESTING);
    }

    private void tryBegin() {
        if (readers.mayBegin()) {
            begin();
        }
    }

    private void begin() {
        readers.begin(endpoint, thread);
        state = State.READING;
    }

    @Override
    public void look() {
        if (state != State.RESTING) {
            return;
        }
        if (core.isFinal() || endpoint.stopped() != null) {
            core.threads.start(thread); // it is no reader that close waits for
            isTooLate = true;
            state = State.READING;
        } else if (endpoint.reachability.hasEndedByItself()) {
            begin(); // which looks what is there
        }
    }

    private void giveBack() {
        state = State.ENDED;
        endpoint.unsubscribed(this);
        endpoint.giveBack(thread);
        core.changed.signalAll();
    }

    // ---- the thread that reads

    private void run() {
        Next next = Next.READ;
        Throwable problem = null;
        try {
            Turn.await(endpoint, this::isNotToRead);
            while (!isNotToRead() && next == Next.READ) {
                boolean isAtEnd = side.forEachDemanded(
                        this, subscriber, any -> (sequence, payload) -> any.onNext(maker.message(sequence, payload)));
                next = isAtEnd ? Next.COMPLETE : tryRest();
            }
        } catch (Throwable e) { // also one that is not declared, of what the thread inherits
            problem = toBeTold(e);
        }
        if (next != Next.REST) {
            conclude(next == Next.COMPLETE, problem);
        }
    }

    private boolean isNotToRead() {
        return over || isTooLate;
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public boolean isDemanding() {
        return demand.get() > 0;
    }

    @Override
    public void given() {
        if (demand.get() != Long.MAX_VALUE) { // that much is without limit
            demand.decrementAndGet();
        }
    }

    /** Nothing is demanded: hands on to a thread that will be started when something is demanded again, unless there is more to do. */
    private Next tryRest() {
        Thread another = makeThread();
        core.lock.lock();
        try {
            if (over || isDemanding()) {
                return Next.READ;
            }
            if (side.look() == Found.END && endpoint.reachability.hasEndedByItself()) {
                return Next.COMPLETE;
            }
            if (core.isFinal()) {
                throw closed();
            }
            endpoint.handOn(another);
            thread = another;
            state = State.RESTING;
            readers.end();
            return Next.REST;
        } finally {
            core.lock.unlock();
        }
    }

    /** Says why nothing more is given, though something may be there. */
    private RuntimeException closed() {
        StopReason why = endpoint.stopped();
        return core.exception(
                why != null
                        ? why
                        : StopReason.closed(core + " is closed, and the subscriber of " + endpoint
                                + " demands nothing (" + endpoint.pending() + " pending)"));
    }

    private Throwable tooLate() {
        try {
            return closed();
        } catch (Error e) {
            return e; // rather than nothing
        }
    }

    /** What ended reading. Returns what the subscriber is told. */
    private Throwable toBeTold(Throwable problem) {
        try {
            if (over && problem instanceof InterruptedException) {
                return problem; // nobody is told
            }
            readers.endedBy(endpoint, problem);
            StopReason why = endpoint.stopped();
            return why == null || core.exceptions.reasonOf(problem) != null ? problem : core.exception(why);
        } catch (Error e) {
            return broken(e);
        }
    }

    private void conclude(boolean isComplete, @Nullable Throwable problem) {
        boolean isOver;
        core.lock.lock();
        try {
            isOver = over;
            readers.end();
            giveBack();
        } finally {
            core.lock.unlock();
        }
        try {
            Throwable told = isOver ? refusal : isTooLate ? tooLate() : problem;
            if (told != null) {
                subscriber.onError(told);
            } else if (!isOver && isComplete) {
                subscriber.onComplete();
            }
        } catch (Throwable e) { // also one that is not declared
            readers.endedBy(endpoint, e);
        }
    }
}
