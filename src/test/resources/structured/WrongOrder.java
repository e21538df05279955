import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;
import java.util.concurrent.atomic.AtomicReference;

/** What comes of using a scope in a wrong order: something that has a name, and never a hang. */
final class WrongOrder {
    private static final Duration SHORT = Duration.ofSeconds(1);

    public static void main(String[] args) {
        Outcome.print("joined with a sender open", WrongOrder::joinedWithASenderOpen);
        Outcome.print("scope ended before the dispatcher", WrongOrder::scopeEndedFirst);
        Outcome.print("sender in a cancelled scope", WrongOrder::senderInACancelledScope);
        Outcome.print("the same, strict executor", WrongOrder::senderInACancelledScopeWithAStrictExecutor);
        Outcome.print("sender from another thread", WrongOrder::senderFromAnotherThread);
        Outcome.print("sender after join", WrongOrder::senderAfterJoin);
        Outcome.print("sender under another binding", WrongOrder::senderUnderAnotherBinding);
    }

    /** Pump and reader wait for the sender to be closed, join waits for them: the scope's time-out ends that. */
    private static void joinedWithASenderOpen() throws Exception {
        try (var threads = StructuredTaskScope.open(
                        Joiner.awaitAllSuccessfulOrThrow(), settings -> settings.withTimeout(SHORT));
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().pumpExecutor(threads::fork).open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            threads.fork(() -> {
                orders.forEachMessage((number, order) -> {});
                return null;
            });
            dispatcher.sender("desk", orders);
            threads.join();
        }
    }

    /** The dispatcher outlives its pumps: close() does not wait for what nobody delivers any more, and counts it. */
    private static void scopeEndedFirst() {
        AtomicReference<Executor> scope = new AtomicReference<>();
        try (Dispatcher<String> dispatcher = Dispatcher.builder()
                .name("shop")
                .inboxCapacity(1)
                .drainTimeout(Duration.ofDays(1))
                .pumpExecutor(pump -> scope.get().execute(pump))
                .open()) {
            try (var threads = StructuredTaskScope.open(
                    Joiner.awaitAllSuccessfulOrThrow(), settings -> settings.withTimeout(SHORT))) {
                scope.set(threads::fork);
                Sender<String> desk = dispatcher.sender("desk", dispatcher.receiver("orders")); // nobody reads it
                desk.dispatch("a bolt");
                desk.send("a nut");
                threads.join();
            } catch (Exception e) {
                System.out.println(Outcome.text(e));
            }
        }
    }

    /** A cancelled scope takes the pump and never starts it: close() waits its time for it, and counts its messages. */
    private static void senderInACancelledScope() throws Exception {
        try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow());
                Dispatcher<String> dispatcher = Dispatcher.builder()
                        .name("shop")
                        .drainTimeout(Duration.ofMillis(50))
                        .pumpExecutor(threads::fork)
                        .open()) {
            cancel(threads::fork);
            dispatcher.sender("desk", dispatcher.receiver("orders")).send("a bolt");
        }
    }

    private static void senderInACancelledScopeWithAStrictExecutor() throws Exception {
        try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow());
                Dispatcher<String> dispatcher = Dispatcher.builder()
                        .pumpExecutor(pump -> {
                            threads.fork(pump);
                            if (threads.isCancelled()) {
                                throw new RejectedExecutionException("the scope is cancelled");
                            }
                        })
                        .open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            cancel(threads::fork);
            isRefused(dispatcher, orders);
            threads.join();
        }
    }

    private static void senderFromAnotherThread() throws Exception {
        try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow());
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().pumpExecutor(threads::fork).open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            CountDownLatch tried = new CountDownLatch(1);
            threads.fork(() -> {
                isRefused(dispatcher, orders);
                tried.countDown();
            });
            tried.await();
            try (Sender<String> desk = dispatcher.sender("desk", orders)) { // nothing was changed: the name is free
                desk.dispatch("a bolt");
            }
            threads.join();
            System.out.println(orders.receive());
        }
    }

    private static void senderAfterJoin() throws Exception {
        try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow());
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().pumpExecutor(threads::fork).open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            threads.join();
            isRefused(dispatcher, orders);
        }
    }

    private static void senderUnderAnotherBinding() throws Exception {
        try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow());
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().pumpExecutor(threads::fork).open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            ScopedValue.where(Orders.SHOP, "another shop").run(() -> isRefused(dispatcher, orders));
        }
    }

    /** Prints why no sender can be opened; all must be as before. */
    private static void isRefused(Dispatcher<String> dispatcher, Receiver<String> orders) {
        var before = dispatcher.snapshot();
        try {
            dispatcher.sender("desk", orders);
            throw new AssertionError("was not refused");
        } catch (RejectedExecutionException e) {
            Throwable cause = e.getCause();
            System.out.println(
                    "refused: " + (cause == null ? e.getMessage() : cause.getClass().getSimpleName()));
        }
        var after = dispatcher.snapshot();
        if (!after.equals(before)) {
            throw new AssertionError(before + " has become " + after);
        }
    }

    /** Cancels a scope by a task that fails, and returns when that has been done. */
    private static void cancel(Executor scope) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        scope.execute(() -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                cancelled.countDown();
            }
        });
        scope.execute(() -> {
            throw new IllegalStateException("no power");
        });
        cancelled.await();
    }
}
