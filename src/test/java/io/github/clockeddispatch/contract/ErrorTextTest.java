package io.github.clockeddispatch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a program is told when something is wrong: what has happened and to whom, the figures that show it, what to do; each once. */
@DisplayName("What exceptions say")
class ErrorTextTest {

    private static final IllegalArgumentException CAUSE = new IllegalArgumentException("bad order");

    private static Dispatcher<String> shop() {
        return Dispatcher.builder()
                .name("shop")
                .inboxCapacity(2)
                .channelCapacity(4)
                .drainTimeout(Duration.ofMillis(20))
                .open();
    }

    private static ForwardingDispatcher<String> merge() {
        return ForwardingDispatcher.builder()
                .name("log")
                .channelCapacity(2)
                .drainTimeout(Duration.ofMillis(20))
                .open();
    }

    private static String said(Class<? extends Throwable> type, Executable call) {
        return Objects.requireNonNull(assertThrows(type, call).getMessage());
    }

    // ---- closed

    @Test
    void aClosedSender() {
        try (Dispatcher<String> shop = shop()) {
            Sender<String> desk = shop.sender("desk", shop.receiver("stock"));
            desk.close();
            assertThat(said(ClosedException.class, () -> desk.send("m"))).isEqualTo("sender \"desk\" is closed");
        }
    }

    @Test
    void aClosedDispatcher() {
        Dispatcher<String> shop = shop();
        Receiver<String> stock = shop.receiver("stock");
        Sender<String> desk = shop.sender("desk", stock);
        Group<String> group = shop.group("views");
        shop.close();
        assertThat(said(ClosedException.class, () -> desk.send("m"))).isEqualTo("dispatcher \"shop\" is closed");
        for (Executable joins : List.<Executable>of(
                () -> shop.receiver("new"),
                () -> shop.sender("new", stock),
                () -> shop.broadcaster("new"),
                () -> shop.group("new", stock),
                () -> group.add(stock))) {
            assertThat(said(ClosedException.class, joins)).isEqualTo("dispatcher \"shop\" is closed: nothing can join");
        }
        assertThat(said(ClosedException.class, () -> shop.read(stock, (number, message) -> {})))
                .isEqualTo("dispatcher \"shop\" is closed: nothing can be read");
        assertThat(said(ClosedException.class, () -> stock.clock().waitUntil(7)))
                .isEqualTo(
                        "dispatcher \"shop\" is closed at number 0: 7 will not be given; receiver \"stock\" stands at 0"
                                + " of 0, nothing unfinished, inbox 0 of 2");
    }

    @Test
    void aDiscardedReceiver() throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            Sender<String> desk = shop.sender("desk", stock);
            desk.dispatch("m");
            stock.discard();
            for (Executable call : List.<Executable>of(
                    stock::receive,
                    () -> stock.clock().waitUntil(1),
                    () -> desk.clock().waitUntil(1),
                    () -> desk.send("m"),
                    () -> shop.sender("new", stock),
                    () -> shop.read(stock, (number, message) -> {}))) {
                assertThat(said(ClosedException.class, call)).isEqualTo("receiver \"stock\" was discarded at number 1");
            }
        }
    }

    @Test
    void aReceiverThatHasEnded() {
        String setting = "; with Builder.endWithLastSender(false) only close() ends receivers";
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            shop.sender("desk", stock).close();
            assertThat(said(ClosedException.class, () -> shop.sender("new", stock)))
                    .isEqualTo("receiver \"stock\" has ended, as its last sender was closed" + setting);
            Receiver<String> view = shop.receiver("view");
            Group<String> views = shop.group("views", view);
            Sender<String> toViews = shop.sender("to views", views);
            views.remove(view);
            assertThat(said(ClosedException.class, () -> views.add(view)))
                    .isEqualTo("receiver \"view\" has ended, as it was taken out of group \"views\", whose senders were"
                            + " the last that reached it" + setting);
            toViews.close();
        }
    }

    @Test
    void aReaderThatIsCutOff() throws InterruptedException {
        Dispatcher<String> shop = shop();
        Receiver<String> stock = shop.receiver("stock");
        var never = new CountDownLatch(1);
        shop.read(stock, (number, message) -> never.await());
        Sender<String> desk = shop.sender("desk", stock);
        desk.dispatch("m");
        Await.eventually("it is given", () -> stock.pending() == 0);
        assertThrows(RuntimeException.class, shop::close);
        assertThat(said(ClosedException.class, () -> stock.clock().waitUntil(1)))
                .isEqualTo(
                        "receiver \"stock\" was closed with its dispatcher, before its reader had finished, at number 1");
    }

    @Test
    void aMessageThatGetsNoNumberInTime() throws Exception {
        Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .pumpExecutor(pump -> {})
                .drainTimeout(Duration.ZERO)
                .open();
        Sender<String> desk = shop.sender("desk", shop.receiver("stock"));
        desk.send("first");
        CompletableFuture<Long> future = desk.dispatchAsync("second");
        assertThat(said(RuntimeException.class, shop::close))
                .isEqualTo(
                        "dispatcher \"shop\" did not close cleanly within its drainTimeout of 0 ms: 1 message of sender"
                                + " \"desk\" was not delivered (its pump was not started, channel 2 of 1024)");
        assertThat(assertThrows(ExecutionException.class, future::get).getCause())
                .isExactlyInstanceOf(ClosedException.class)
                .hasMessage("dispatcher \"shop\" is closed, and did not deliver this in time");
    }

    @Test
    void aPumpThatIsInterrupted() throws InterruptedException {
        AtomicReference<Thread> pump = new AtomicReference<>();
        try (Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .pumpExecutor(task -> pump.set(Thread.ofVirtual().start(task)))
                .open()) {
            Sender<String> desk = shop.sender("desk", shop.receiver("stock"));
            Objects.requireNonNull(pump.get()).interrupt();
            Objects.requireNonNull(pump.get()).join();
            assertThat(said(ClosedException.class, () -> desk.send("m")))
                    .isEqualTo("sender \"desk\" is closed: its pump was interrupted");
        }
    }

    @Test
    void aMergeThatIsClosed() {
        ForwardingDispatcher<String> merge = merge();
        Receiver<String> all = merge.receiver("all");
        Forwarder<String> east = merge.forwarder("east", all);
        Forwarder<String> west = merge.forwarder("west", all);
        west.close();
        assertThat(said(ClosedException.class, () -> west.forward(1, "m"))).isEqualTo("forwarder \"west\" is closed");
        merge.close();
        assertThat(said(ClosedException.class, () -> east.forward(1, "m"))).isEqualTo("merge \"log\" is closed");
        assertThat(said(ClosedException.class, merge::start))
                .isEqualTo("merge \"log\" is closed: nothing can be started");
        assertThat(said(ClosedException.class, () -> all.clock().waitUntil(3)))
                .isEqualTo(
                        "merge \"log\" is closed at number 0: 3 will not be given; receiver \"all\" stands at 0 of 0,"
                                + " nothing unfinished, 0 pending");
    }

    // ---- failed

    @Test
    void aFailedReceiver() throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            Sender<String> desk = shop.sender("desk", stock);
            desk.dispatch("m");
            stock.fail(CAUSE);
            for (Executable call : List.<Executable>of(
                    stock::receive,
                    () -> stock.clock().waitUntil(1),
                    () -> LogicalClock.allOf(
                                    stock.clock(), shop.receiver("other").clock())
                            .waitUntil(1),
                    () -> desk.clock().waitUntil(1),
                    () -> desk.send("m"),
                    () -> shop.read(stock, (number, message) -> {}))) {
                assertThat(said(FailedException.class, call))
                        .isEqualTo("receiver \"stock\" has failed at number 1:"
                                + " java.lang.IllegalArgumentException: bad order");
            }
        }
    }

    @Test
    void aHandlerThatThrows() throws InterruptedException {
        Dispatcher<String> shop = shop();
        Receiver<String> stock = shop.receiver("stock");
        shop.sender("desk", stock).dispatch("m");
        assertThat(said(
                        FailedException.class,
                        () -> stock.forEachMessage((number, message) -> {
                            throw CAUSE;
                        })))
                .isEqualTo("the handler of receiver \"stock\" has failed at number 1:"
                        + " java.lang.IllegalArgumentException: bad order");
        Receiver<String> audit = shop.receiver("audit");
        Thread reader = shop.read(audit, (number, message) -> {
            throw CAUSE;
        });
        shop.sender("clerk", audit).dispatch("m");
        reader.join();
        assertThat(said(FailedException.class, shop::close))
                .isEqualTo("the handler of receiver \"audit\" has failed at number 2:"
                        + " java.lang.IllegalArgumentException: bad order");
    }

    @Test
    void aFailedDispatcher() {
        Dispatcher<String> shop = shop();
        Receiver<String> stock = shop.receiver("stock");
        shop.fail(CAUSE);
        String all = "dispatcher \"shop\" has failed at number 0: java.lang.IllegalArgumentException: bad order";
        assertThat(said(FailedException.class, () -> shop.receiver("new"))).isEqualTo(all);
        assertThat(said(FailedException.class, shop::close)).isEqualTo(all);
        assertThat(said(FailedException.class, stock::receive))
                .isEqualTo("receiver \"stock\" has failed with its dispatcher at number 0:"
                        + " java.lang.IllegalArgumentException: bad order");
    }

    @Test
    void aFailedStage() throws InterruptedException {
        try (Dispatcher<String> shop = shop();
                ForwardingDispatcher<String> merge = merge()) {
            Receiver<String> orders = shop.receiver("orders");
            Receiver<String> all = merge.receiver("all");
            merge.stage(
                    orders,
                    (number, order) -> {
                        throw CAUSE;
                    },
                    all);
            shop.sender("desk", orders).send("m");
            assertThat(said(FailedException.class, () -> all.clock().waitUntil(1)))
                    .isEqualTo("receiver \"all\" has failed, as link \"shop/orders\" has failed, at number 0:"
                            + " java.lang.IllegalArgumentException: bad order");
            assertThat(said(FailedException.class, () -> orders.clock().waitUntil(1)))
                    .isEqualTo("receiver \"orders\" has failed, as link \"shop/orders\" has failed, at number 1:"
                            + " java.lang.IllegalArgumentException: bad order");
        }
    }

    // ---- deadlocks, and readers

    @Test
    void aDeadlock() throws InterruptedException {
        var builder = Dispatcher.builder().name("shop");
        WatchAge.set(builder, Duration.ofMillis(20));
        try (Dispatcher<String> shop = builder.open()) {
            Receiver<String> stock = shop.receiver("stock");
            Receiver<String> audit = shop.receiver("audit");
            var bothInHand = new CountDownLatch(2);
            AtomicReference<String> text = new AtomicReference<>();
            shop.read(stock, (number, message) -> waitFor(audit, number, bothInHand, text));
            shop.read(audit, (number, message) -> waitFor(stock, number, bothInHand, text));
            Sender<String> both = shop.sender("both", stock, audit);
            both.clock().waitUntil(both.dispatch("m"));
            String stockFirst = "deadlock: \"shop/reader-stock\" waits for the clock of \"audit\" to reach 1, held by"
                    + " \"shop/reader-audit\", which waits for the clock of \"stock\" to reach 1, held by"
                    + " \"shop/reader-stock\". In the handler of n, wait for n - 1.";
            String auditFirst = "deadlock: \"shop/reader-audit\" waits for the clock of \"stock\" to reach 1, held by"
                    + " \"shop/reader-stock\", which waits for the clock of \"audit\" to reach 1, held by"
                    + " \"shop/reader-audit\". In the handler of n, wait for n - 1.";
            assertThat(text.get()).isIn(stockFirst, auditFirst);
        }
    }

    private static void waitFor(
            Receiver<String> other, long number, CountDownLatch bothInHand, AtomicReference<String> text)
            throws InterruptedException {
        bothInHand.countDown();
        bothInHand.await();
        try {
            other.clock().waitUntil(number);
        } catch (IllegalStateException e) {
            text.set(e.getMessage());
        }
    }

    @Test
    void aReaderThatWaitsForItself() throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            Sender<String> desk = shop.sender("desk", stock);
            desk.dispatch("m");
            AtomicReference<String> text = new AtomicReference<>();
            Thread reader = Thread.ofPlatform().name("clerk").start(() -> {
                try {
                    stock.receive();
                    text.set(said(
                            IllegalStateException.class, () -> stock.clock().waitUntil(1)));
                    stock.acknowledge();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            reader.join();
            assertThat(text.get())
                    .isEqualTo(
                            "deadlock: \"clerk\" waits for the clock of \"stock\" to reach 1, held by \"clerk\", which has"
                                    + " 1 in hand. With n in hand, wait for n - 1.");
            AtomicReference<String> ofAll = new AtomicReference<>();
            shop.read(
                    stock,
                    (number, message) -> ofAll.set(
                            said(IllegalStateException.class, () -> desk.clock().waitUntil(number))));
            stock.clock().waitUntil(desk.dispatch("m"));
            assertThat(ofAll.get())
                    .isEqualTo(
                            "deadlock: \"shop/reader-stock\" waits for the clock of sender \"desk\" to reach 2, held by"
                                    + " \"shop/reader-stock\", which has 2 in hand. In the handler of n, wait for n - 1.");
        }
    }

    @Test
    void twoReaders() throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            AtomicReference<String> own = new AtomicReference<>();
            shop.read(stock, (number, message) -> own.set(said(IllegalStateException.class, stock::receive)));
            String other = "receiver \"stock\" is being read by another thread, \"shop/reader-stock\"";
            assertThat(said(IllegalStateException.class, stock::receive)).isEqualTo(other);
            assertThat(said(IllegalStateException.class, () -> shop.read(stock, (number, message) -> {})))
                    .isEqualTo(other);
            stock.clock().waitUntil(shop.sender("desk", stock).dispatch("m"));
            assertThat(own.get())
                    .isEqualTo("receiver \"stock\" is being read by this thread already: a handler cannot read its own"
                            + " receiver");
        }
    }

    @Test
    void acknowledgingInABatch() throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            Sender<String> desk = shop.sender("desk", stock);
            desk.dispatch("m");
            desk.close();
            stock.forEachBatch(
                    1,
                    batch -> assertThat(said(IllegalStateException.class, stock::acknowledge))
                            .isEqualTo(
                                    "receiver \"stock\" is in the handler of a batch, which finishes all of it when it returns"));
        }
    }

    @Test
    void closingInAHandler() throws InterruptedException {
        Dispatcher<String> shop = shop();
        Receiver<String> stock = shop.receiver("stock");
        AtomicReference<String> text = new AtomicReference<>();
        shop.read(stock, (number, message) -> text.set(said(IllegalStateException.class, shop::close)));
        stock.clock().waitUntil(shop.sender("desk", stock).dispatch("m"));
        assertThat(text.get())
                .isEqualTo(
                        "dispatcher \"shop\" cannot be closed by its own thread \"shop/reader-stock\", which close() would"
                                + " wait for; nothing was closed");
        shop.close();
    }

    // ---- what is refused

    @Test
    void executorsThatDoNotRunPumps() {
        try (Dispatcher<String> shop =
                Dispatcher.builder().name("shop").pumpExecutor(Runnable::run).open()) {
            Receiver<String> stock = shop.receiver("stock");
            assertThat(said(RejectedExecutionException.class, () -> shop.sender("desk", stock)))
                    .isEqualTo(
                            "the pump of sender \"desk\" was run on the calling thread; a pump executor must run it on"
                                    + " another");
        }
        try (Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .pumpExecutor(pump -> {
                    throw CAUSE;
                })
                .open()) {
            Receiver<String> stock = shop.receiver("stock");
            assertThat(said(RejectedExecutionException.class, () -> shop.sender("desk", stock)))
                    .isEqualTo("the pump executor did not take the pump of sender \"desk\" of dispatcher \"shop\":"
                            + " java.lang.IllegalArgumentException");
        }
    }

    @Test
    void theLastNumber() throws InterruptedException {
        try (Dispatcher<String> shop =
                Dispatcher.builder().name("shop").startAfter(Long.MAX_VALUE - 2).open()) {
            Sender<String> desk = shop.broadcaster("desk");
            assertThat(desk.dispatch("last")).isEqualTo(Long.MAX_VALUE - 1);
            assertThat(said(IllegalStateException.class, () -> desk.dispatch("more")))
                    .isEqualTo("dispatcher \"shop\" has given its last number, 9223372036854775806");
        }
    }

    @Test
    void lateMessages() throws InterruptedException {
        try (ForwardingDispatcher<String> merge = merge()) {
            Forwarder<String> east = merge.forwarder("east", merge.receiver("all"));
            east.advance(7);
            assertThat(said(LateMessageException.class, () -> east.forward(5, "m")))
                    .isEqualTo(
                            "forwarder \"east\" cannot forward number 5: it has promised that nothing up to 7 will come"
                                    + " from it any more. A forward of n promises n - 1, also where it is refused or withdrawn for"
                                    + " want of room.");
        }
    }

    @Test
    void linksThatWouldBeLate() throws InterruptedException {
        try (Dispatcher<String> shop = shop();
                ForwardingDispatcher<String> merge = merge()) {
            Receiver<String> orders = shop.receiver("orders");
            Receiver<String> all = merge.receiver("all");
            shop.sender("desk", orders).dispatch("m");
            merge.forwarder("east", all).advance(5);
            assertThat(said(IllegalStateException.class, () -> merge.link(orders, all)))
                    .isEqualTo(
                            "receiver \"orders\" of dispatcher \"shop\" cannot be linked: the link would join at number 5,"
                                    + " and 1 is unfinished there, which would be late. Link it before it is behind, or while the"
                                    + " merge is held.");
            orders.discard();
        }
    }

    @Test
    void arguments() throws InterruptedException {
        Class<IllegalArgumentException> illegal = IllegalArgumentException.class;
        String last = "9223372036854775806";
        try (Dispatcher<String> shop = shop();
                Dispatcher<String> other = Dispatcher.builder().name("other").open()) {
            Receiver<String> stock = shop.receiver("stock");
            Receiver<String> foreign = other.receiver("foreign");
            shop.sender("desk", stock);
            assertThat(said(illegal, () -> Dispatcher.builder().inboxCapacity(0)))
                    .isEqualTo("capacity must be between 1 and 1073741824, but was 0");
            assertThat(said(illegal, () -> Dispatcher.builder().startAfter(-1)))
                    .isEqualTo("sequence must be between 0 and " + last + ", but was -1");
            assertThat(said(illegal, () -> stock.clock().waitUntil(Long.MAX_VALUE)))
                    .isEqualTo("sequence must be between 0 and " + last + ", but was 9223372036854775807");
            assertThat(said(illegal, () -> stock.clock().explain(-1)))
                    .isEqualTo("sequence must be between 0 and " + last + ", but was -1");
            assertThat(said(illegal, () -> stock.drain((number, message) -> {}, 0)))
                    .isEqualTo("max must be at least 1, but was 0");
            assertThat(said(illegal, LogicalClock::allOf)).isEqualTo("allOf needs at least one clock, but got []");
            assertThat(said(illegal, () -> shop.sender("new", List.of())))
                    .isEqualTo("sender \"new\" needs at least one receiver, but got []");
            assertThat(said(illegal, () -> shop.sender("new", foreign)))
                    .isEqualTo("receiver \"foreign\" is one of dispatcher \"other\", not of dispatcher \"shop\"");
            assertThat(said(illegal, () -> shop.receiver("stock")))
                    .isEqualTo("name \"stock\" is taken by a receiver of dispatcher \"shop\"");
            assertThat(said(illegal, () -> shop.sender("desk", stock)))
                    .isEqualTo("there is an open sender \"desk\" in dispatcher \"shop\"");
            assertThat(said(NullPointerException.class, () -> shop.receiver(null)))
                    .isEqualTo("name");
        }
    }
}
