package io.github.clockeddispatch.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** How dispatchers and registries are bound: when a dispatcher is looked at, and when it is let go. */
class BindingTest {
    private final Registry registry = new Registry();

    @AutoClose
    private final Dispatcher<String> shop = Dispatcher.builder().name("shop").open();

    @Test
    void allMetersShareOneSnapshotASecond() {
        AtomicInteger looks = new AtomicInteger();
        shop.receiver("stock");
        shop.receiver("audit");
        new Binding(registry.meters, "shop", () -> {
            looks.incrementAndGet();
            return shop.snapshot();
        });
        assertThat(looks).hasValue(1);

        registry.meters.config().onMeterAdded(Registry::value);
        shop.receiver("late");
        for (int second = 0; second < 3; second++) {
            registry.afterASecond();
            registry.meters.getMeters().forEach(Registry::value);
        }
        assertThat(looks).hasValue(4);
    }

    @Test
    void nullIsRefusedByName() {
        assertThatNullPointerException()
                .isThrownBy(() -> new DispatcherMetrics((Dispatcher<?>) null))
                .withMessage("dispatcher");
        assertThatNullPointerException()
                .isThrownBy(() -> new DispatcherMetrics((ForwardingDispatcher<?>) null))
                .withMessage("merge");
        assertThatNullPointerException()
                .isThrownBy(() -> new DispatcherMetrics(shop).bindTo(null))
                .withMessage("registry");
    }

    @Test
    void severalDispatchersInOneRegistryAreToldApart() {
        try (Dispatcher<String> other =
                Dispatcher.builder().name("other").startAfter(7).open()) {
            new DispatcherMetrics(shop).bindTo(registry.meters);
            new DispatcherMetrics(other).bindTo(registry.meters);

            assertThat(registry.names()).containsExactly("sequence other", "sequence shop");
            assertThat(registry.valueOf("sequence other")).isEqualTo(7);
            assertThat(registry.valueOf("sequence shop")).isZero();
        }
    }

    @Test
    void oneDispatcherCanBeInSeveralRegistries() {
        Registry second = new Registry();
        try (DispatcherMetrics metrics = new DispatcherMetrics(shop)) {
            metrics.bindTo(registry.meters);
            metrics.bindTo(second.meters);
            shop.receiver("stock");

            assertThat(registry.afterASecond()).contains("receiver.lag shop stock");
            assertThat(second.afterASecond()).isEqualTo(registry.names());
        }
        assertThat(registry.names()).isEmpty();
        assertThat(second.names()).isEmpty();
    }

    @Test
    void toBindTwiceIsToBindOnce() {
        try (DispatcherMetrics metrics = new DispatcherMetrics(shop);
                Warnings warnings = new Warnings()) {
            metrics.bindTo(registry.meters);
            metrics.bindTo(registry.meters);
            shop.receiver("stock");

            assertThat(registry.afterASecond()).hasSize(8);
            assertThat(warnings.texts).isEmpty();
        }
        assertThat(registry.names()).isEmpty();
    }

    @Test
    void theLastOneOfANameIsShownAndItIsSaid() {
        shop.receiver("stock");
        DispatcherMetrics before = new DispatcherMetrics(shop);
        before.bindTo(registry.meters);
        try (Warnings warnings = new Warnings();
                Dispatcher<String> again =
                        Dispatcher.builder().name("shop").startAfter(7).open();
                DispatcherMetrics after = new DispatcherMetrics(again)) {
            again.receiver("audit");
            after.bindTo(registry.meters);

            assertThat(registry.names()).contains("receiver.lag shop audit").doesNotContain("receiver.lag shop stock");
            assertThat(registry.valueOf("sequence shop")).isEqualTo(7);
            assertThat(warnings.texts)
                    .singleElement()
                    .asString()
                    .startsWith("meters of a dispatcher \"shop\" were bound");

            before.close(); // its meters are not there any more
            assertThat(registry.valueOf("sequence shop")).isEqualTo(7);
        }
    }

    @Test
    void afterACloseItCanBeBoundAgain() {
        DispatcherMetrics metrics = new DispatcherMetrics(shop);
        metrics.bindTo(registry.meters);
        List<Meter> kept = registry.meters.getMeters();
        metrics.close();
        metrics.close();
        shop.receiver("stock");
        registry.nextSecond();
        kept.forEach(Registry::value);
        assertThat(registry.names())
                .as("a meter that somebody has kept brings nothing back")
                .isEmpty();

        metrics.bindTo(registry.meters);
        assertThat(registry.names()).hasSize(8);
    }

    @Test
    void aDispatcherThatTheProgramDropsIsNotKept() {
        Dispatched dropped = dropped();
        await().until(() -> {
            System.gc();
            return dropped.dispatcher().get() == null && dropped.merge().get() == null;
        });

        assertThat(registry.afterASecond()).isEmpty();
        assertThat(dropped.binders()).as("which were kept").hasSize(2);
    }

    private record Dispatched(WeakReference<?> dispatcher, WeakReference<?> merge, List<DispatcherMetrics> binders) {}

    /** Binds two that nobody refers to then, but for their meters and binders; their meters have been polled. */
    private Dispatched dropped() {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .name("dropped")
                .onFailure((receiver, sequence, cause) -> {})
                .open();
        class WithReference extends RuntimeException {
            private static final long serialVersionUID = 1;

            @SuppressWarnings("unused") // it is what this class is for
            private final transient Dispatcher<String> reference = dispatcher;
        }
        dispatcher.receiver("stock").fail(new WithReference());
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().name("merge").open();
        merge.receiver("log");
        DispatcherMetrics one = new DispatcherMetrics(dispatcher);
        DispatcherMetrics other = new DispatcherMetrics(merge);
        one.bindTo(registry.meters);
        other.bindTo(registry.meters);
        assertThat(registry.afterASecond()).hasSize(16);
        return new Dispatched(new WeakReference<>(dispatcher), new WeakReference<>(merge), List.of(one, other));
    }

    @Test
    void metersOutliveACollectionWhileTheDispatcherIsThere() {
        shop.receiver("stock");
        new DispatcherMetrics(shop).bindTo(registry.meters); // and nobody refers to the binder
        WeakReference<Object> collected = new WeakReference<>(new Object());
        await().until(() -> {
            System.gc();
            return collected.get() == null;
        });
        shop.broadcaster("desk");

        assertThat(registry.afterASecond()).hasSize(11);
        assertThat(registry.valueOf("receiver.lag shop stock")).isZero();
    }

    @Test
    void aCompositeRegistryPassesThemOnAndTakesThemBack() {
        CompositeMeterRegistry composite = new CompositeMeterRegistry(registry.clock);
        MeterBinder metrics = new DispatcherMetrics(shop);
        composite.add(registry.meters);
        metrics.bindTo(composite);
        Receiver<String> stock = shop.receiver("stock");
        assertThat(registry.afterASecond()).hasSize(8);

        stock.discard();
        assertThat(registry.afterASecond()).containsExactly("sequence shop");
    }

    @Test
    void filtersOfTheRegistryAreObeyed() {
        registry.meters
                .config()
                .commonTags("host", "a")
                .meterFilter(MeterFilter.denyNameStartsWith("clocked.dispatch.sender"));
        DispatcherMetrics metrics = new DispatcherMetrics(shop);
        metrics.bindTo(registry.meters);
        Receiver<String> stock = shop.receiver("stock");
        shop.broadcaster("desk");
        assertThat(registry.afterASecond()).hasSize(8).contains("sequence shop a", "receiver.lag shop a stock");

        stock.discard();
        assertThat(registry.afterASecond()).containsExactly("sequence shop a");
        metrics.close();
        assertThat(registry.names()).isEmpty();
    }

    @Test
    void whoListensToTheRegistryMayPoll() {
        registry.meters.config().onMeterAdded(Registry::value).onMeterRemoved(Registry::value);
        DispatcherMetrics metrics = new DispatcherMetrics(shop);
        metrics.bindTo(registry.meters);
        Receiver<String> stock = shop.receiver("stock");
        assertThat(registry.afterASecond()).hasSize(8);
        stock.discard();
        assertThat(registry.afterASecond()).hasSize(1);
        metrics.close();
        assertThat(registry.names()).isEmpty();
    }

    /** One adds a meter of its own, another one meters of ours: each holds the lock that the other may want. */
    @Test
    void whoHoldsALockOfTheRegistryMayPoll() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        CountDownLatch polls = new CountDownLatch(1);
        AtomicBoolean armed = new AtomicBoolean();
        new Binding(registry.meters, "shop", () -> {
            if (armed.get()) {
                looking.countDown();
                await().until(() -> polls.getCount() == 0);
            }
            return shop.snapshot();
        });
        Meter sequence = registry.meters.getMeters().getFirst();
        registry.meters.config().onMeterAdded(meter -> {
            if (meter.getId().getName().equals("other")) {
                await().until(() -> looking.getCount() == 0);
                polls.countDown();
                registry.nextSecond();
                Registry.value(sequence);
            }
        });
        shop.receiver("stock");
        armed.set(true);
        registry.nextSecond();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> poller = threads.submit(() -> Registry.value(sequence));
            Future<?> other = threads.submit(() -> registry.meters.counter("other"));
            poller.get();
            other.get();
        }
        armed.set(false);

        assertThat(registry.meters.find("clocked.dispatch.receiver.lag").meters())
                .hasSize(1);
    }

    private void refuse(String receiver) {
        registry.meters.config().meterFilter(MeterFilter.deny(id -> {
            if (receiver.equals(id.getTag("receiver"))) {
                throw new IllegalStateException("planted");
            }
            return false;
        }));
    }

    @Test
    void whereARegistryRefusesAMeterTheOthersAreShownAndItIsSaidOnce() {
        refuse("bad");
        try (Warnings warnings = new Warnings()) {
            new DispatcherMetrics(shop).bindTo(registry.meters);
            shop.receiver("bad");
            for (int i = 0; i < 9; i++) {
                shop.receiver("stock-" + i);
            }

            assertThat(registry.afterASecond()).hasSize(1 + 9 * 7).doesNotContain("receiver.lag shop bad");
            assertThat(registry.valueOf("sequence shop")).isZero();
            assertThat(warnings.texts).hasSize(1).first().asString().contains("refused");
        }
    }

    @Test
    void whereARegistryRefusesAMeterToBindThrowsAndLeavesNothingBehind() {
        refuse("bad");
        shop.receiver("stock");
        shop.receiver("bad");

        assertThatIllegalStateException()
                .isThrownBy(() -> new DispatcherMetrics(shop).bindTo(registry.meters))
                .withMessage("planted");
        assertThat(registry.names()).isEmpty();
    }

    @Test
    void manyPollWhileReceiversComeAndGo() throws Exception {
        new DispatcherMetrics(shop).bindTo(registry.meters);
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> pollers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                pollers.add(threads.submit(() -> {
                    while (!over.get()) {
                        registry.afterASecond();
                    }
                }));
            }
            for (int i = 0; i < 500; i++) {
                Receiver<String> guest = shop.receiver("guest-" + i % 7);
                registry.nextSecond();
                shop.snapshot();
                guest.discard();
            }
            over.set(true);
        }
        for (Future<?> poller : pollers) {
            poller.get(); // none has failed
        }
        shop.receiver("stock");

        assertThat(registry.afterASecond()).hasSize(8).contains("receiver.lag shop stock");
    }
}
