package io.github.clockeddispatch.testkit;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;

/**
 * Makes the dispatchers and threads of one run of a test. Afterwards it closes and checks the dispatchers, joins the
 * threads, and throws what any of them has thrown.
 */
public final class Setup {
    /** What a thread does that returns nothing. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    private final Over over;
    private final int capacity;
    private final Kind threads;
    private final Pumps pumps;
    private final AtomicInteger givenPumps = new AtomicInteger();
    private final List<AnyDispatcher<?>> dispatchers = new CopyOnWriteArrayList<>();
    private final List<Running<?>> running = new CopyOnWriteArrayList<>();
    private final List<Gate> gates = new CopyOnWriteArrayList<>();

    Setup(Over over, int capacity, Kind threads, Pumps pumps) {
        this.over = over;
        this.capacity = capacity;
        this.threads = threads;
        this.pumps = pumps;
    }

    /** The capacity of channels and inboxes. */
    public int capacity() {
        return capacity;
    }

    /** How much a path from one sender to one receiver takes when nobody reads: its channel and its inbox; its buffer. */
    public int pathCapacity() {
        return over == Over.MERGE ? capacity : 2 * capacity;
    }

    public Kind threads() {
        return threads;
    }

    public Pumps pumps() {
        return pumps;
    }

    public Over over() {
        return over;
    }

    /** Opens what this combination is run over. */
    public <T> AnyDispatcher<T> openAny() {
        return openAny(settings -> {});
    }

    /** Opens what this combination is run over, but for what is said of the settings. */
    public <T> AnyDispatcher<T> openAny(Consumer<AnyDispatcher.Settings> changes) {
        return over == Over.MERGE
                ? AnyDispatcher.of(this.<T>openMerge(builder -> changes.accept(new AnyDispatcher.Settings(builder))))
                : AnyDispatcher.of(this.<T>open(builder -> changes.accept(new AnyDispatcher.Settings(builder))));
    }

    /** Opens a dispatcher of this combination. */
    public <T> Dispatcher<T> open() {
        return open(builder -> {});
    }

    /** Opens a dispatcher of this combination, but for what is said of the builder. */
    public <T> Dispatcher<T> open(Consumer<Dispatcher.Builder> changes) {
        Dispatcher.Builder builder =
                Dispatcher.builder().channelCapacity(capacity).inboxCapacity(capacity);
        if (pumps == Pumps.GIVEN) {
            builder.pumpExecutor(givenExecutor());
        }
        changes.accept(builder);
        return owned(builder.open());
    }

    /** Has a dispatcher closed and checked at the end. */
    public <T> Dispatcher<T> owned(Dispatcher<T> dispatcher) {
        dispatchers.add(AnyDispatcher.of(dispatcher));
        return dispatcher;
    }

    /** Opens a merge of this combination. */
    public <T> ForwardingDispatcher<T> openMerge() {
        return openMerge(builder -> {});
    }

    /** Opens a merge of this combination, but for what is said of the builder. */
    public <T> ForwardingDispatcher<T> openMerge(Consumer<ForwardingDispatcher.Builder> changes) {
        ForwardingDispatcher.Builder builder =
                ForwardingDispatcher.builder().name("merge").channelCapacity(capacity);
        changes.accept(builder);
        return owned(builder.open());
    }

    /** Has a merge closed and checked at the end, before the dispatchers that were opened earlier. */
    public <T> ForwardingDispatcher<T> owned(ForwardingDispatcher<T> merge) {
        dispatchers.add(AnyDispatcher.of(merge));
        return merge;
    }

    /** Starts each task on a platform thread of its own. */
    public Executor givenExecutor() {
        return task -> Kind.PLATFORM
                .builder()
                .name("given pump " + givenPumps.incrementAndGet())
                .start(task);
    }

    /** Runs a body on a thread of this combination's kind. */
    public Running<Void> run(String name, Body body) {
        return call(name, () -> {
            body.run();
            return null;
        });
    }

    /** Runs a body that returns something on a thread of this combination's kind. */
    public <R> Running<R> call(String name, Callable<R> body) {
        Running<R> thread = new Running<>(threads.builder().name(name), body);
        running.add(thread);
        return thread.start();
    }

    /** Reads a receiver until its end. */
    public <T> Reading<T> read(Receiver<T> receiver) {
        return new Reading<>(this, receiver);
    }

    /** A gate that is opened at the end at the latest. */
    public Gate gate() {
        Gate gate = new Gate();
        gates.add(gate);
        return gate;
    }

    public static void send(Sender<String> sender, int count) throws InterruptedException {
        send(AnyDispatcher.of(sender), count);
    }

    /** Sends so many messages, "m1", "m2" and so on, which must find room. */
    public static void send(AnySender<String> sender, int count) throws InterruptedException {
        for (int i = 1; i <= count; i++) {
            Assertions.assertTrue(sender.send("m" + i, Await.BOUND), "room for message " + i);
        }
    }

    public void fill(Sender<String> sender, Receiver<String> receiver) throws InterruptedException {
        fill(AnyDispatcher.of(sender), receiver);
    }

    /** Sends as much as a path takes that nobody reads; returns when the inbox is full too. */
    public void fill(AnySender<String> sender, Receiver<String> receiver) throws InterruptedException {
        send(sender, pathCapacity());
        Await.eventually("the inbox is full", () -> receiver.pending() == capacity);
    }

    public void fillInbox(Sender<String> sender, Receiver<String> receiver) throws InterruptedException {
        fillInbox(AnyDispatcher.of(sender), receiver);
    }

    /** Sends as much as the inbox has room for, so that the channel is left empty. */
    public void fillInbox(AnySender<String> sender, Receiver<String> receiver) throws InterruptedException {
        send(sender, capacity - receiver.pending());
        Await.eventually("the inbox is full", () -> receiver.pending() == capacity);
    }

    /** Waits until each message that waits for room has looked for it, and none waits for this receiver. */
    public static void awaitLookedFor(Supplier<Snapshot> look, String receiver) {
        Await.eventually(
                "what waits has looked for room",
                () -> look.get().senders().stream()
                        .filter(sender -> sender.queued() > 0)
                        .allMatch(sender -> !sender.waitsFor().isEmpty()
                                && !sender.waitsFor().contains(receiver)));
    }

    /** Forwards what is numbered from the first to the last, "m1", "m2" and so on, which must find room. */
    public static void forward(Forwarder<String> forwarder, long first, long last) throws InterruptedException {
        for (long number = first; number <= last; number++) {
            Assertions.assertTrue(forwarder.forward(number, "m" + number, Await.BOUND), "room for number " + number);
        }
    }

    /** Fills the buffer of a forwarder that nobody reads, with the numbers from 1 to {@link #capacity()}. */
    public void fill(Forwarder<String> forwarder, Receiver<String> receiver) throws InterruptedException {
        forward(forwarder, 1, capacity());
        Assertions.assertEquals(capacity, receiver.pending(), "the buffer is full");
    }

    public static void abandon(Dispatcher<?> dispatcher) {
        abandon(AnyDispatcher.of(dispatcher));
    }

    public static void abandon(ForwardingDispatcher<?> merge) {
        abandon(AnyDispatcher.of(merge));
    }

    /** Stops a dispatcher that still holds something, and whose close would say so. */
    public static void abandon(AnyDispatcher<?> dispatcher) {
        dispatcher.fail(new Abandoned());
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            // as it should
        }
    }

    /** Why an abandoned dispatcher stops. */
    private static final class Abandoned extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Closes, joins and checks everything.
     *
     * @param failed whether the test has failed, and things are to be stopped however they stand
     */
    void finish(boolean failed) {
        List<Throwable> thrown = new ArrayList<>();
        gates.forEach(Gate::open);
        for (AnyDispatcher<?> dispatcher : reversed(dispatchers)) {
            attempt(thrown, () -> Oracle.check(dispatcher));
            attempt(thrown, () -> close(dispatcher, failed));
        }
        if (!Await.holdsWithin(Await.BOUND, () -> running.stream().allMatch(Running::isDone))) {
            thrown.add(new AssertionError("not all threads have ended; all threads:\n" + LiveThreads.dump()));
        }
        running.forEach(thread -> attempt(thrown, thread::check));
        dispatchers.forEach(dispatcher -> attempt(thrown, () -> Oracle.checkAtRest(dispatcher)));
        if (!thrown.isEmpty() && !failed) {
            AssertionError failure = new AssertionError("after the test: " + thrown.getFirst(), thrown.getFirst());
            thrown.stream().skip(1).forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** Closes it on another thread, as the test may have set a drain time-out of an hour. */
    private void close(AnyDispatcher<?> dispatcher, boolean failed) {
        Running<Void> closing = new Running<Void>(Thread.ofVirtual().name("closes after the test"), () -> {
                    if (failed) {
                        abandon(dispatcher);
                    } else {
                        dispatcher.close();
                    }
                    return null;
                })
                .start();
        try {
            closing.result();
        } finally {
            if (!closing.isDone()) {
                dispatcher.fail(new Abandoned());
            }
        }
    }

    private static void attempt(List<Throwable> thrown, Body body) {
        try {
            body.run();
        } catch (Throwable e) {
            thrown.add(e);
        }
    }

    private static <E> List<E> reversed(List<E> list) {
        List<E> copy = new ArrayList<>(list);
        Collections.reverse(copy);
        return copy;
    }
}
