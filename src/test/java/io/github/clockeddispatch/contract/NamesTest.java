package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.LiveThreads;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What dispatchers and their threads are called. */
@DisplayName("names")
class NamesTest {

    @Test
    @DisplayName("a dispatcher without a name gets one that no other has, also of a builder that opens two")
    void defaultNamesAreUnique() {
        Dispatcher.Builder builder = Dispatcher.builder();
        ForwardingDispatcher.Builder ofMerges = ForwardingDispatcher.builder();
        try (Dispatcher<String> a = Dispatcher.open();
                Dispatcher<String> b = builder.open();
                Dispatcher<Integer> c = builder.open();
                ForwardingDispatcher<String> d = ForwardingDispatcher.open();
                ForwardingDispatcher<String> e = ofMerges.open();
                ForwardingDispatcher<Integer> f = ofMerges.open()) {
            List<String> dispatchers = List.of(a.name(), b.name(), c.name());
            List<String> merges = List.of(d.name(), e.name(), f.name());
            assertEquals(3, Set.copyOf(dispatchers).size(), dispatchers::toString);
            assertEquals(3, Set.copyOf(merges).size(), merges::toString);
            assertTrue(dispatchers.stream().allMatch(name -> name.matches("dispatcher-\\d+")), dispatchers::toString);
            assertTrue(merges.stream().allMatch(name -> name.matches("merge-\\d+")), merges::toString);
            assertEquals("dispatcher \"" + a.name() + "\"", a.toString());
            assertEquals(a.name(), a.snapshot().name());
        }
    }

    @Test
    @DisplayName("a name that was set is used for each that the builder opens")
    void aNameThatWasSet() {
        Dispatcher.Builder builder = Dispatcher.builder().name("shop");
        try (Dispatcher<String> a = builder.open();
                Dispatcher<String> b = builder.open()) {
            assertEquals(List.of("shop", "shop"), List.of(a.name(), b.name()));
        }
    }

    @Test
    @DisplayName("every thread of a dispatcher bears its name before its own")
    void threadsBearTheName() throws InterruptedException {
        long mark = LiveThreads.mark();
        Set<String> completing = new ConcurrentSkipListSet<>();
        Gate gate = new Gate();
        try (Dispatcher<String> top = Dispatcher.builder().name("top").open();
                ForwardingDispatcher<String> bottom =
                        ForwardingDispatcher.builder().name("bottom").open()) {
            Receiver<String> plain = top.receiver("plain");
            Receiver<String> staged = top.receiver("staged");
            Receiver<String> below = bottom.receiver("below");
            bottom.link(plain, below);
            bottom.stage(staged, (sequence, payload) -> List.of(payload), below);
            assertEquals(
                    "bottom/reader-below",
                    bottom.read(below, (sequence, payload) -> gate.pass()).getName());
            Receiver<String> waits = top.receiver("waits");
            assertEquals(
                    "top/reader-waits",
                    top.read(waits, (sequence, payload) -> below.clock().waitUntil(1))
                            .getName());
            CompletableFuture<Void> reached =
                    below.clock().whenReached(1).thenAccept(sequence -> completing.add(self()));
            top.sender("desk", plain, staged, waits).dispatch("x");

            Receiver<String> full = top.receiver("full", 1);
            Sender<String> slow = top.sender("slow", full);
            slow.dispatch("fills it");
            CompletableFuture<Void> numbered =
                    slow.dispatchAsync("waits").thenAccept(sequence -> completing.add(self()));
            full.receive();
            numbered.join();
            Set<String> owned = Set.of(
                    "top/pump-desk",
                    "top/pump-slow",
                    "top/reader-waits",
                    "bottom/deadlock-watch",
                    "bottom/link-top/plain",
                    "bottom/link-top/staged",
                    "bottom/reader-below");
            Await.eventually(
                    "the threads " + new TreeSet<>(owned), () -> names(mark).containsAll(owned));
            gate.open();
            reached.join();
        }
        assertEquals(Set.of("top/dispatch-future-slow", "bottom/clock-future-1"), completing);
    }

    private static String self() {
        return Thread.currentThread().getName();
    }

    private static List<String> names(long mark) {
        return LiveThreads.since(mark).stream().map(LiveThreads.Live::name).toList();
    }
}
