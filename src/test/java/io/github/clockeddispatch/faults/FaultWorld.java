package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailureListener;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * What a scene of {@link OutOfMemoryTest} is made of: dispatchers, and an account of what was accepted for whom and what
 * was given to whom.
 */
final class FaultWorld {
    static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("testkit.bound", 10));

    /** What a scene has something fail with by itself. */
    static final Exception CAUSE = new IllegalStateException("the scene's own");

    /** A receiver, what was accepted for it, and what it was given. */
    static final class Inlet {
        final Receiver<String> receiver;
        final boolean inMerge;
        final List<String> expected = Collections.synchronizedList(new ArrayList<>());
        final List<Delivery.Message<String>> given = Collections.synchronizedList(new ArrayList<>());
        boolean read;

        Inlet(Receiver<String> receiver, boolean inMerge) {
            this.receiver = receiver;
            this.inMerge = inMerge;
        }

        void give(Delivery<String> delivery) {
            if (delivery instanceof Delivery.Message<String> message) {
                given.add(message);
            }
        }
    }

    final List<Dispatcher<String>> dispatchers = new ArrayList<>();
    final List<ForwardingDispatcher<String>> merges = new ArrayList<>();
    final Map<String, Inlet> inlets = new LinkedHashMap<>();
    final Map<Sender<String>, List<Inlet>> senders = new LinkedHashMap<>();
    final Map<Forwarder<String>, List<Inlet>> forwarders = new LinkedHashMap<>();
    private final List<CompletableFuture<?>> futures = new ArrayList<>();
    /** Senders and forwarders that the scene closes. */
    final List<Object> leaving = new ArrayList<>();

    private final Map<Thread, AtomicReference<Throwable>> threads = new LinkedHashMap<>();

    /** What must be possible, in the end. */
    private final List<Callable<?>> possible = new ArrayList<>();

    /** What must come to an end, by itself or as it has failed. */
    private final List<Callable<Boolean>> ending = new ArrayList<>();

    /** That a receiver has failed or, with an empty name, all of a dispatcher. */
    private record Told(int dispatcher, String receiver, Throwable cause) {}

    private final List<Told> told = Collections.synchronizedList(new ArrayList<>());
    private int listeners;

    /** The scene discards receivers, or fails them: not everything need arrive. */
    boolean loses;

    // ---- making

    Dispatcher<String> dispatcher(int channel, int inbox) {
        Dispatcher<String> made = Dispatcher.builder()
                .channelCapacity(channel)
                .inboxCapacity(inbox)
                .endWithLastSender(false)
                .drainTimeout(BOUND)
                .onFailure(listener())
                .open();
        dispatchers.add(made);
        return made;
    }

    ForwardingDispatcher<String> merge(int buffer) {
        ForwardingDispatcher<String> made = settings(buffer).open();
        merges.add(made);
        return made;
    }

    ForwardingDispatcher<String> heldMerge(int buffer) {
        ForwardingDispatcher<String> made = settings(buffer).held().open();
        merges.add(made);
        return made;
    }

    private ForwardingDispatcher.Builder settings(int buffer) {
        return ForwardingDispatcher.builder()
                .name("merge")
                .channelCapacity(buffer)
                .endWithLastSender(false)
                .drainTimeout(BOUND)
                .onFailure(listener());
    }

    /** A listener of the next dispatcher. */
    private FailureListener listener() {
        int dispatcher = ++listeners;
        return (receiver, sequence, cause) -> told.add(new Told(dispatcher, receiver, cause));
    }

    Receiver<String> receiver(Dispatcher<String> dispatcher, String name) {
        return add(name, dispatcher.receiver(name), false);
    }

    Receiver<String> receiver(ForwardingDispatcher<String> merge, String name) {
        return add(name, merge.receiver(name), true);
    }

    private Receiver<String> add(String name, Receiver<String> receiver, boolean inMerge) {
        inlets.put(name, new Inlet(receiver, inMerge));
        return receiver;
    }

    Sender<String> sender(Sender<String> made, String... to) {
        senders.put(made, inlets(to));
        return made;
    }

    Forwarder<String> forwarder(Forwarder<String> made, String... to) {
        forwarders.put(made, inlets(to));
        return made;
    }

    private List<Inlet> inlets(String... names) {
        return List.of(names).stream().map(inlets::get).toList();
    }

    /** What that sender sends has been accepted. */
    void accepted(Sender<String> sender, String message) {
        senders.get(sender).forEach(inlet -> inlet.expected.add(message));
    }

    void accepted(Forwarder<String> forwarder, String message) {
        forwarders.get(forwarder).forEach(inlet -> inlet.expected.add(message));
    }

    void dispatch(Sender<String> sender, int count) throws InterruptedException {
        for (int i = 1; i <= count; i++) {
            sender.dispatch("m" + i);
            accepted(sender, "m" + i);
        }
    }

    void send(Sender<String> sender, int count) throws InterruptedException {
        for (int i = 1; i <= count; i++) {
            sender.send("m" + i);
            accepted(sender, "m" + i);
        }
    }

    void forward(Forwarder<String> forwarder, long first, long last) throws InterruptedException {
        for (long number = first; number <= last; number++) {
            forwarder.forward(number, "m" + number);
            accepted(forwarder, "m" + number);
        }
    }

    <F extends CompletableFuture<?>> F future(F future) {
        futures.add(future);
        return future;
    }

    /** Runs something in a thread of its own, which waits in the library when this returns. */
    void waiting(String name, Callable<?> body) {
        Await.blocked(start(name, body));
    }

    Thread start(String name, Callable<?> body) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                body.call();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        threads.put(thread, thrown);
        thread.start();
        return thread;
    }

    // ---- checking

    /** Whether this is what was planted, or was caused by it or by the scene. */
    private boolean isLoud(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause == CAUSE || (cause instanceof OutOfMemoryError && "planted".equals(cause.getMessage()))) {
                return true;
            }
        }
        return false;
    }

    private void checkLoud(String what, Throwable e) {
        if (!isLoud(e)) {
            throw new AssertionError(what + " ended otherwise than with what was planted: " + e, e);
        }
    }

    /** Whether it tells of what is lost, where something may be. */
    private boolean isTold(Throwable e) {
        return e instanceof DispatchException && (loses || anyFailed());
    }

    /**
     * After the act: either everything goes on as if nothing had been, or what does not has failed with the planted error.
     *
     * @param thrown what the act threw; null for nothing
     * @param again the act, which must work now where it did not before
     */
    void check(Throwable thrown, Callable<?> again) throws Exception {
        if (thrown != null && !isTold(thrown)) {
            checkLoud("the act", thrown);
        }
        if (thrown != null && dispatchers.stream().noneMatch(d -> failure(d) != null)) {
            try {
                again.call();
            } catch (FailedException e) {
                checkLoud("the act, once more,", e);
            } catch (DispatchException e) {
                assertTrue(isTold(e), () -> "once more: " + e);
            }
        }
        inlets.values().stream().filter(inlet -> !inlet.read).forEach(this::read);
        probe();
        ending.forEach(this::finished);
        possible.forEach(this::worked);
        close();
        for (CompletableFuture<?> future : futures) {
            Await.eventually("a future is done", future::isDone);
        }
        for (var entry : threads.entrySet()) {
            assertTrue(entry.getKey().join(BOUND), () -> entry.getKey().getName() + " does not end");
            Throwable e = entry.getValue().get();
            if (e != null && !(e instanceof ClosedException)) {
                checkLoud(entry.getKey().getName(), e);
            }
        }
        account();
    }

    /** Reads it from now on in a thread of its own. */
    Thread read(Inlet inlet) {
        inlet.read = true;
        return start("reads " + inlet.receiver.name(), () -> readAll(inlet));
    }

    Object readAll(Inlet inlet) throws Exception {
        while (true) {
            try {
                inlet.receiver.forEachMessage(
                        (number, payload) -> inlet.given.add(new Delivery.Message<>(number, payload)));
                return null;
            } catch (OutOfMemoryError e) {
                checkLoud("a reader", e); // once; then it goes on
            }
        }
    }

    /** In the end, the clock gets there, or nobody waits for that any more. */
    void ends(Receiver<String> receiver, long number) {
        ending.add(() -> receiver.clock().waitUntil(number, BOUND));
    }

    /** In the end, this must be possible, where nothing has failed. */
    void works(Callable<?> call) {
        possible.add(call);
    }

    private void probe() throws InterruptedException {
        boolean quiet = true; // no pump is numbering what was sent before
        for (Dispatcher<String> dispatcher : dispatchers) {
            quiet &= open(dispatcher) && !anyFailed() && finished(() -> dispatcher.awaitFinished(BOUND));
        }
        for (Sender<String> sender : senders.keySet()) {
            if (leaving.contains(sender)) {
                continue;
            }
            try {
                long before = dispatchers.get(0).sequence();
                long number = sender.dispatch("probe", BOUND);
                if (quiet
                        && threads.keySet().stream()
                                .noneMatch(thread -> thread.getName().startsWith("sends"))) {
                    assertEquals(before + 1, number, "the next number");
                }
                accepted(sender, "probe");
                for (Inlet inlet : inlets.values()) {
                    if (failure(inlet) == null) {
                        finished(() -> inlet.receiver.clock().waitUntil(number, BOUND));
                    }
                }
            } catch (FailedException e) {
                checkLoud("a probe", e);
            } catch (ClosedException e) {
                assertTrue(loses, () -> "a probe: " + e);
            } catch (java.util.concurrent.TimeoutException e) {
                throw new AssertionError("a probe: " + e, e);
            }
        }
        List<Forwarder<String>> left = new ArrayList<>(forwarders.keySet());
        left.removeAll(leaving);
        for (Forwarder<String> forwarder : left) {
            try {
                forwarder.advance(999);
            } catch (DispatchException e) {
                assertTrue(loses || isLoud(e), () -> "a promise: " + e);
            }
        }
        for (Forwarder<String> forwarder : left) {
            try {
                assertTrue(forwarder.forward(1000, "probe", BOUND), "room for a probe");
                accepted(forwarder, "probe");
            } catch (FailedException e) {
                checkLoud("a probe", e);
            } catch (ClosedException e) {
                assertTrue(loses, () -> "a probe: " + e);
            }
        }
        for (Inlet inlet : inlets.values()) {
            if (inlet.inMerge && !forwarders.isEmpty() && !loses && failure(inlet) == null) {
                finished(() -> inlet.receiver.clock().waitUntil(1000, BOUND));
            }
        }
        for (ForwardingDispatcher<String> merge : merges) {
            if (!loses && !anyFailed()) {
                finished(() -> merge.awaitFinished(BOUND));
            }
        }
    }

    /** Returns whether it has ended well, and not with what was planted. */
    private boolean finished(Callable<Boolean> wait) {
        try {
            assertTrue(wait.call(), () -> "not within " + BOUND + ": " + states());
            return true;
        } catch (FailedException | OutOfMemoryError e) {
            checkLoud("waiting", e);
        } catch (ClosedException e) {
            assertTrue(loses, () -> "waiting: " + e);
        } catch (Exception e) {
            throw new AssertionError("waiting: " + e, e);
        }
        return false;
    }

    /** Tries until it is possible: what has been ended may take a moment. */
    private void worked(Callable<?> call) {
        AtomicReference<Exception> thrown = new AtomicReference<>();
        try {
            Await.eventually("it is possible", () -> {
                try {
                    call.call();
                    return true;
                } catch (FailedException e) {
                    checkLoud("what must be possible", e);
                    return true;
                } catch (Exception e) {
                    thrown.set(e);
                    return false;
                }
            });
        } catch (AssertionError e) {
            throw new AssertionError("impossible: " + thrown.get(), thrown.get());
        }
    }

    private String states() {
        List<Snapshot> snapshots = new ArrayList<>();
        merges.forEach(merge -> snapshots.add(merge.snapshot()));
        dispatchers.forEach(dispatcher -> snapshots.add(dispatcher.snapshot()));
        return snapshots.toString();
    }

    private boolean open(Dispatcher<String> dispatcher) {
        return failure(dispatcher) == null;
    }

    /** Why the whole dispatcher has failed, or that it is closed; null where it is open. */
    private DispatchException failure(Dispatcher<String> dispatcher) {
        try {
            dispatcher.broadcaster("is it open?").close();
            return null;
        } catch (DispatchException e) {
            return e;
        }
    }

    private boolean anyFailed() {
        return inlets.values().stream().anyMatch(inlet -> failure(inlet) != null);
    }

    private Throwable failure(Inlet inlet) {
        try {
            inlet.receiver.clock().waitUntil(Long.MAX_VALUE - 1, Duration.ZERO);
            return null;
        } catch (FailedException e) {
            checkLoud(inlet.receiver.name(), e);
            return e;
        } catch (ClosedException e) {
            return e;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void close() throws InterruptedException {
        List<AutoCloseable> all = new ArrayList<>(merges);
        all.addAll(dispatchers);
        for (AutoCloseable each : all) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread closing = Thread.ofVirtual().name("closes").start(() -> {
                try {
                    closeAtLast(each);
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            assertTrue(closing.join(BOUND.plusSeconds(5)), () -> "close does not return: " + states());
            Throwable e = thrown.get();
            if (e != null && !isLoud(e) && !isTold(e)) {
                throw new AssertionError("close threw " + e + "; " + states(), e);
            }
        }
    }

    private void closeAtLast(AutoCloseable each) throws Exception {
        try {
            each.close();
        } catch (OutOfMemoryError e) {
            checkLoud("close", e);
            each.close(); // that was before it had begun
        }
    }

    /** Of each failure somebody is told, once: of the receiver itself, or of its dispatcher. */
    private void checkTold() {
        Await.eventually("somebody is told of each failure", () -> {
            Set<String> receivers =
                    List.copyOf(told).stream().map(Told::receiver).collect(Collectors.toSet());
            return receivers.contains("")
                    || inlets.values().stream()
                            .filter(inlet -> failure(inlet) instanceof FailedException)
                            .allMatch(inlet -> receivers.contains(inlet.receiver.name()));
        });
        Set<String> once = new HashSet<>();
        for (Told one : List.copyOf(told)) {
            checkLoud("what was told", one.cause);
            assertTrue(once.add(one.dispatcher + one.receiver), () -> "told twice: " + told);
        }
    }

    private void account() {
        checkTold();
        TreeSet<Long> numbers = new TreeSet<>();
        boolean whole = !loses && merges.isEmpty();
        for (Inlet inlet : inlets.values()) {
            Throwable failed = failure(inlet);
            List<Long> order =
                    inlet.given.stream().map(Delivery.Message::sequence).toList();
            numbers.addAll(order);
            assertEquals(order.stream().sorted().toList(), order, "order of " + inlet.receiver);
            List<String> given =
                    inlet.given.stream().map(Delivery.Message::payload).toList();
            if (failed instanceof FailedException || loses) {
                whole = false;
                Collection<String> strange = new ArrayList<>(given);
                inlet.expected.forEach(strange::remove);
                strange.remove("tried"); // its call may have failed after it was numbered, as all has
                assertEquals(List.of(), strange, "given to " + inlet.receiver + " and not accepted");
            } else {
                assertEquals(
                        inlet.expected.stream().sorted().toList(),
                        given.stream().sorted().toList(),
                        "given to " + inlet.receiver);
            }
        }
        if (whole) {
            long last = dispatchers.get(0).sequence();
            assertEquals(last, numbers.size(), () -> "numbers that were burned; there are " + numbers);
        }
    }
}
