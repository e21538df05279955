package io.github.clockeddispatch.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** F8: stacks of any depth and diamonds of any width work, in time and on a stack that do not grow with the number of paths. */
class DeepStacksTest {

    private static final Duration PLENTY = Duration.ofSeconds(8); // what took half a minute takes a tenth of a second

    @Test
    void aLongChain() throws Exception {
        aChain(700);
    }

    @Test
    void aChainOnASmallStack() throws Exception {
        onStack(256 << 10, () -> {
            aChain(300);
            return null;
        });
    }

    private static void aChain(int length) throws Exception {
        Chain chain = new Chain(length);
        for (int i = 0; i < 3; i++) {
            chain.sender.send("message");
        }
        assertThat(chain.last.clock().waitUntil(2, Await.BOUND)).isTrue();
        assertThat(chain.last.clock().time()).isBetween(2L, 3L);
        assertThat(chain.top.snapshot().receivers()).hasSize(2);
        assertThat(chain.merges.get(length - 1).snapshot().receivers()).hasSize(1);
        chain.close();
    }

    @Test
    void aFailureGoesUpAndDownALongChain() throws Exception {
        for (boolean atTheTop : new boolean[] {true, false}) {
            onStack(256 << 10, () -> {
                Chain chain = new Chain(300);
                RuntimeException purpose = new IllegalStateException("on purpose");
                (atTheTop ? chain.first : chain.last).fail(purpose);
                for (Receiver<String> end : List.of(chain.first, chain.last)) {
                    assertThatThrownBy(() -> end.clock().waitUntil(1))
                            .isInstanceOf(FailedException.class)
                            .hasCause(purpose);
                }
                assertThatThrownBy(chain::close).isInstanceOf(FailedException.class); // an own reader has
                return null;
            });
        }
    }

    @Test
    void discardingGoesUpALongChain() throws Exception {
        onStack(256 << 10, () -> {
            Chain chain = new Chain(300);
            chain.last.discard();
            Await.eventually(
                    "the first one is discarded too",
                    () -> chain.top.snapshot().receivers().size() == 1);
            chain.close();
            return null;
        });
    }

    @Test
    void manyDiamonds() throws Exception {
        int layers = 28;
        long begin = System.nanoTime();
        List<AutoCloseable> all = new ArrayList<>();
        Dispatcher<String> top = Dispatcher.open();
        all.add(top);
        Sender<String> sender = top.sender("sender", top.receiver("elsewhere", 64));
        Receiver<String> left = top.receiver("left");
        Receiver<String> right = top.receiver("right");
        ForwardingDispatcher<String> merge = null;
        for (int i = 0; i < layers; i++) {
            merge = ForwardingDispatcher.builder().name("layer-" + i).open();
            all.add(merge);
            Receiver<String> nextLeft = merge.receiver("left");
            Receiver<String> nextRight = merge.receiver("right");
            merge.link(left, nextLeft, nextRight);
            merge.link(right, nextLeft, nextRight);
            left = nextLeft;
            right = nextRight;
        }
        for (int i = 0; i < 5; i++) {
            long number = sender.dispatch("for another");
            assertThat(left.clock().waitUntil(number, Await.BOUND)).isTrue();
            assertThat(right.clock().time()).isEqualTo(number);
            assertThat(merge.snapshot().receivers()).hasSize(2);
        }
        assertThat(left.clock().waitUntil(6, Duration.ofMillis(1))).isFalse();
        for (AutoCloseable each : all) {
            each.close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PLENTY);
    }

    @Test
    void manyDiamondsFail() throws Exception {
        long begin = System.nanoTime();
        try (Dispatcher<String> top = Dispatcher.open()) {
            Receiver<String> left = top.receiver("left");
            Receiver<String> right = top.receiver("right");
            List<ForwardingDispatcher<String>> merges = new ArrayList<>();
            for (int i = 0; i < 28; i++) {
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
                merges.add(merge);
                Receiver<String> nextLeft = merge.receiver("left");
                Receiver<String> nextRight = merge.receiver("right");
                merge.link(left, nextLeft, nextRight);
                merge.link(right, nextLeft, nextRight);
                left = nextLeft;
                right = nextRight;
            }
            left.fail(new IllegalStateException("on purpose"));
            Receiver<String> other = right;
            assertThatThrownBy(() -> other.clock().waitUntil(1)).isInstanceOf(FailedException.class);
            merges.forEach(ForwardingDispatcher::close);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PLENTY);
    }

    /** A dispatcher with one receiver that is linked into one merge after the other. */
    private static final class Chain {
        final Dispatcher<String> top = Dispatcher.open();
        final Receiver<String> first = top.receiver("first");
        final Sender<String> sender = top.sender("sender", List.of(first, top.receiver("elsewhere", 64)));
        final List<ForwardingDispatcher<String>> merges = new ArrayList<>();
        final Receiver<String> last;

        Chain(int length) {
            Receiver<String> from = first;
            for (int i = 0; i < length; i++) {
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
                merges.add(merge);
                Receiver<String> to = merge.receiver("to");
                merge.link(from, to);
                from = to;
            }
            last = from;
            merges.get(length - 1).read(last, (number, message) -> {});
        }

        void close() {
            top.close();
            merges.forEach(ForwardingDispatcher::close); // the last one is the one with a reader
        }
    }

    private static void onStack(long size, Callable<Void> test) throws Exception {
        FutureTask<Void> task = new FutureTask<>(test);
        Thread thread = new Thread(null, task, "small stack", size);
        thread.start();
        try {
            task.get(2 * Await.BOUND.toSeconds(), TimeUnit.SECONDS);
        } finally {
            thread.interrupt();
            thread.join();
        }
    }
}
