package io.github.clockeddispatch.engine.merging;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Inside;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** F8: an idle link is woken for just the numbers that the merge needs. */
class RelayTest {
    private static final long NOTHING = Long.MAX_VALUE;

    @Test
    void anIdleLinkWaitsForTheNumberThatIsNeededAndForNoOther() throws Exception {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> idle = top.receiver("idle");
            Sender<String> toOther = top.sender("to other", top.receiver("other"));
            Receiver<String> receiver = merge.receiver("receiver");
            merge.link(idle, receiver);
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);

            dispatch(toOther, 100);
            assertEquals(100, idle.clock().time());
            assertEquals(NOTHING, watched(idle), "nothing is held back or waited for");

            forwarder.forward(150, "held back");
            assertEquals(NOTHING, watched(idle), "nobody waits for what is held back");
            FutureTask<Delivery<String>> reading = new FutureTask<>(receiver::receiveMessage);
            Thread reader = Thread.ofVirtual().start(reading);
            awaitWatched(idle, 150);
            dispatch(toOther, 49);
            assertEquals(150, watched(idle), "it has not been woken");
            assertEquals(0, receiver.pending());

            dispatch(toOther, 1);
            assertEquals(new Delivery.Message<>(150, "held back"), reading.get());
            reader.join();
            awaitWatched(idle, NOTHING);
        }
    }

    @Test
    void aLinkThatEndsLeavesNothingAmongTheWaitsAbove() throws Exception {
        Dispatcher<String> top = Dispatcher.open();
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> above = top.receiver("above");
            Receiver<String> receiver = merge.receiver("receiver");
            merge.link(above, receiver);
            merge.forwarder("forwarder", receiver).forward(5, "held back by the link");
            FutureTask<Delivery<String>> reading = new FutureTask<>(receiver::receiveMessage);
            Thread reader = Thread.ofVirtual().start(reading);
            awaitWatched(above, 5);

            top.close();
            assertEquals(new Delivery.Message<>(5, "held back by the link"), reading.get());
            reader.join();
            assertEquals(NOTHING, watched(above));
        }
    }

    @Test
    void aLinkThatHasForwardedTakesNoLockForTheNext() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> above = top.receiver("above");
            Receiver<String> receiver = merge.receiver("receiver");
            merge.link(above, receiver);
            Sender<String> sender = top.sender("s", above);
            sender.dispatch("first");
            assertEquals(new Delivery.Message<>(1, "first"), receiver.receiveMessage());
            Inside.of(receiver).core.lock.lock();
            try {
                sender.dispatch("second");
                await().until(() -> Inside.of(receiver).accepted() == 2);
            } finally {
                Inside.of(receiver).core.lock.unlock();
            }
            assertEquals(new Delivery.Message<>(2, "second"), receiver.receiveMessage());
        }
    }

    @Test
    void aThreadThatForwardsPartsTakesNoLockOnceItHasPromised() throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);
            CountDownLatch locked = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            FutureTask<Void> forwards = new FutureTask<>(() -> {
                for (int i = 1; i <= 3; i++) {
                    if (i == 3) {
                        begun.countDown();
                        locked.await();
                    }
                    forwarder.forwardPart(i, "part");
                    forwarder.advance(i);
                }
                return null;
            });
            Thread thread = Thread.startVirtualThread(forwards);
            begun.await();
            Inside.of(receiver).core.lock.lock();
            try {
                locked.countDown();
                await().until(forwards::isDone);
            } finally {
                Inside.of(receiver).core.lock.unlock();
            }
            forwards.get();
            thread.join();
            assertEquals(3, merge.sequence());
        }
    }

    private static void dispatch(Sender<String> sender, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            sender.dispatch("m");
        }
    }

    private static void awaitWatched(Receiver<String> receiver, long number) {
        await().until(() -> watched(receiver) == number);
    }

    /** The least number at which somebody is woken by the receiver's clock. */
    private static long watched(Receiver<String> receiver) {
        Inside.of(receiver).core.lock.lock();
        try {
            return Inside.of(receiver).waits.firstSequence();
        } finally {
            Inside.of(receiver).core.lock.unlock();
        }
    }
}
