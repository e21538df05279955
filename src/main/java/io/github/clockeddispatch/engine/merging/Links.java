package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Turn;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The links that lead to a merge: which there are, how one is made, and why it is refused (F8). Guarded by the core's lock:
 * {@link #link} and {@link #ended} take it, and are called without any lock; the rest is called under it.
 *
 * @see "docs/design.md: The merge, Links"
 */
public final class Links<T> {

    private final Merger<T> merger;
    private final Core<T> core;

    /** Links that run, and ended ones whose upper receiver has not stopped yet. */
    private final Set<Relay<?, T>> relays = new LinkedHashSet<>();

    Links(Merger<T> merger) {
        this.merger = merger;
        this.core = merger.core();
    }

    /** A copy. */
    List<Relay<?, T>> all() {
        return List.copyOf(relays);
    }

    /** F8: opens a source whose promise is the clock of another dispatcher's receiver, and starts its thread. */
    public <S> Relay<S, T> link(
            Endpoint<S> from, @Nullable Step<? super S, ? extends T> stage, List<MergeGate<T>> targets) {
        var relay = new AtomicReference<Relay<S, T>>();
        Runnable task = () -> Objects.requireNonNull(relay.get()).run();
        // before any lock is taken, as what it inherits is foreign code
        Thread thread = stage == null ? core.threads.make("link", task) : core.threads.makeInheriting("link", task);
        Turn.awaitLeaving(from);
        return core.whole(() -> tryLink(from, stage, targets, relay, thread));
    }

    private <S> Relay<S, T> tryLink(
            Endpoint<S> from,
            @Nullable Step<? super S, ? extends T> stage,
            List<MergeGate<T>> targets,
            AtomicReference<Relay<S, T>> made,
            Thread thread) {
        Core<S> upper = from.core;
        core.upstream.add(
                upper.upstream,
                () -> new IllegalArgumentException(
                        from + " of " + upper + " gets what comes from " + core + ": a link would close a cycle"));
        boolean linked = false;
        try {
            core.lock.lock();
            try {
                claim(from, thread);
                try {
                    String name = linkName(from);
                    merger.producers.checkOpen(name, targets);
                    MergeInput<T> source = merger.joining.open(name, targets, sequence -> checkNotLate(from, sequence));
                    Relay<S, T> relay = new Relay<>(this, source, from, stage);
                    relays.add(relay);
                    source.follow(relay);
                    from.downstream = relay;
                    made.set(relay);
                    thread.setName(core.threads.nameOf("link-" + source.name()));
                    Objects.requireNonNull(from.side)
                            .handTo(thread); // not before: a link that is refused changes nothing
                    core.threads.start(thread);
                    linked = true;
                    return relay;
                } finally {
                    if (!linked) {
                        from.release();
                    }
                }
            } finally {
                core.lock.unlock();
            }
        } finally {
            if (!linked) {
                core.upstream.remove(upper.upstream);
            }
        }
    }

    /** Keeps all others out for the thread of the link that is being made. */
    private static void claim(Endpoint<?> from, Thread thread) {
        StopReason why = from.stopped();
        if (why != null) {
            throw from.core.exception(why);
        }
        from.claim(thread);
    }

    private static void checkNotLate(Endpoint<?> from, long joiningPoint) {
        long first = from.firstUnfinished();
        if (first != 0 && first <= joiningPoint) {
            throw new IllegalStateException(
                    from + " of " + from.core + " cannot be linked: the link would join at number "
                            + joiningPoint + ", and " + first
                            + " is unfinished there, which would be late. Link it before it is"
                            + " behind, or while the merge is held.");
        }
    }

    private String linkName(Endpoint<?> from) {
        String name = from.core.name() + "/" + from.name;
        String free = name;
        for (int i = 2; merger.producers.hasOpen(free); i++) {
            free = name + "#" + i;
        }
        return free;
    }

    /** A link has ended, and what it comes from has stopped or has come to its end; maybe called twice. */
    void ended(Relay<?, T> relay) {
        boolean isFirst;
        core.lock.lock();
        try {
            isFirst = relays.remove(relay);
        } finally {
            core.lock.unlock();
        }
        if (isFirst) {
            core.upstream.remove(relay.from().core.upstream);
        }
    }
}
