package io.github.clockeddispatch.flow;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A subscriber that writes down what it is given, and fails where signals overlap or come after the last. */
final class Recorder<T> implements Flow.Subscriber<Delivery.Message<T>> {
    /** What else is done with a message. */
    @FunctionalInterface
    interface Step<T> {
        void with(long sequence, T payload) throws Exception;
    }

    private final long first;
    private final Step<T> step;
    private final AtomicInteger inside = new AtomicInteger();

    private volatile Flow.@Nullable Subscription subscription;

    // guarded by this

    private final List<Long> numbers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean isOver;
    private @Nullable Throwable error;
    private @Nullable Throwable wrong;

    private Recorder(long first, Step<T> step) {
        this.first = first;
        this.step = step;
    }

    /** Makes one that demands so much in {@code onSubscribe}. */
    static <T> Recorder<T> demanding(long first) {
        return new Recorder<>(first, (sequence, payload) -> {});
    }

    static <T> Recorder<T> demanding(long first, Step<T> step) {
        return new Recorder<>(first, step);
    }

    static <T> Recorder<T> demandingAll(Step<T> step) {
        return new Recorder<>(Long.MAX_VALUE, step);
    }

    void request(long count) {
        subscription().request(count);
    }

    void cancel() {
        subscription().cancel();
    }

    Flow.Subscription subscription() {
        Flow.Subscription mine = subscription;
        if (mine == null) {
            throw new AssertionError("onSubscribe was not called");
        }
        return mine;
    }

    // ---- signals

    @Override
    public void onSubscribe(Flow.Subscription given) {
        enter("onSubscribe");
        subscription = given;
        if (first != 0) {
            given.request(first);
        }
        inside.decrementAndGet();
    }

    @Override
    public void onNext(Delivery.Message<T> message) {
        enter("onNext");
        try {
            synchronized (this) {
                numbers.add(message.sequence());
                threads.add(Thread.currentThread());
            }
            step.with(message.sequence(), message.payload());
        } catch (Exception e) {
            throw Recorder.<RuntimeException>sneaky(e);
        } finally {
            inside.decrementAndGet();
        }
    }

    @SuppressWarnings("unchecked") // it is not declared
    private static <X extends Exception> X sneaky(Exception e) throws X {
        throw (X) e;
    }

    @Override
    public void onError(Throwable throwable) {
        last("onError", throwable);
    }

    @Override
    public void onComplete() {
        last("onComplete", null);
    }

    private void last(String signal, @Nullable Throwable with) {
        enter(signal);
        synchronized (this) {
            isOver = true;
            error = with;
        }
        inside.decrementAndGet();
    }

    private void enter(String signal) {
        boolean overlaps = inside.getAndIncrement() != 0;
        synchronized (this) {
            if (wrong == null && (overlaps || isOver || (subscription == null) != signal.equals("onSubscribe"))) {
                wrong = new AssertionError(signal + (overlaps ? " during another signal" : " out of order"));
            }
        }
    }

    // ---- what has come

    synchronized List<Long> numbers() {
        check();
        return List.copyOf(numbers);
    }

    synchronized List<Thread> threads() {
        return List.copyOf(threads);
    }

    synchronized boolean isOver() {
        check();
        return isOver;
    }

    private void check() {
        if (wrong != null) {
            throw new AssertionError(wrong);
        }
    }

    void awaitCount(int count) {
        Await.eventually(count + " messages", () -> numbers().size() >= count || isOver());
        if (numbers().size() != count) {
            if (isOver()) {
                throw new AssertionError("over after " + numbers(), error);
            }
            throw new AssertionError("more than " + count + ": " + numbers());
        }
    }

    void awaitComplete() {
        Await.eventually("its end", this::isOver);
        synchronized (this) {
            if (error != null) {
                throw new AssertionError("not completed", error);
            }
        }
    }

    <X extends Throwable> X awaitError(Class<X> type) {
        Await.eventually("its end", this::isOver);
        synchronized (this) {
            if (!type.isInstance(error)) {
                throw new AssertionError("no " + type.getSimpleName(), error);
            }
            return type.cast(error);
        }
    }
}
