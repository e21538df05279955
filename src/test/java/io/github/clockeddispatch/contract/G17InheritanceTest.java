package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What threads of the library inherit from those that use it, and keep of them. */
@DisplayName("G17 inheritance")
class G17InheritanceTest {

    private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();

    /** What happens when a thread is made by one that has a value here; null for nothing. */
    private static volatile Runnable onChild;

    private static final InheritableThreadLocal<String> HOOK = new InheritableThreadLocal<>() {
        @Override
        protected String childValue(String parentValue) {
            Runnable hook = onChild;
            if (hook != null) {
                hook.run();
            }
            return parentValue;
        }
    };

    @AfterEach
    void noHook() {
        onChild = null;
    }

    /** Runs a body on a platform thread with a context class loader and a value of its own. */
    private static <R> R as(String user, ClassLoader loader, Callable<R> body) throws Exception {
        CompletableFuture<R> outcome = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .inheritInheritableThreadLocals(false)
                .daemon()
                .start(() -> {
                    Thread.currentThread().setContextClassLoader(loader);
                    USER.set(user);
                    HOOK.set(user);
                    try {
                        outcome.complete(body.call());
                    } catch (Throwable e) {
                        outcome.completeExceptionally(e);
                    }
                });
        R result = outcome.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
        assertTrue(thread.join(Await.BOUND));
        return result;
    }

    private static ClassLoader loader() {
        return new ClassLoader(G17InheritanceTest.class.getClassLoader()) {};
    }

    private static String seen() {
        return USER.get() + " in " + Thread.currentThread().getContextClassLoader();
    }

    @Test
    @DisplayName("G17 own readers and stages inherit from who opens them")
    void g17OwnReadersAndStages() throws Exception {
        ClassLoader loader = loader();
        List<String> seen = new CopyOnWriteArrayList<>();
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> read = top.receiver("read");
            Receiver<String> from = top.receiver("from");
            Receiver<String> below = merge.receiver("below");
            Sender<String> sender = top.sender("s", List.of(read, from));
            as("opener", loader, () -> {
                top.read(read, (number, message) -> seen.add(seen()));
                return merge.stage(
                        from,
                        (number, message) -> {
                            seen.add(seen());
                            return List.of(message);
                        },
                        below);
            });
            as("sender", loader(), () -> sender.dispatch("m"));
            read.clock().waitUntil(1);
            below.receiveMessage();
            below.acknowledge();
        }
        assertEquals(List.of("opener in " + loader, "opener in " + loader), seen);
    }

    @Test
    @DisplayName("G17 the dependents of futures see nobody's values, whoever opens, sends, reads or closes")
    void g17Dependents() throws Exception {
        List<CompletableFuture<String>> seen = new ArrayList<>();
        Dispatcher<String> dispatcher = as(
                "opener", loader(), () -> Dispatcher.builder().inboxCapacity(1).open());
        Receiver<String> own = dispatcher.receiver("own");
        Receiver<String> hand = dispatcher.receiver("hand");
        Sender<String> toOwn = as("opener", loader(), () -> dispatcher.sender("to own", own));
        Sender<String> toHand = as("opener", loader(), () -> dispatcher.sender("to hand", hand));
        as("opener", loader(), () -> dispatcher.read(own, (number, message) -> {}));
        seen.add(own.clock().whenReached(1).thenApply(reached -> seen())); // settled by an own reader
        as("sender", loader(), () -> toOwn.dispatch("1"));
        assertEquals(2, as("sender", loader(), () -> toHand.dispatch("2")));
        seen.add(hand.clock().whenReached(2).thenApply(reached -> seen())); // by the thread that reads
        seen.add(as("sender", loader(), () -> toHand.dispatchAsync("3")).thenApply(number -> seen())); // by a pump
        as("reader", loader(), () -> {
            hand.receiveMessage();
            hand.receiveMessage();
            hand.acknowledge();
            return null;
        });
        Await.eventually("they are completed", () -> seen.stream().allMatch(CompletableFuture::isDone));
        seen.add(hand.clock().whenReached(100).handle((reached, failure) -> seen())); // by who fails or closes
        assertEquals(4, toHand.dispatch("4"));
        seen.add(toHand.dispatchAsync("5").handle((number, failure) -> seen()));
        as("failing", loader(), () -> {
            hand.fail(new Exception("planted"));
            return null;
        });
        seen.add(own.clock().whenReached(100).handle((reached, failure) -> seen()));
        as("closer", loader(), () -> {
            dispatcher.close();
            return null;
        });
        for (CompletableFuture<String> each : seen) {
            assertEquals(
                    "null in " + ClassLoader.getSystemClassLoader(),
                    each.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS));
        }
        assertEquals(6, seen.size());
    }

    @Test
    @DisplayName("G17 a childValue that waits for others, and uses the dispatcher, runs without a lock")
    void g17ChildValueIsForeignCode() throws Exception {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> other = top.receiver("other");
            Receiver<String> below = merge.receiver("below");
            Receiver<String> side = merge.receiver("side");
            Sender<String> toOther = top.sender("to other", other);
            Forwarder<String> forwarder = merge.forwarder("f", side);
            top.read(other, (number, message) -> {});
            int[] calls = {0};
            onChild = () -> {
                calls[0]++;
                Thread another = Thread.ofPlatform()
                        .inheritInheritableThreadLocals(false)
                        .daemon()
                        .start(() -> {
                            top.snapshot();
                            merge.snapshot();
                            try {
                                toOther.dispatch("in childValue");
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            forwarder.advance(top.sequence());
                        });
                try {
                    if (!another.join(Duration.ofSeconds(3))) {
                        throw new AssertionError("it is called under a lock");
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            };
            as("opener", loader(), () -> {
                Receiver<String> read = top.receiver("read");
                Receiver<String> from = top.receiver("from");
                Receiver<String> linked = top.receiver("linked");
                Receiver<String> hand = top.receiver("hand");
                Sender<String> sender = top.sender("s", List.of(read, from, linked, hand));
                top.read(read, (number, message) -> {});
                merge.stage(from, (number, message) -> List.of(message), below);
                merge.link(linked, side);
                CompletableFuture<Long> reached = hand.clock().whenReached(top.sequence() + 1);
                sender.dispatch("m");
                hand.receiveMessage();
                hand.acknowledge();
                reached.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                hand.discard();
                return null;
            });
            onChild = null;
            assertTrue(calls[0] >= 2, "called for the own reader and the stage");
            forwarder.close();
            merge.read(below, (number, message) -> {});
            merge.read(side, (number, message) -> {});
        }
    }

    /** Loads the library once more, so that its first use is in a test. */
    private static final class FreshLoader extends ClassLoader {
        FreshLoader() {
            super(G17InheritanceTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.github.clockeddispatch.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Uses all that there is, and leaves it open, but for own readers and stages, which may keep what they inherit. */
    public static final class FirstUse implements Callable<List<AutoCloseable>> {
        @Override
        public List<AutoCloseable> call() throws Exception {
            Dispatcher<String> top = Dispatcher.open();
            ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
            Receiver<String> r = top.receiver("r", 1);
            Receiver<String> from = top.receiver("from");
            Receiver<String> ended = top.receiver("ended");
            Receiver<String> below = merge.receiver("below");
            Sender<String> sender = top.sender("s", r);
            Sender<String> all = top.broadcaster("all");
            Sender<String> toEnded = top.sender("to ended", ended);
            merge.link(from, below);
            Forwarder<String> forwarder = merge.forwarder("f", below);
            CompletableFuture<Long> reached = r.clock().whenReached(1);
            CompletableFuture<Long> never = r.clock().whenReached(1_000);
            sender.dispatch("1");
            sender.send("2");
            sender.trySend("3");
            CompletableFuture<Long> later = sender.dispatchAsync("4");
            for (int i = 1; i <= 4; i++) {
                r.receiveMessage(); // this thread is the last reader
            }
            r.acknowledge();
            reached.get();
            later.get();
            all.dispatch("5");
            r.receive();
            Thread reader = top.read(ended, (number, message) -> {});
            toEnded.dispatch("6");
            ended.clock().waitUntil(6);
            all.close();
            toEnded.close();
            reader.join();
            forwarder.forward(6, "6");
            r.clock().waitUntil(4, Duration.ofSeconds(1));
            top.awaitFinished(Duration.ZERO);
            top.snapshot();
            forwarder.advance(8);
            forwarder.close();
            return List.of(merge, top, never::isDone);
        }
    }

    @Test
    @DisplayName("G17 nothing of the thread that uses the library first, or last reads, is kept when it has ended")
    void g17NothingIsKept() throws Exception {
        ClassLoader library = new FreshLoader();
        List<WeakReference<Object>> gone = new ArrayList<>();
        List<AutoCloseable> open = use(library, gone);
        assertSame(library, open.get(0).getClass().getClassLoader());
        Await.eventually("all of it can be collected", () -> {
            System.gc();
            return gone.stream().allMatch(reference -> reference.get() == null);
        });
        assertEquals(3, gone.size());
        assertNull(USER.get());
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @SuppressWarnings("unchecked") // its type parameters are what it is declared with
    private static List<AutoCloseable> use(ClassLoader library, List<WeakReference<Object>> gone) throws Exception {
        Callable<List<AutoCloseable>> use = (Callable<List<AutoCloseable>>)
                library.loadClass(FirstUse.class.getName()).getConstructor().newInstance();
        ClassLoader context = loader();
        Object local = new Object();
        InheritableThreadLocal<Object> locals = new InheritableThreadLocal<>();
        gone.add(new WeakReference<>(context));
        gone.add(new WeakReference<>(local));
        CompletableFuture<List<AutoCloseable>> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            Thread.currentThread().setContextClassLoader(context);
            locals.set(local);
            try {
                outcome.complete(use.call());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.setContextClassLoader(context);
        gone.add(new WeakReference<>(thread));
        thread.start();
        List<AutoCloseable> open = outcome.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
        thread.join();
        return open;
    }
}
