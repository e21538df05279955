package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges at their edges: the last number, refusals, starts, ends, and threads that come in each other's way. */
class EdgesTest {

    private static final long LAST = Long.MAX_VALUE - 1;
    private static final RuntimeException PURPOSE = new IllegalArgumentException("on purpose");

    // ---- the last number

    @Test
    @SuppressWarnings("try") // closes the upper one in its midst
    void aLinkPromisesTheLastNumberAndEnds() throws Exception {
        try (ForwardingDispatcher<String> upper = ForwardingDispatcher.open();
                ForwardingDispatcher<String> lower = ForwardingDispatcher.open()) {
            Receiver<String> from = upper.receiver("from");
            Receiver<String> to = lower.receiver("to");
            Forwarder<String> forwarder = upper.forwarder("forwarder", from);
            lower.link(from, to);
            forwarder.forward(LAST - 1, "last but one");
            assertThat(to.receiveMessage()).isEqualTo(new Delivery.Message<>(LAST - 1, "last but one"));
            to.acknowledge();
            forwarder.advance(LAST);
            assertThat(to.clock().waitUntil(LAST, Await.BOUND)).isTrue();
            assertThat(to.receive(Await.BOUND)).contains(new Delivery.Tick<>(LAST));
            upper.close();
            assertThat(to.receive(Await.BOUND)).contains(new Delivery.End<>(LAST));
            assertThat(to.clock().time()).isEqualTo(LAST);
        }
    }

    // ---- numbers far apart, and below where a receiver has joined

    @Test
    void aReaderIsWokenByWhatIsFarBelowWhatOthersHavePromised() throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> receiver = merge.receiver("r");
            Forwarder<String> first = merge.forwarder("first", receiver);
            Forwarder<String> second = merge.forwarder("second", receiver);
            long far = 1L << 44;
            second.advance(far);
            FutureTask<Delivery<String>> given = readerThatSleeps(receiver);
            first.advance(2 * far);
            second.forward(far + 1, "x");
            assertThat(given.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(new Delivery.Message<>(far + 1, "x"));
        }
    }

    /** What it will be given. */
    private static FutureTask<Delivery<String>> readerThatSleeps(Receiver<String> receiver) {
        FutureTask<Delivery<String>> given = new FutureTask<>(receiver::receiveMessage);
        Thread reads = Thread.startVirtualThread(given);
        Await.eventually("the reader sleeps", () -> reads.getState() == Thread.State.WAITING);
        return given;
    }

    @ParameterizedTest
    @ValueSource(longs = {10, (1L << 46) + 1000, 1_764_295_000_000_000L})
    void whoHasJoinedAboveAPromiseWaitsForThat(long joinedAt) throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Forwarder<String> ahead = merge.broadcaster("ahead");
            Forwarder<String> behind = merge.broadcaster("behind");
            ahead.forward(joinedAt, "to nobody");
            Receiver<String> receiver = merge.receiver("r");
            assertThat(receiver.joinedAt()).isEqualTo(joinedAt);
            ahead.forward(joinedAt + 5, "later");
            assertThat(receiver.tryReceive()).isEmpty();
            behind.forward(joinedAt + 2, "sooner");
            behind.close();
            assertThat(receiver.receiveMessage()).isEqualTo(new Delivery.Message<>(joinedAt + 2, "sooner"));
            assertThat(receiver.receiveMessage()).isEqualTo(new Delivery.Message<>(joinedAt + 5, "later"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoJoinsWhenTheLastReceiverHasTakenABroadcastWithItJoinsAboveThat(boolean held) throws Exception {
        ForwardingDispatcher.Builder builder = ForwardingDispatcher.builder();
        try (ForwardingDispatcher<String> merge = (held ? builder.held() : builder).open()) {
            Receiver<String> leaves = merge.receiver("leaves");
            Forwarder<String> one = merge.broadcaster("one");
            merge.broadcaster("other"); // holds back what comes from the one
            one.forward(3, "discarded");
            leaves.discard();
            Receiver<String> joins = merge.receiver("joins");
            assertThat(joins.joinedAt()).isEqualTo(3);
            assertThat(joins.pending()).isZero();
            one.forward(4, "to nobody");
            joins.discard();
            assertThat(merge.receiver("last").joinedAt()).isEqualTo(4);
        }
    }

    @Test
    void whoJoinsAHeldMergeJoinsAboveWhatWasForwardedToNobody() throws Exception {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().held().open()) {
            merge.broadcaster("one").forward(3, "to nobody");
            assertThat(merge.receiver("r").joinedAt()).isEqualTo(3);
        }
    }

    @Test
    void aForwarderMayBeHandedFromThreadToThread() throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> receiver = merge.receiver("r");
            Forwarder<String> forwarder = merge.forwarder("f", receiver);
            for (int i = 1; i <= 9; i += 3) {
                int number = i;
                forwarder.forward(number, "x");
                Thread other = Thread.startVirtualThread(() -> forwarder.advance(number + 1));
                other.join();
                assertThat(receiver.receive().sequence()).isEqualTo(number);
                receiver.acknowledge();
                assertThat(receiver.clock().time()).isEqualTo(number + 1);
                assertThatThrownBy(() -> forwarder.forward(number + 1, "late"))
                        .isInstanceOf(LateMessageException.class);
                FutureTask<Void> forwards = new FutureTask<>(() -> {
                    forwarder.forwardPart(number + 2, "y");
                    forwarder.advance(number + 2);
                    return null;
                });
                Thread.startVirtualThread(forwards);
                forwards.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                assertThat(receiver.receive().sequence()).isEqualTo(number + 2);
            }
        }
    }

    @Test
    void aReaderThatHasJoinedAboveAPromiseIsWoken() throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Forwarder<String> before = merge.broadcaster("before");
            Forwarder<String> one = merge.broadcaster("one");
            Forwarder<String> other = merge.broadcaster("other");
            before.forward(10, "to nobody");
            before.close();
            Receiver<String> receiver = merge.receiver("r");
            one.advance(1);
            other.advance(1);
            FutureTask<Delivery<String>> given = readerThatSleeps(receiver);
            one.advance(20);
            other.forward(12, "x");
            assertThat(given.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Delivery.Message<>(12, "x"));
        }
    }

    @Test
    void aLinkThatIsRefusedDoesNotBecomeTheReader() throws Exception {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> from = top.receiver("from");
            Receiver<String> to = merge.receiver("to");
            merge.forwarder("ahead", to).advance(100);
            top.sender("s", from).dispatch("x");
            from.receiveMessage();
            assertThatThrownBy(() -> merge.link(from, to)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> from.clock().waitUntil(1)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aCounterAtItsEndWithALink() throws Exception {
        try (Dispatcher<String> top = Dispatcher.builder().startAfter(LAST - 2).open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> from = top.receiver("from");
            Receiver<String> to = merge.receiver("to");
            merge.link(from, to);
            Sender<String> sender = top.sender("sender", from);
            assertThat(sender.dispatch("last but one")).isEqualTo(LAST - 1);
            assertThat(sender.dispatch("last")).isEqualTo(LAST);
            assertThatThrownBy(() -> sender.dispatch("too many")).isInstanceOf(RuntimeException.class);
            assertThat(to.receiveMessage()).isEqualTo(new Delivery.Message<>(LAST - 1, "last but one"));
            assertThat(to.clock().time()).isLessThan(LAST - 1);
        }
    }

    // ---- held

    @Test
    void whoWaitsForAHeldMergeIsToldWhenItStarts() throws Exception {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().held().open()) {
            Receiver<String> idle = merge.receiver("idle");
            Receiver<String> fed = merge.receiver("fed");
            Forwarder<String> forwarder = merge.forwarder("forwarder", fed);
            CompletableFuture<Long> five = fed.clock().whenReached(5);
            CompletableFuture<Long> idleFive = idle.clock().whenReached(5);
            forwarder.advance(4);
            assertThat(five).isNotDone();
            merge.start();
            forwarder.advance(10);
            assertThat(five.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(idleFive.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    @Test
    void whatWasPromisedBeforeTheStartCounts() throws Exception {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().held().open()) {
            Receiver<String> idle = merge.receiver("idle");
            Receiver<String> fed = merge.receiver("fed");
            Forwarder<String> forwarder = merge.forwarder("forwarder", fed);
            CompletableFuture<Long> five = fed.clock().whenReached(5);
            CompletableFuture<Long> idleFive = idle.clock().whenReached(5);
            forwarder.advance(10);
            merge.start();
            assertThat(five.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(5);
            assertThat(idleFive.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(5);
        }
    }

    @Test
    void whoWaitsForAReceiverThatIsDiscardedWhileHeldIsTold() {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().held().open()) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver, merge.receiver("other"));
            CompletableFuture<Long> before = receiver.clock().whenReached(5);
            receiver.discard();
            CompletableFuture<Long> after = receiver.clock().whenReached(5);
            merge.start();
            forwarder.advance(10);
            for (CompletableFuture<Long> future : List.of(before, after)) {
                assertThatThrownBy(() -> future.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ClosedException.class);
            }
            assertThat(receiver.clock().time()).isZero();
        }
    }

    // ---- buffers

    @Test
    void aBufferThatWasMadeSmallAgainPromisesWhatItDid() throws Exception {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(20_000).open()) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);
            for (long number = 1; number <= 10_000; number++) {
                forwarder.forward(number, "message"); // more than a buffer keeps slots for
            }
            Thread reader = merge.read(receiver, (number, message) -> {});
            assertThat(receiver.clock().waitUntil(10_000, Await.BOUND)).isTrue();
            Await.blocked(reader);
            assertThat(receiver.clock().time()).isEqualTo(10_000);
            assertThat(merge.sequence()).isEqualTo(10_000);
            forwarder.forwardPart(10_001, "message");
            assertThat(receiver.clock().time()).isEqualTo(10_000);
            forwarder.advance(10_001);
            assertThat(receiver.clock().waitUntil(10_001, Await.BOUND)).isTrue();
        }
    }

    // ---- refusals and failures

    @Test
    void aRefusedReceiverChangesNothing() {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> taken = merge.receiver("taken");
            merge.forwarder("slow", taken).advance(5);
            merge.broadcaster("fast").advance(100);
            assertThat(merge.sequence()).isEqualTo(5);
            assertThatThrownBy(() -> merge.receiver("taken")).isInstanceOf(IllegalArgumentException.class);
            assertThat(merge.sequence()).isEqualTo(5);
            assertThatThrownBy(() -> merge.forwarder("slow", taken)).isInstanceOf(IllegalArgumentException.class);
            assertThat(merge.sequence()).isEqualTo(5);
            assertThat(merge.receiver("free").joinedAt()).isEqualTo(100);
        }
    }

    @Test
    void aFailureTellsOfWhatWasHeldBack() {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> receiver = merge.receiver("receiver");
        Forwarder<String> early = merge.forwarder("early", receiver);
        merge.forwarder("late", receiver);
        assertThat(early.tryForward(7, "held back")).isTrue();
        receiver.fail(PURPOSE);
        assertThatThrownBy(() -> merge.awaitFinished(Await.BOUND))
                .isInstanceOf(FailedException.class)
                .hasCause(PURPOSE);
        assertThatThrownBy(receiver::receiveMessage)
                .isInstanceOfSatisfying(
                        FailedException.class, e -> assertThat(e.sequence()).isEqualTo(7));
        assertThatThrownBy(merge::close).hasMessageContaining("1 message of forwarder \"early\"");
    }

    // ---- stages

    @Test
    void resultsAreReadOneByOne() throws Exception {
        AtomicInteger made = new AtomicInteger();
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<Integer> merge =
                        ForwardingDispatcher.builder().channelCapacity(4).open()) {
            Receiver<String> from = top.receiver("from");
            Receiver<Integer> to = merge.receiver("to");
            merge.<String>stage(from, (number, message) -> new Lazy(made, 8_000_000, null), to);
            top.sender("sender", from).dispatch("one");
            top.sender("other", from).dispatch("two");
            Await.eventually("some are made", () -> made.get() > 8);
            assertThat(made.get()).isLessThan(8_000_000);
            to.discard();
        }
    }

    @Test
    void whatTheirIteratorThrowsFailsTheForwarderAlone() throws Exception {
        for (Throwable thrown : List.of(PURPOSE, new OutOfMemoryError("on purpose"))) {
            AtomicInteger made = new AtomicInteger();
            Dispatcher<String> top = Dispatcher.open();
            ForwardingDispatcher<Integer> merge = ForwardingDispatcher.open();
            Receiver<String> from = top.receiver("from");
            Receiver<Integer> to = merge.receiver("to");
            Receiver<Integer> other = merge.receiver("other");
            Forwarder<Integer> forwarder = merge.forwarder("forwarder", other);
            merge.<String>stage(from, (number, message) -> new Lazy(made, 3, thrown), to);
            top.sender("sender", from).send("one");
            assertThatThrownBy(() -> to.clock().waitUntil(1))
                    .isInstanceOf(FailedException.class)
                    .hasCause(thrown);
            assertThatThrownBy(() -> from.clock().waitUntil(1))
                    .isInstanceOf(FailedException.class)
                    .hasCause(thrown);
            forwarder.forward(1, 1);
            assertThat(other.receive()).isEqualTo(new Delivery.Message<>(1, 1));
            other.acknowledge();
            assertThatThrownBy(merge::close).hasMessageContaining("2 messages of link"); // the results before
            top.close();
        }
    }

    /** A list whose results are made when they are read; then, it may throw. */
    private static final class Lazy extends AbstractList<Integer> {
        private final AtomicInteger made;
        private final int size;
        private final Throwable thrown;

        Lazy(AtomicInteger made, int size, Throwable thrown) {
            this.made = made;
            this.size = size;
            this.thrown = thrown;
        }

        @Override
        public Integer get(int index) {
            if (index == size - 1 && thrown instanceof RuntimeException e) {
                throw e;
            }
            if (index == size - 1 && thrown instanceof Error e) {
                throw e;
            }
            return made.incrementAndGet();
        }

        @Override
        public Iterator<Integer> iterator() {
            return listIterator();
        }

        @Override
        public int size() {
            return size;
        }
    }

    // ---- threads that come in each other's way

    @Test
    void whoPromisesWithoutPauseHoldsNobodyUp() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);
            Thread promises = Thread.ofPlatform().start(() -> {
                for (long number = 1; !ended.get(); number++) {
                    forwarder.advance(number);
                }
            });
            try {
                for (int i = 0; i < 200; i++) {
                    long number = receiver.clock().time() + 10;
                    CompletableFuture<Long> reached = receiver.clock().whenReached(number);
                    assertThat(merge.snapshot().receivers()).hasSize(1);
                    Receiver<String> visitor = merge.receiver("visitor");
                    Forwarder<String> other = merge.forwarder("visits", visitor, receiver);
                    other.close();
                    visitor.discard();
                    assertThat(reached.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                            .isEqualTo(number);
                }
            } finally {
                ended.set(true);
                promises.join();
            }
        }
    }

    @Test
    void aForwardThatWaitsIsNotAcceptedBelowWhatAnotherThreadPromised() throws Exception {
        int late = 0;
        for (int round = 0; round < 3_000; round++) {
            try (ForwardingDispatcher<String> merge =
                    ForwardingDispatcher.builder().channelCapacity(1).open()) {
                Receiver<String> receiver = merge.receiver("receiver");
                Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);
                forwarder.forward(1, "first");
                FutureTask<Boolean> forwards = new FutureTask<>(() -> {
                    try {
                        forwarder.forward(5, "waits");
                        return true;
                    } catch (LateMessageException e) {
                        return false;
                    }
                });
                Thread thread = Thread.startVirtualThread(forwards);
                Await.eventually("it has promised 4, and waits", () -> forwarderPromise(merge) == 4);
                AtomicLong clockSeen = new AtomicLong();
                Thread overtakes = Thread.startVirtualThread(() -> {
                    forwarder.advance(9);
                    clockSeen.set(receiver.clock().time());
                });
                assertThat(receiver.tryReceive()).isPresent();
                receiver.acknowledge();
                overtakes.join();
                boolean accepted = forwards.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                thread.join();
                if (accepted) {
                    assertThat(clockSeen.get()).isLessThan(5); // it was there before 9 was promised
                    assertThat(receiver.receiveMessage().sequence()).isEqualTo(5);
                } else {
                    late++;
                    assertThat(receiver.clock().time()).isEqualTo(9);
                }
                receiver.acknowledge();
                assertThat(receiver.clock().time()).isEqualTo(9);
            }
        }
        assertThat(late).isPositive();
    }

    private static long forwarderPromise(ForwardingDispatcher<String> merge) {
        return merge.snapshot().senders().get(0).promise();
    }

    // ---- links that end, wait and fail

    @Test
    void whoFeedsAReceiverThatStopsWhileALinkIntoItEndsIsTold() throws Exception {
        for (int round = 0; round < 400; round++) {
            boolean fails = round % 2 == 0;
            Dispatcher<String> top = Dispatcher.open();
            ForwardingDispatcher<String> merge =
                    ForwardingDispatcher.builder().channelCapacity(1).open();
            Receiver<String> from = top.receiver("from");
            Receiver<String> to = merge.receiver("to");
            Forwarder<String> beside = merge.forwarder("beside", to);
            merge.link(from, to);
            beside.forward(1, "fills the buffer");
            FutureTask<Void> feeds = new FutureTask<>(() -> {
                beside.forward(2, "waits");
                return null;
            });
            Thread feeder = Thread.startVirtualThread(feeds);
            Thread closes = Thread.startVirtualThread(top::close);
            if (fails) {
                to.fail(PURPOSE);
            } else {
                to.discard();
            }
            assertThatThrownBy(() -> feeds.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(fails ? FailedException.class : ClosedException.class);
            feeder.join();
            closes.join();
            try {
                merge.close();
            } catch (DispatchException e) {
                assertThat(e).hasMessageContaining("1 message of forwarder \"beside\""); // if it was held back
            }
        }
    }

    @Test
    void aLinkThatWaitsForRoomIsToldOfFailuresAtOnce() throws Exception {
        for (boolean above : new boolean[] {true, false}) {
            Dispatcher<String> top = Dispatcher.open();
            ForwardingDispatcher<String> merge =
                    ForwardingDispatcher.builder().channelCapacity(1).open();
            Receiver<String> from = top.receiver("from");
            Receiver<String> full = merge.receiver("full");
            Receiver<String> other = merge.receiver("other");
            merge.link(from, full, other);
            Sender<String> sender = top.sender("sender", from);
            for (int i = 0; i < 3; i++) {
                sender.dispatch("message");
            }
            Await.eventually(
                    "the link waits for room",
                    () -> !merge.snapshot().senders().get(0).waitsFor().isEmpty());
            (above ? from : other).fail(PURPOSE);
            for (Receiver<String> told : List.of(from, full, other)) {
                assertThatThrownBy(() -> told.clock().waitUntil(50))
                        .isInstanceOf(FailedException.class)
                        .hasCause(PURPOSE);
            }
            top.close();
            merge.close();
        }
    }
}
