package io.github.clockeddispatch.micrometer;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Snapshot;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Binds the state of a dispatcher, or of a merge, to meter registries.
 *
 * {@snippet class="io.github.clockeddispatch.micrometer.ReadmeTest" region="bind"}
 *
 * <p>The meters are those of the table in the README of this artifact. Each has the tag {@code dispatcher}, the dispatcher's name; those
 * of a receiver or a sender have the tag {@code receiver} or {@code sender}, too. They are made and removed as receivers and senders come
 * and go.
 *
 * <p>All of it comes from {@link Dispatcher#snapshot()}: nothing is added to the way of messages, and no thread is started. Whoever polls a
 * meter has one snapshot taken for all meters of the dispatcher in that registry, at most once a second by the registry's clock. So what a
 * scrape shows belongs together and is at most a second old, and what came or went since the last scrape may be missing in the next one,
 * but not in the one after it.
 *
 * <p>The dispatcher is referred to weakly. Once it has been garbage collected, its meters are removed when one of them is polled. A
 * dispatcher that has been closed keeps its meters, with its last figures, for as long as the program keeps the dispatcher; {@link #close}
 * removes them before.
 *
 * <p>Names of dispatchers tell them apart: where another dispatcher of the same name is bound to the same registry, its meters take the
 * place of those that are there, and a line of the {@code System.Logger} "io.github.clockeddispatch" says so.
 */
public final class DispatcherMetrics implements MeterBinder, AutoCloseable {

    private final String name;
    private final Supplier<@Nullable Snapshot> source;
    private final Lock lock = new ReentrantLock();
    private final Map<MeterRegistry, Binding> bindings = new HashMap<>(); // guarded by lock

    /**
     * Makes a binder for a dispatcher.
     *
     * @param dispatcher the dispatcher
     */
    public DispatcherMetrics(Dispatcher<?> dispatcher) {
        this(Objects.requireNonNull(dispatcher, "dispatcher").name(), dispatcher, Dispatcher::snapshot);
    }

    /**
     * Makes a binder for a merge.
     *
     * @param merge the merge
     */
    public DispatcherMetrics(ForwardingDispatcher<?> merge) {
        this(Objects.requireNonNull(merge, "merge").name(), merge, ForwardingDispatcher::snapshot);
    }

    private <D> DispatcherMetrics(String name, D dispatcher, Function<D, Snapshot> snapshot) {
        this.name = name;
        WeakReference<D> reference = new WeakReference<>(dispatcher);
        this.source = () -> {
            D still = reference.get();
            return still == null ? null : snapshot.apply(still);
        };
    }

    /**
     * Adds the meters to a registry; there may be several. They are removed when the dispatcher has been garbage collected, or by
     * {@link #close()}.
     *
     * <p>Where the registry throws as a meter is added, this throws the same, and leaves none behind. Where it does so later, as for a
     * receiver that has joined, a line of the {@code System.Logger} says so, and all other meters are shown.
     *
     * @param registry the registry
     */
    @Override
    public void bindTo(MeterRegistry registry) {
        Objects.requireNonNull(registry, "registry");
        lock.lock();
        try {
            Binding before = bindings.remove(registry);
            if (before != null) {
                before.end();
            }
            bindings.put(registry, new Binding(registry, name, source));
        } finally {
            lock.unlock();
        }
    }

    /** Removes the meters from all registries that they have been bound to. Idempotent; they can be bound again. */
    @Override
    public void close() {
        lock.lock();
        try {
            bindings.values().forEach(Binding::end);
            bindings.clear();
        } finally {
            lock.unlock();
        }
    }
}
