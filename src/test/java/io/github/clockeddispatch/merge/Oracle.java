package io.github.clockeddispatch.merge;

import io.github.clockeddispatch.Delivery;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a merge does, as plainly as it can be said: each receiver is given what was accepted for it, sorted by number,
 * joining and acceptance, and cut at w. Everything is derived anew after each step; there is neither lock nor thread.
 */
final class Oracle {

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
        final int capacity;
        final Deque<Item> inbox = new ArrayDeque<>();
        Item inHand;
        long w;
        long told;
        long frozen = Long.MAX_VALUE; // the clock does not pass it
        final Set<String> missing = new LinkedHashSet<>(); // why some of it will never be finished
        int discarded;
        boolean left; // discarded, also where it had failed before
        String stop;
        boolean ending;

        Rx(long joinedAt, int capacity) {
            this.joinedAt = joinedAt;
            this.capacity = capacity;
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

    Oracle(int buffer, boolean endWithLast, boolean held, long start) {
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

    /** What has been accepted for a receiver and is in no inbox, in order. */
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
                r.w = open(r).mapToLong(f -> f.promise).min().orElse(known);
            }
            for (Item item : accepted(r)) {
                if (r.inbox.size() < r.capacity && item.number <= r.w) {
                    item.left.remove(r);
                    r.inbox.add(item);
                }
            }
        }
        forwarders.forEach(f -> f.buffer.removeIf(item -> item.left.isEmpty()));
        receivers.stream().filter(r -> r.stop == null).forEach(r -> sequence = Math.max(sequence, r.w));
    }

    private long firstUnfinished(Rx r) {
        Stream<Item> given = Stream.concat(Stream.ofNullable(r.inHand), r.inbox.stream());
        return Stream.concat(given, accepted(r).stream())
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
            sequence = known;
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
        return r.inbox.size() + accepted(r).size();
    }

    boolean isAtEnd(Rx r) {
        return r.ending && accepted(r).isEmpty();
    }

    boolean hasRoom(Fw f, long number) {
        return f.buffer.size() < buffer || f.buffer.getFirst().number == number; // it cannot wait for its own number
    }

    // ---- forwarders

    String join(int capacity) {
        if (stop != null) {
            return stop;
        }
        List<Fw> all = forwarders.stream().filter(f -> f.targets.isEmpty()).toList();
        long w = all.stream().filter(Fw::isOpen).mapToLong(f -> f.promise).min().orElse(known);
        Rx r = new Rx(started ? w : start, capacity);
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
        if (!hasRoom(f, number)) {
            return NOTHING;
        }
        f.forwarded = number;
        Set<Rx> left = new LinkedHashSet<>(f.reached);
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
        if (how.equals(FAILED)) {
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
        if (!r.inbox.isEmpty()) {
            r.inHand = r.inbox.remove();
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
        r.inbox.clear();
        forwarders.forEach(f -> {
            f.reached.remove(r);
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
        for (Rx r : receivers) {
            List<Item> lost = accepted(r);
            if (!lost.isEmpty()) {
                r.missing.add(CLOSED);
            }
            if (!lost.isEmpty() && lost.getFirst().number <= r.w) {
                r.frozen = lost.getFirst().number - 1; // due, and there was no room
            }
            r.ending |= r.stop == null;
        }
        for (Fw f : forwarders) {
            f.lost = f.buffer.size();
            f.buffer.clear();
            f.stop = f.isOpen() ? CLOSED : f.stop;
        }
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
