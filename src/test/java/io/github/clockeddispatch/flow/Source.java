package io.github.clockeddispatch.flow;

import io.github.clockeddispatch.testkit.Await;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A publisher that publishes by hand, and watches the calls that are made to it. */
final class Source<T> implements Flow.Publisher<T>, Flow.Subscription {
    private final AtomicLong demanded = new AtomicLong();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean overlapped;
    private volatile boolean cancelled;
    private volatile Flow.@Nullable Subscriber<? super T> subscriber;

    @Override
    public void subscribe(Flow.Subscriber<? super T> given) {
        subscriber = given;
        given.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        overlapped |= inside.getAndIncrement() != 0;
        demanded.addAndGet(n);
        inside.decrementAndGet();
    }

    @Override
    public void cancel() {
        overlapped |= inside.getAndIncrement() != 0;
        cancelled = true;
        inside.decrementAndGet();
    }

    Flow.Subscriber<? super T> subscriber() {
        Flow.Subscriber<? super T> given = subscriber;
        if (given == null) {
            throw new AssertionError("nobody has subscribed");
        }
        return given;
    }

    boolean hasSubscriber() {
        return subscriber != null;
    }

    /** How much has been demanded in all. */
    long demanded() {
        if (overlapped) {
            throw new AssertionError("two calls at a time");
        }
        return demanded.get();
    }

    boolean isCancelled() {
        return cancelled;
    }

    void awaitDemand(long count) {
        Await.eventually(count + " demanded", () -> demanded() >= count);
    }
}
