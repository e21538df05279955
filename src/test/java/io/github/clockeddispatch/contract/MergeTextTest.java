package io.github.clockeddispatch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What a merge and its links say where something is wrong: each is called what it is. */
class MergeTextTest {

    private static final Duration SHORT = Duration.ofMillis(20);

    /** How long something has lasted: that depends on how busy the machine is. */
    private static final String TIME = "\\d+(\\.\\d)? m?s";

    private static String said(Exception e) {
        return Objects.requireNonNull(e.getMessage())
                .replaceAll(TIME, "…")
                .replaceAll("(lambda\\$)?(\\w+)(\\$\\d+)?\\(MergeTextTest.java:\\d+\\)", "$2(…)");
    }

    private static ForwardingDispatcher<String> merge(Duration drainTimeout) {
        return ForwardingDispatcher.builder()
                .name("shop")
                .channelCapacity(2)
                .drainTimeout(drainTimeout)
                .open();
    }

    @Test
    void aHeldMergeIsNamed() throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .name("shop")
                .channelCapacity(1)
                .held()
                .open();
        Receiver<String> all = merge.receiver("all");
        Forwarder<String> east = merge.forwarder("east", all);
        east.forward(5, "bolt");
        Thread clock = Thread.ofVirtual().start(() -> {
            try {
                all.clock().waitUntil(5);
            } catch (InterruptedException | DispatchException e) {
                // the merge is closed
            }
        });
        Thread forward = Thread.ofVirtual().start(() -> {
            try {
                east.forward(6, "nut");
            } catch (InterruptedException | DispatchException e) {
                // the merge is closed
            }
        });
        Await.eventually("both wait", () -> merge.snapshot().waits().size() == 2);
        assertThat(merge.snapshot().waits())
                .extracting(Snapshot.Wait::waitsFor)
                .containsExactlyInAnyOrder(
                        "the clock of \"all\" to reach 5 (merge \"shop\" is held, and start() was not called)",
                        "room in the buffer of forwarder \"east\" (merge \"shop\" is held, and start() was not called)");
        assertThat(merge.snapshot().receivers().getFirst().heldBack().source()).isEmpty();

        assertThat(said(assertThrows(DispatchException.class, merge::close)))
                .isEqualTo("merge \"shop\" did not close cleanly: 1 message of forwarder \"east\" was not delivered"
                        + " (in its buffer of 1), held back: receiver \"all\" stands at 0 of 0, first unfinished 5,"
                        + " 0 pending, waits for start() of merge \"shop\", which is held, 1 held back");
        clock.join();
        forward.join();
    }

    @Test
    void aLinkThatHoldsBackIsNoForwarder() throws InterruptedException {
        try (Dispatcher<String> top =
                Dispatcher.builder().name("top").startAfter(4).open()) {
            Receiver<String> orders = top.receiver("orders");
            ForwardingDispatcher<String> merge = merge(SHORT);
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            merge.link(orders, all);
            east.forward(5, "bolt");
            assertThat(all.clock().waitUntil(5, SHORT)).isFalse();

            assertThat(said(assertThrows(DispatchException.class, merge::close)))
                    .endsWith("held back: receiver \"all\" stands at 4 of 4, first unfinished 5, 0 pending,"
                            + " waits for link \"top/orders\", which has promised 4, for …, 1 held back");
        }
    }

    @Test
    void anOpenLinkOfThatNameIsNoForwarder() {
        try (Dispatcher<String> top = Dispatcher.builder().name("top").open();
                ForwardingDispatcher<String> merge = merge(SHORT)) {
            Receiver<String> all = merge.receiver("all");
            merge.link(top.receiver("orders"), all);

            assertThat(assertThrows(IllegalArgumentException.class, () -> merge.forwarder("top/orders", all)))
                    .hasMessage("there is an open link \"top/orders\" in merge \"shop\"");
        }
    }

    @Test
    void aReaderOfAMergeHasNoInbox() throws InterruptedException {
        var never = new CountDownLatch(1);
        ForwardingDispatcher<String> merge = merge(SHORT);
        Receiver<String> all = merge.receiver("all");
        merge.read(all, (number, item) -> never.await());
        Forwarder<String> east = merge.forwarder("east", all);
        east.forward(1, "bolt");
        Await.eventually("it is in hand", () -> all.pending() == 0);
        east.forward(2, "nut");
        east.forward(3, "screw");

        assertThat(said(assertThrows(DispatchException.class, merge::close)))
                .isEqualTo(
                        "merge \"shop\" did not close cleanly within its drainTimeout of …: the reader of \"all\" was"
                                + " interrupted in the handler of 1 for at least …, with 2 more pending");
    }

    @Test
    void aStageIsNoHandler() throws InterruptedException {
        var end = new CountDownLatch(1);
        try (Dispatcher<String> top =
                        Dispatcher.builder().name("top").inboxCapacity(1).open();
                ForwardingDispatcher<String> merge = merge(Duration.ofSeconds(9))) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> all = merge.receiver("all");
            merge.stage(
                    orders,
                    (number, order) -> {
                        end.await();
                        return List.of(order);
                    },
                    all);
            Sender<String> desk = top.sender("desk", orders);
            desk.dispatch("bolt");
            desk.dispatch("nut");

            assertThat(said(assertThrows(TimeoutException.class, () -> desk.dispatch("screw", SHORT))))
                    .isEqualTo(
                            "dispatch by sender \"desk\" timed out after … and was withdrawn: the inbox of \"orders\" is"
                                    + " full (1 of 1); its reader, link \"top/orders\", has been in the stage of 1 for at least …,"
                                    + " at io.github.clockeddispatch.contract.MergeTextTest.aStageIsNoHandler(…)");
            end.countDown();
        }
    }

    @Test
    void adviceToAStage() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.builder().name("top").open();
                ForwardingDispatcher<String> merge = merge(Duration.ofSeconds(9))) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> all = merge.receiver("all");
            merge.stage(
                    orders,
                    (number, order) -> {
                        orders.clock().waitUntil(number);
                        return List.of(order);
                    },
                    all);
            top.sender("desk", orders).send("bolt");

            assertThat(said(assertThrows(
                            FailedException.class, () -> all.clock().waitUntil(1))))
                    .endsWith("which has 1 in hand. In the stage of n, wait for n - 1.");
        }
    }

    @Test
    void whatIsInTheWayOfANumberAfterARefusedForward() throws InterruptedException {
        try (ForwardingDispatcher<String> merge = merge(Duration.ofSeconds(9))) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            east.forward(1, "bolt");
            east.forward(2, "nut");
            assertThat(east.tryForward(9, "screw")).isFalse();

            assertThat(said(assertThrows(LateMessageException.class, () -> east.tryForward(8, "pin"))))
                    .isEqualTo(
                            "forwarder \"east\" cannot forward number 8: it has promised that nothing up to 8 will come"
                                    + " from it any more. A forward of n promises n - 1, also where it is refused or withdrawn"
                                    + " for want of room.");
        }
    }

    @Test
    void aFailureHasOneNumber() throws InterruptedException {
        try (ForwardingDispatcher<String> merge = merge(SHORT)) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            Forwarder<String> west = merge.forwarder("west", all);
            west.advance(9);
            east.forward(5, "bolt");
            all.receiveMessage();
            east.fail(new IllegalStateException("the source is broken"));

            FailedException failed = assertThrows(FailedException.class, all::receive);
            assertThat(said(failed))
                    .isEqualTo("receiver \"all\" has failed, as forwarder \"east\" has failed, at number 5:"
                            + " java.lang.IllegalStateException: the source is broken");
            assertThat(failed.sequence()).isEqualTo(5);
        }
    }
}
