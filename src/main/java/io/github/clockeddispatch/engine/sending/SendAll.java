package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The subscriber that sends all that a publisher publishes. What is published goes into a buffer, which has room for all that is demanded. A
 * thread of the dispatcher's own sends it from there as any thread would, and demands as much again.
 *
 * @see "docs/design.md: Publishers"
 */
final class SendAll<T> implements Flow.Subscriber<T> {

    /** How a publisher has ended that has completed. */
    private static final Object COMPLETE = new Object();

    // what its thread does

    private static final int AWAKE = 0;
    private static final int SENDING = 1;
    private static final int OVER = 2;

    private final SendPort<T> port;
    private final SenderLifecycle<T> sender;
    private final int capacity;

    /** What was published and is not being sent. Added to by the publisher, taken from by its thread. */
    private final Queue<T> buffer = new ConcurrentLinkedQueue<>();

    /** How many more may be published. Raised by its thread, lowered by the publisher. */
    private final AtomicLong demanded = new AtomicLong();

    private final SerialSubscription upstream = new SerialSubscription();

    /** {@link #COMPLETE}, or the {@code Throwable} that it ends with; null while it goes on. Written by the publisher. */
    private final AtomicReference<@Nullable Object> end = new AtomicReference<>();

    /** Whether the publisher has said itself that it has ended, and is not to be cancelled. Written by the publisher. */
    private volatile boolean endedByPublisher;

    /** What its thread does. Written by it, but OVER by whoever completes the future. */
    private final AtomicInteger state = new AtomicInteger(AWAKE);

    private final CompletableFuture<Long> future = new CompletableFuture<>();

    private final Thread thread;

    // of its thread

    private long sent;

    /** How many more the buffer has room for than are demanded. */
    private int toDemand;

    SendAll(SendPort<T> port, SenderLifecycle<T> sender) {
        this.port = port;
        this.sender = sender;
        this.capacity = sender.channel.capacity();
        this.toDemand = capacity;
        this.thread = sender.core.threads.make("sendAll-" + sender.name, this::run);
    }

    /** The thread that sends, which is to be started before it {@linkplain #from subscribes}. */
    Thread thread() {
        return thread;
    }

    /** Has that thread look. */
    void wake() {
        LockSupport.unpark(thread);
    }

    /** Subscribes. Returns what will tell how many were sent. */
    CompletableFuture<Long> from(Flow.Publisher<? extends T> publisher) {
        var unused = future.handle((count, failure) -> {
            over();
            return true;
        });
        try {
            publisher.subscribe(this);
        } catch (Throwable e) { // also one that is not declared
            fail(e);
        }
        return future;
    }

    /** The future was completed, by anybody: nothing is sent any more. */
    private void over() {
        boolean isSending = state.getAndSet(OVER) == SENDING;
        if (!endedByPublisher) {
            upstream.cancel();
        }
        wake();
        if (isSending) {
            interrupt();
        }
    }

    private void interrupt() {
        try {
            thread.interrupt();
        } catch (Error e) {
            thread.interrupt(); // once more: it may wait for long
        }
    }

    // ---- the publisher, in any threads

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        checkNotNull(subscription, "subscription");
        upstream.begin(subscription);
        wake();
    }

    @Override
    public void onNext(T message) {
        checkNotNull(message, "message");
        Object ended = end.get();
        if (ended != null) {
            if (ended == COMPLETE) {
                fail(new IllegalStateException("the publisher has published more after it had completed"));
            }
        } else if (demanded.getAndDecrement() <= 0) {
            fail(new IllegalStateException("the publisher has published more than was demanded"));
        } else {
            put(message);
        }
    }

    private void put(T message) {
        try {
            buffer.add(message);
        } catch (Error e) {
            fail(e); // it is missing
            throw e;
        }
        if (state.get() == OVER) {
            buffer.clear();
        } else {
            wake();
        }
    }

    @Override
    public void onError(Throwable problem) {
        checkNotNull(problem, "throwable");
        endedByPublisher = true;
        end(problem);
    }

    @Override
    public void onComplete() {
        endedByPublisher = true;
        end(COMPLETE);
    }

    private void checkNotNull(@Nullable Object given, String what) {
        if (given == null) {
            var problem = new NullPointerException(what);
            fail(problem);
            throw problem;
        }
    }

    /** It ends with that, when what was published before has been sent. */
    private void end(Object how) {
        if (end.compareAndSet(null, how)) {
            wake();
        }
    }

    /** The publisher has broken a rule: it ends likewise, also where it has completed. */
    private void fail(Throwable problem) {
        if (!end.compareAndSet(COMPLETE, problem)) {
            end(problem);
        }
        if (!endedByPublisher) {
            upstream.cancel();
        }
    }

    // ---- its thread

    private void run() {
        Object how;
        try {
            how = sendUntilEnd();
        } catch (Throwable e) { // also one that is not declared
            how = explained(e);
        }
        sender.ended(this);
        buffer.clear();
        try {
            complete(how);
        } catch (Error e) {
            complete(how); // once more, rather than never
        }
    }

    private void complete(@Nullable Object how) {
        if (how instanceof Throwable problem) {
            if (!endedByPublisher) {
                upstream.cancel();
            }
            future.completeExceptionally(problem);
        } else {
            future.complete(sent);
        }
    }

    /** Returns how it has ended; null where the future was completed by others. */
    private @Nullable Object sendUntilEnd() throws InterruptedException {
        while (state.get() != OVER) {
            demand();
            Object ended = end.get(); // before the buffer, in which then is all that was published
            T message = buffer.poll();
            if (message != null) {
                send(message);
            } else if (ended != null) {
                return ended;
            } else {
                port.checkOpen();
                LockSupport.park(this);
            }
            var unused = Thread.interrupted(); // it may be meant for the publisher's code, or for the wait that is over
        }
        return null;
    }

    /** Demands as much as there is room for, once that is half of the buffer. */
    private void demand() {
        int count = toDemand;
        if (count < capacity - capacity / 2 || !upstream.hasBegun()) {
            return;
        }
        toDemand = 0;
        demanded.getAndAdd(count);
        try {
            upstream.request(count);
        } catch (Throwable e) { // also one that is not declared
            fail(e);
        }
    }

    private void send(T message) throws InterruptedException {
        boolean isSent = false;
        while (!isSent && state.compareAndSet(AWAKE, SENDING)) {
            try {
                isSent = port.send(message, Deadline.NEVER);
            } catch (InterruptedException e) {
                port.checkOpen(); // whoever has interrupted it, nothing was sent
            } finally {
                state.compareAndSet(SENDING, AWAKE);
            }
        }
        if (isSent) {
            sent++;
            toDemand++;
        }
    }

    /** Adds to an exception of the sender's how many were sent before. */
    private Throwable explained(Throwable problem) {
        try {
            StopReason why = sender.core.exceptions.reasonOf(problem);
            if (why == null) {
                return problem;
            }
            String before = "; sendAll had sent " + sent;
            return why.isFailure()
                    ? sender.core.exceptions.of(why, before)
                    : sender.core.exception(StopReason.closed(why.what() + before));
        } catch (Error e) {
            return e;
        }
    }
}
