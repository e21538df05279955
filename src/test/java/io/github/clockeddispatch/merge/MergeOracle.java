package io.github.clockeddispatch.merge;

import io.github.clockeddispatch.Delivery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a merge does, as plainly as it can be said: each receiver is given what was accepted for it, sorted by number,
 * joining and acceptance, and cut at w. Everything is derived anew after each step; there is neither lock nor thread.
 */
final class MergeOracle {

    static final String CLOSED = "closed";
    static final String FAILED = "failed";
    static final String NOTHING = "nothing";
    static final String DONE = "done";

    /** A message in the buffer of a source, and those that it has yet to get to. */
    record Item(long number, int joining, int acceptance, int payload, Set<Rx> left) {}

    static final class Fw {
        final List<Rx> targets; // nobody for all
        final Set<Rx> reached = new LinkedHashSet<>();
        final List<Item> buffer = new ArrayList<>();
        long promise;
        long forwarded;
        String stop;
        boolean fails;
        int lost;

        Fw(List<Rx> targets, long promise) {
            this.targets = targets;
            this.promise = promise;
        }

        boolean isOpen() {
            return stop == null;
        }
    }

    static final class Rx {
        final long joinedAt;
        Item inHand;
        long w;
        long told;
        long frozen = Long.MAX_VALUE; // the clock does not pass it
        final Set<String> missing = new LinkedHashSet<>(); // why some of it will never be finished
        int discarded;
        boolean left; // discarded, also where it had failed before
        String stop;
        boolean ending;

        Rx(long joinedAt) {
            this.joinedAt = joinedAt;
            w = joinedAt;
            told = joinedAt;
        }
    }

    final List<Fw> forwarders = new ArrayList<>();
    final List<Rx> receivers = new ArrayList<>();
    private final List<Rx> stopped = new ArrayList<>(); // in that order
    private final int buffer;
    private final boolean endWithLast;
    private final long start;
    private boolean started;
    String stop;
    long known;
    private long sequence;
    private int acceptances;
    private long toNobody;

    MergeOracle(int buffer, boolean endWithLast, boolean held, long start) {
        this.buffer = buffer;
        this.endWithLast = endWithLast;
        this.start = start;
        started = !held;
        known = start;
        sequence = start;
    }

    // ---- what holds at any time

    /** Those that a receiver may still get something new from. */
    private Stream<Fw> open(Rx r) {
        return forwarders.stream().filter(f -> f.isOpen() && f.reached.contains(r));
    }

    /** What has been accepted for a receiver and was not given, in order. */
    private List<Item> accepted(Rx r) {
        return forwarders.stream()
                .flatMap(f -> f.buffer.stream())
                .filter(item -> item.left.contains(r))
                .sorted(Comparator.comparingLong(Item::number)
                        .thenComparingInt(Item::joining)
                        .thenComparingInt(Item::acceptance))
                .toList();
    }

    /** F2. */
    private void flow() {
        for (Rx r : receivers) {
            if (started && stop == null) {
                r.w = Math.max(
                        r.joinedAt, open(r).mapToLong(f -> f.promise).min().orElse(known));
            }
        }
        forwarders.forEach(f -> f.buffer.removeIf(item -> item.left.isEmpty()));
        receivers.stream().filter(r -> r.stop == null).forEach(r -> sequence = Math.max(sequence, r.w));
    }

    private long firstUnfinished(Rx r) {
        return Stream.concat(Stream.ofNullable(r.inHand), accepted(r).stream())
                .mapToLong(Item::number)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** G4. */
    long clock(Rx r) {
        return Math.min(r.frozen, Math.min(r.w, firstUnfinished(r) - 1));
    }

    /** The greatest w that there is or was; where nobody is there to have one, what is known. */
    long sequence() {
        if (started && stop == null && receivers.stream().noneMatch(r -> r.stop == null)) {
            sequence = Math.max(sequence, known);
        }
        return sequence;
    }

    /** What may be told of whether all is finished; what was discarded is left out. */
    Set<String> finished() {
        if (FAILED.equals(stop)) {
            return Set.of(FAILED);
        }
        Set<String> missing = receivers.stream()
                .filter(r -> !r.left)
                .flatMap(r -> r.missing.stream())
                .collect(Collectors.toSet());
        boolean finished = receivers.stream().allMatch(r -> r.stop != null || firstUnfinished(r) == Long.MAX_VALUE);
        return missing.isEmpty() ? Set.of(finished ? DONE : NOTHING) : missing;
    }

    /** How many messages were accepted for it and not given. */
    int waiting(Rx r) {
        return accepted(r).size();
    }

    boolean isAtEnd(Rx r) {
        return r.ending && accepted(r).isEmpty();
    }

    /** How many messages are in the fullest of its buffers. */
    int queued(Fw f) {
        return f.reached.stream()
                .mapToInt(r -> (int)
                        f.buffer.stream().filter(item -> item.left.contains(r)).count())
                .max()
                .orElse(0);
    }

    boolean hasFreeSlot(Fw f, long number) {
        return f.reached.stream().allMatch(r -> {
            List<Item> items =
                    f.buffer.stream().filter(item -> item.left.contains(r)).toList();
            return items.size() < buffer || items.getFirst().number == number; // it cannot wait for its own number
        });
    }

    // ---- forwarders

    String join() {
        if (stop != null) {
            return stop;
        }
        List<Fw> all = forwarders.stream().filter(f -> f.targets.isEmpty()).toList();
        long w = all.stream().filter(Fw::isOpen).mapToLong(f -> f.promise).min().orElse(known);
        Rx r = new Rx(Math.max(toNobody, started ? w : start));
        receivers.add(r);
        for (Fw f : all) {
            f.reached.add(r);
            f.buffer.stream().filter(item -> item.number > r.joinedAt).forEach(item -> item.left.add(r));
        }
        flow();
        return DONE;
    }

    String open(List<Rx> targets) {
        if (stop != null) {
            return stop;
        }
        for (Rx r : targets) {
            if (r.stop != null || r.ending) {
                return r.stop != null ? r.stop : CLOSED;
            }
        }
        List<Rx> reached = (targets.isEmpty() ? receivers : targets)
                .stream().filter(r -> r.stop == null && !r.ending).toList();
        Fw f = new Fw(targets, reached.stream().mapToLong(r -> r.w).max().orElse(started ? known : start));
        f.reached.addAll(reached);
        forwarders.add(f);
        known = Math.max(known, f.promise);
        flow();
        return DONE;
    }

    private String refusal(Fw f) {
        String why = f.stop != null ? f.stop : stop;
        if (why == null && !f.targets.isEmpty() && stopped.containsAll(f.targets)) {
            why = stopped.stream()
                    .filter(f.targets::contains)
                    .reduce((first, last) -> last)
                    .orElseThrow()
                    .stop;
        }
        return why;
    }

    String forward(Fw f, long number, int payload, boolean part) {
        String why = refusal(f);
        if (why != null) {
            return why;
        }
        if (number <= f.promise) {
            return "late: " + forwarders.indexOf(f) + " " + number + " " + f.promise;
        }
        raise(f, number - 1);
        if (!hasFreeSlot(f, number)) {
            return NOTHING;
        }
        f.forwarded = number;
        Set<Rx> left = new LinkedHashSet<>(f.reached);
        left.removeIf(r -> r.joinedAt >= number);
        toNobody = f.targets.isEmpty() && f.reached.isEmpty() ? Math.max(toNobody, number) : toNobody;
        f.buffer.add(new Item(number, forwarders.indexOf(f), acceptances++, payload, left));
        raise(f, part ? number - 1 : number);
        return DONE;
    }

    String advance(Fw f, long number) {
        String why = refusal(f);
        if (why != null) {
            return why;
        }
        raise(f, number);
        return DONE;
    }

    private void raise(Fw f, long number) {
        f.promise = Math.max(f.promise, number);
        known = Math.max(known, f.promise);
        flow();
    }

    /** F5. */
    void close(Fw f, String how) {
        if (f.stop != null || stop != null) {
            return;
        }
        f.fails = how.equals(FAILED);
        if (f.fails) {
            List.copyOf(f.reached).forEach(r -> stop(r, FAILED)); // at its promise, which it does not take back yet
        } else {
            known = Math.max(known, f.forwarded);
        }
        f.stop = how;
        for (Rx r : f.targets.isEmpty() ? receivers : f.targets) {
            boolean unreachable =
                    forwarders.stream().noneMatch(o -> o.isOpen() && (o.targets.isEmpty() || o.targets.contains(r)));
            r.ending |= endWithLast && r.stop == null && unreachable;
        }
        flow();
    }

    // ---- receivers

    /** The next delivery; messages only, or ticks too. */
    Object receive(Rx r, boolean ticks) {
        r.inHand = null;
        if (r.stop != null) {
            return r.stop;
        }
        flow();
        List<Item> accepted = accepted(r);
        if (!accepted.isEmpty() && accepted.getFirst().number <= r.w) {
            r.inHand = accepted.getFirst();
            r.inHand.left.remove(r);
            r.told = r.inHand.number;
            flow();
            return new Delivery.Message<>(r.told, r.inHand.payload);
        }
        if (isAtEnd(r)) {
            return new Delivery.End<>(clock(r));
        }
        if (ticks && clock(r) > r.told) {
            r.told = clock(r);
            return new Delivery.Tick<>(r.told);
        }
        return NOTHING;
    }

    String acknowledge(Rx r) {
        boolean finishes = r.inHand != null;
        r.inHand = null;
        return finishes && r.stop != null ? r.stop : DONE;
    }

    /** Whether its clock has reached a number, or never will. */
    String await(Rx r, long number) {
        if (clock(r) >= number) {
            return DONE;
        }
        if (number > r.frozen) {
            return r.stop == null ? stop : r.stop;
        }
        return stop != null && number > r.w ? stop : NOTHING;
    }

    /** G10, G13. */
    void stop(Rx r, String how) {
        r.left |= how.equals(CLOSED);
        if (r.stop != null) {
            return;
        }
        if (firstUnfinished(r) != Long.MAX_VALUE) {
            r.missing.add(how);
        }
        r.frozen = clock(r);
        r.stop = how;
        stopped.add(r);
        r.discarded = waiting(r);
        forwarders.forEach(f -> {
            if (f.reached.remove(r) && !f.fails && f.targets.isEmpty() && f.reached.isEmpty()) {
                f.buffer.stream()
                        .filter(item -> item.left.contains(r))
                        .forEach(item -> toNobody = Math.max(toNobody, item.number));
            }
            f.buffer.forEach(item -> item.left.remove(r));
        });
        flow();
    }

    // ---- the merge

    String start() {
        if (stop != null) {
            return stop;
        }
        started = true;
        flow();
        return DONE;
    }

    /** G12, without waiting for readers. */
    void close() {
        if (stop != null) {
            return;
        }
        sequence();
        stop = CLOSED;
        for (Fw f : forwarders) {
            f.lost = (int) f.buffer.stream()
                    .filter(item -> item.left.stream().anyMatch(r -> item.number > r.w))
                    .count();
            f.stop = f.isOpen() ? CLOSED : f.stop;
        }
        for (Rx r : receivers) {
            for (Item item : accepted(r)) {
                if (item.number > r.w) {
                    r.missing.add(CLOSED);
                    item.left.remove(r);
                }
            }
            r.ending |= r.stop == null;
        }
        flow();
    }

    void fail() {
        if (FAILED.equals(stop)) {
            return;
        }
        sequence();
        stop = FAILED;
        receivers.forEach(r -> stop(r, FAILED));
    }
}
