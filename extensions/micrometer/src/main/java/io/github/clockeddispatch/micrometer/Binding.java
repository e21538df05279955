package io.github.clockeddispatch.micrometer;

import io.github.clockeddispatch.Snapshot;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one dispatcher in one registry. To poll one of them is to look at the dispatcher, if that has not been done within the
 * last second; each refers to this binding. Of a snapshot, numbers alone are kept.
 */
final class Binding {
    private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);
    private static final System.Logger LOG = System.getLogger("io.github.clockeddispatch");

    private final MeterRegistry registry;
    private final Tags tags;
    private final Supplier<@Nullable Snapshot> source;

    /** Who polls a meter does not wait for it: the registry may hold locks of its own. */
    private final Lock lock = new ReentrantLock();

    private final Map<Tags, Part> parts = new HashMap<>(); // guarded by lock
    private boolean hasEnded; // guarded by lock
    private @Nullable RuntimeException refused; // at the last look; guarded by lock
    private volatile long lookedAt; // written under lock

    /** The dispatcher, one of its receivers, or one of its senders: what its meters show. */
    private static final class Part {
        final List<Meter> meters = new ArrayList<>(); // guarded by the lock of the binding
        volatile double[] values; // one for each meter; written under that lock

        Part(double[] values) {
            this.values = values;
        }
    }

    /**
     * Adds the meters to the registry.
     *
     * @param source takes a snapshot; gives null where there is no dispatcher any more
     */
    Binding(MeterRegistry registry, String dispatcher, Supplier<@Nullable Snapshot> source) {
        this.registry = registry;
        this.tags = Tags.of("dispatcher", dispatcher);
        this.source = source;
        removeThoseBefore(dispatcher);
        lock.lock();
        try {
            RuntimeException refusal = look(now());
            if (refusal != null) {
                hasEnded = true;
                retain(Set.of());
                throw refusal;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes the meters for good. */
    void end() {
        lock.lock();
        try {
            hasEnded = true;
            retain(Set.of());
        } finally {
            lock.unlock();
        }
    }

    private void removeThoseBefore(String dispatcher) {
        List<Meter> before = registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith(Figure.PREFIX))
                .filter(meter -> dispatcher.equals(meter.getId().getTag("dispatcher")))
                .toList();
        if (!before.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "meters of a dispatcher \"" + dispatcher + "\" were bound to this registry before and are replaced:"
                            + " close the DispatcherMetrics of the one before, or give each dispatcher a name of its own");
            before.forEach(registry::remove);
        }
    }

    private double poll(Part part, int figure) {
        long now = now();
        if (now - lookedAt >= INTERVAL && lock.tryLock()) {
            try {
                if (!hasEnded && now - lookedAt >= INTERVAL) {
                    warn(look(now));
                }
            } finally {
                lock.unlock();
            }
        }
        return part.values[figure];
    }

    private long now() {
        return registry.config().clock().monotonicTime();
    }

    private void warn(@Nullable RuntimeException refusal) {
        if (refusal != null) {
            LOG.log(System.Logger.Level.WARNING, "a meter was refused by its registry, and is not shown", refusal);
        }
    }

    /** Looks at the dispatcher. Returns what the registry has thrown where a meter was to be added; all others are shown. */
    private @Nullable RuntimeException look(long now) {
        lookedAt = now; // first: adding a meter may poll it
        Snapshot snapshot = source.get();
        if (snapshot == null) {
            hasEnded = true;
            retain(Set.of());
            return null;
        }
        refused = null;
        Set<Tags> present = new HashSet<>();
        show(Figure.OF_DISPATCHER, List.of(snapshot), itself -> tags, present);
        show(Figure.OF_RECEIVER, snapshot.receivers(), receiver -> tags.and("receiver", receiver.name()), present);
        show(Figure.OF_SENDER, snapshot.senders(), sender -> tags.and("sender", sender.name()), present);
        retain(present); // last: in the midst of a scrape, no name loses its only meter and then gets one
        return refused;
    }

    private <S> void show(List<Figure<S>> figures, List<S> states, Function<S, Tags> tagsOf, Set<Tags> present) {
        Map<Tags, double[]> shown = new HashMap<>();
        for (S state : states) {
            double[] values = shown.computeIfAbsent(tagsOf.apply(state), first -> new double[figures.size()]);
            for (int i = 0; i < values.length; i++) {
                double value = figures.get(i).value().applyAsDouble(state);
                // Several of one name: senders that were closed with messages in their channels; receivers that have
                // ended or failed.
                values[i] =
                        figures.get(i).kind() == Figure.Kind.SECONDS ? Math.max(values[i], value) : values[i] + value;
            }
        }
        shown.forEach((partTags, values) -> {
            Part part = parts.get(partTags);
            if (part != null) {
                part.values = values;
            } else {
                add(partTags, figures, values);
            }
        });
        present.addAll(shown.keySet());
    }

    private void add(Tags partTags, List<? extends Figure<?>> figures, double[] values) {
        Part part = new Part(values);
        parts.put(partTags, part);
        for (int i = 0; i < values.length; i++) {
            int index = i;
            try {
                // A meter refers to the part weakly, but strongly to the function, and so to this binding.
                part.meters.add(meter(figures.get(i), partTags, part, polled -> poll(part, index)));
            } catch (RuntimeException e) { // a filter's, or there is another meter of that name
                refused = e;
            }
        }
    }

    private Meter meter(Figure<?> figure, Tags partTags, Part part, ToDoubleFunction<Part> value) {
        return switch (figure.kind()) {
            case COUNTER ->
                FunctionCounter.builder(figure.name(), part, value)
                        .tags(partTags)
                        .baseUnit(figure.unit())
                        .description(figure.description())
                        .register(registry);
            case GAUGE ->
                Gauge.builder(figure.name(), part, value)
                        .tags(partTags)
                        .baseUnit(figure.unit())
                        .description(figure.description())
                        .register(registry);
            case SECONDS ->
                TimeGauge.builder(figure.name(), part, TimeUnit.SECONDS, value)
                        .tags(partTags)
                        .description(figure.description())
                        .register(registry);
        };
    }

    /** Removes the meters of all other parts; not those that have taken their place in the registry. */
    private void retain(Set<Tags> present) {
        if (present.containsAll(parts.keySet())) {
            return;
        }
        Set<Meter> registered = Collections.newSetFromMap(new IdentityHashMap<>());
        registered.addAll(registry.getMeters());
        parts.entrySet().removeIf(entry -> {
            boolean goes = !present.contains(entry.getKey());
            if (goes) {
                entry.getValue().meters.stream().filter(registered::contains).forEach(registry::remove);
            }
            return goes;
        });
    }
}
