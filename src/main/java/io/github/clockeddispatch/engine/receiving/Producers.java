package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Loss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The registry of a dispatcher's producers: which names are taken, which producers can still deliver something, and what was lost of those
 * that are drained. Guarded by the core's lock.
 *
 * @see "docs/design.md: Ends"
 */
public final class Producers<T, P extends Producer<T>> {

    private final Core<T> core;
    private final Reachability<T> reachability;

    /** Those that are open, or being opened, by name. */
    private final Map<String, P> names = new HashMap<>();

    /** In the order in which they joined. */
    private final Set<P> undrained = new LinkedHashSet<>();

    /** By what each is called: {@code close} tells of it. */
    private final Map<String, Loss> losses = new LinkedHashMap<>();

    public Producers(Core<T> core, Reachability<T> reachability) {
        this.core = core;
        this.reachability = reachability;
    }

    // ---- names

    /** Throws unless a producer can join that reaches these. */
    public void checkOpen(List<? extends Endpoint<T>> targets) {
        core.checkOpen("join");
        reachability.checkOpen(targets);
    }

    /** The same; and throws where its name is taken. */
    public void checkOpen(String name, List<? extends Endpoint<T>> targets) {
        checkOpen(targets);
        P open = names.get(name);
        if (open != null) {
            throw new IllegalArgumentException("there is an open " + open.called() + " in " + core);
        }
    }

    public boolean hasOpen(String name) {
        return names.containsKey(name);
    }

    /** Its name is taken from now on. */
    public void claim(P producer) {
        names.put(producer.name(), producer);
    }

    /** Its name is free. */
    public void release(P producer) {
        names.remove(producer.name(), producer);
    }

    // ---- what they have left

    /** It can deliver something from now on. */
    public void joined(P producer) {
        undrained.add(producer);
    }

    /** It was not opened. */
    public void forget(P producer) {
        release(producer);
        undrained.remove(producer);
    }

    /** It has ended, and nothing is left of it to deliver. Returns whether nobody has said so before. */
    public boolean drained(P producer) {
        boolean isFirst = undrained.remove(producer);
        if (isFirst) {
            noteLost(producer);
            reachability.drained(producer);
            core.changed.signalAll();
        }
        return isFirst;
    }

    /** What is left of them is nobody's business any more. */
    public void forgetUndrained() {
        undrained.clear();
    }

    public boolean areDrained() {
        return undrained.isEmpty();
    }

    /** A copy of those that can still deliver something. Takes the lock. */
    public List<P> undrained() {
        core.lock.lock();
        try {
            return List.copyOf(undrained);
        } finally {
            core.lock.unlock();
        }
    }

    /** A copy of all: what is undrained, and what is open or being opened, some of them twice. */
    public List<P> all() {
        List<P> all = new ArrayList<>(names.values());
        all.addAll(undrained);
        return all;
    }

    public List<Producer.State> states() {
        return undrained.stream().map(Producer::state).toList();
    }

    // ---- what was lost

    /** Notes what it has given up. */
    private void noteLost(P producer) {
        Loss lost = producer.lost();
        if (lost != null) {
            losses.merge(producer.called(), lost, Loss::and);
        }
    }

    /** Notes what all that are undrained have given up, once. */
    public void noteUndrained() {
        undrained.forEach(this::noteLost);
        undrained.clear();
    }

    /** What was lost, by whose it was. */
    public Map<String, Loss> losses() {
        return losses;
    }
}
