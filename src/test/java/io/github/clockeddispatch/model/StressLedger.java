package io.github.clockeddispatch.model;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** What was sent and what was given in a {@link StressRound}, and the laws that hold between the two. */
final class StressLedger {

    /** Nothing else is known than that its send returned. */
    private static final long ACCEPTED = -1;

    private static final long REFUSED = -2;

    /** A message. It has no other identity than itself. */
    static final class Parcel {
        final Lane lane;

        /** Plain, on purpose: written before the send, read by whom it is given to (G6). */
        private int content;

        /** A number, ACCEPTED or REFUSED: written by its sender's thread. */
        private long fate = REFUSED;

        private CompletableFuture<Long> promise;

        private Parcel(Lane lane) {
            this.lane = lane;
        }

        void isAccepted(boolean accepted) {
            fate = accepted ? ACCEPTED : REFUSED;
        }

        void isNumbered(long number) {
            fate = number;
        }

        void isPromised(CompletableFuture<Long> number) {
            promise = number;
        }

        void cancel() {
            assertThat(promise.cancel(true)).isEqualTo(promise.isCancelled());
        }

        private void settle() throws Exception {
            if (promise != null && !promise.isCancelled()) {
                fate = promise.handle((number, failure) -> failure == null ? number : (Long) REFUSED)
                        .get(LIMIT, SECONDS);
            }
        }
    }

    /** What one thread sends through one sender, in its order. */
    static final class Lane {
        final String sender;

        /** Whom it addresses; nobody for all, or for the club. */
        final List<View> to;

        private final boolean isToClub;

        private final List<Parcel> parcels = new ArrayList<>();

        private Lane(String sender, List<View> to, boolean isToClub) {
            this.sender = sender;
            this.to = to;
            this.isToClub = isToClub;
        }

        Parcel next() {
            Parcel parcel = new Parcel(this);
            parcels.add(parcel);
            parcel.content = parcel.hashCode();
            return parcel;
        }

        private boolean addresses(View view, long number) {
            return isToClub ? view.wasInClub(number) : to.isEmpty() || to.contains(view);
        }
    }

    /** A receiver, and what its reader was given. */
    static final class View {
        final Receiver<Parcel> receiver;
        private final List<Long> numbers = new ArrayList<>();
        private final List<Parcel> parcels = new ArrayList<>();

        /** Plain, on purpose: who has waited for the clock must see what the reader has written (G6). */
        private final int[] effects;

        /** After the first number of each, and up to the second, it was in the club. Written by one thread. */
        private final List<long[]> memberships = new ArrayList<>();

        private View(Receiver<Parcel> receiver, int slots) {
            this.receiver = receiver;
            effects = new int[slots];
        }

        void take(Delivery<Parcel> given) {
            if (given instanceof Message<Parcel> message) {
                apply(message.sequence(), message.payload());
            }
        }

        void apply(long number, Parcel parcel) {
            numbers.add(number);
            parcels.add(parcel);
            effects[slot(number)] = (int) number;
            assertThat(parcel.content)
                    .as("what was written before the send of %s", number)
                    .isEqualTo(parcel.hashCode());
        }

        /** The club tells from which number on it is in there. */
        void joinedClub(long sequence) {
            if (memberships.isEmpty() || memberships.getLast()[1] != Long.MAX_VALUE) {
                memberships.add(new long[] {sequence, Long.MAX_VALUE});
            }
            assertThat(sequence).as("the first j (G8)").isEqualTo(memberships.getLast()[0]);
        }

        /** The club tells up to which number it is in there. */
        void leftClub(long sequence) {
            if (!memberships.isEmpty() && memberships.getLast()[1] == Long.MAX_VALUE) {
                memberships.getLast()[1] = sequence;
            }
        }

        private boolean wasInClub(long number) {
            return memberships.stream().anyMatch(range -> range[0] < number && number <= range[1]);
        }

        /** Fails unless the effect of this number is seen, or that of a later one in the same slot. */
        void checkEffect(long number) {
            int seen = effects[slot(number)];
            assertThat(seen - (int) number)
                    .as("%s has reached %s, but its effect is not seen", receiver.name(), number)
                    .isNotNegative();
        }

        private int slot(long number) {
            return (int) number & effects.length - 1;
        }
    }

    private record Wait(LogicalClock clock, long number, CompletableFuture<Long> future) {}

    private static final Pattern LOSS = Pattern.compile("(\\d+) messages? of sender \"([^\"]*)\"");

    private static final int LIMIT = 5;

    /** The sender to a guest: how much of it is discarded, nobody but the guest knows. */
    static final String TO_GUEST = "to guest";

    final long start;

    /** Those that stay to the end. */
    final List<View> views = new ArrayList<>();

    private final List<View> guests = new CopyOnWriteArrayList<>();
    private final List<Lane> lanes = new CopyOnWriteArrayList<>();
    private final List<Wait> waits = new ArrayList<>();

    private final Map<Parcel, Long> numbers = new IdentityHashMap<>();
    private final TreeMap<Long, Parcel> parcels = new TreeMap<>();

    StressLedger(long start) {
        this.start = start;
    }

    void stay(Receiver<Parcel> receiver) {
        views.add(new View(receiver, 1 << 16));
    }

    View visit(Receiver<Parcel> receiver) {
        View guest = new View(receiver, 1);
        guests.add(guest);
        return guest;
    }

    Lane lane(String sender, List<View> to) {
        return added(new Lane(sender, to, false));
    }

    /** To the group that changes. */
    Lane laneToClub() {
        return added(new Lane("to club", List.of(), true));
    }

    private Lane added(Lane lane) {
        lanes.add(lane);
        return lane;
    }

    /** Called by one thread only. */
    void promise(LogicalClock clock, long number, boolean cancel) {
        CompletableFuture<Long> future = clock.whenReached(number);
        if (cancel) {
            future.cancel(true);
        } else {
            waits.add(new Wait(clock, number, future));
        }
    }

    // ---- the laws

    /**
     * Checks them, after all threads have ended.
     *
     * @param complete whether all was delivered that close has not told of
     * @param told what close told
     */
    void check(long sequence, boolean complete, String told) throws Exception {
        for (View view : views) {
            checkOrder(view);
        }
        for (View guest : guests) {
            checkOrder(guest);
        }
        for (Lane lane : lanes) {
            checkOrder(lane);
        }
        assertThat(parcels.headMap(start, true)).isEmpty();
        assertThat(parcels.tailMap(sequence, false)).isEmpty();
        if (complete) {
            checkConservation(sequence, told);
        }
    }

    private void number(Parcel parcel, long number) {
        Long other = numbers.put(parcel, number);
        assertThat(other == null || other == number)
                .as("one number for each message")
                .isTrue();
        Parcel same = parcels.put(number, parcel);
        assertThat(same == null || same == parcel)
                .as("number %s is given once (G1)", number)
                .isTrue();
    }

    /** G3, G9: rising, each once, none from before it joined. */
    private void checkOrder(View view) {
        long last = view.receiver.joinedAt();
        for (int i = 0; i < view.numbers.size(); i++) {
            long number = view.numbers.get(i);
            Parcel parcel = view.parcels.get(i);
            assertThat(number).as("order of %s (G3)", view.receiver.name()).isGreaterThan(last);
            assertThat(parcel.lane.addresses(view, number)).as("addressed").isTrue();
            number(parcel, number);
            last = number;
        }
    }

    /** G2, G14: rising; what was refused has not arrived, and the number is that which the sender was told. */
    private void checkOrder(Lane lane) throws Exception {
        long last = start;
        for (Parcel parcel : lane.parcels) {
            parcel.settle();
            if (parcel.fate == REFUSED) {
                assertThat(numbers.containsKey(parcel))
                        .as("a withdrawn message of %s arrives (G14)", lane.sender)
                        .isFalse();
            } else if (parcel.fate != ACCEPTED) {
                number(parcel, parcel.fate);
            }
            long number = numbers.getOrDefault(parcel, last + 1);
            assertThat(number).as("order of %s (G2)", lane.sender).isGreaterThan(last);
            last = numbers.getOrDefault(parcel, last);
        }
    }

    /** What was accepted was given once to each that it was addressed to, or discarded, or told of by close. */
    private void checkConservation(long sequence, String told) throws Exception {
        Map<String, Integer> lost = new HashMap<>();
        LOSS.matcher(told).results().forEach(m -> lost.merge(m.group(2), Integer.valueOf(m.group(1)), Integer::sum));
        Map<String, Integer> unseen = new HashMap<>();
        for (Lane lane : lanes) {
            int count = (int) lane.parcels.stream()
                    .filter(parcel -> parcel.fate == ACCEPTED && !numbers.containsKey(parcel))
                    .count();
            unseen.merge(lane.sender, count, Integer::sum);
        }
        int unseenByGuests = unseen.getOrDefault(TO_GUEST, 0);
        unseen.forEach((sender, count) -> {
            if (!sender.equals(TO_GUEST)) {
                assertThat(count)
                        .as("messages of %s that nobody was given", sender)
                        .isEqualTo(lost.getOrDefault(sender, 0));
            }
        });
        assertThat(sequence - start)
                .as("numbers (G1)")
                .isBetween((long) parcels.size(), (long) parcels.size() + unseenByGuests);
        views.forEach(this::checkComplete);
        guests.forEach(guest -> checkGuest(guest, lost.getOrDefault(TO_GUEST, 0)));
        for (Wait wait : waits) {
            boolean reached = wait.clock.time() >= wait.number;
            assertThat(wait.future.handle((number, e) -> number != null).get(LIMIT, SECONDS))
                    .isEqualTo(reached);
        }
    }

    /** All that was numbered for it has been given. */
    private void checkComplete(View view) {
        long expected = parcels.entrySet().stream()
                .filter(p -> p.getValue().lane.addresses(view, p.getKey()))
                .count();
        assertThat(view.parcels).as("given to %s (G3)", view.receiver.name()).hasSize((int) expected);
    }

    /** G9, G10: no gap between joining and the last that it was given; what it was not given it has discarded. */
    private void checkGuest(View guest, int lost) {
        Set<Parcel> given = Collections.newSetFromMap(new IdentityHashMap<>());
        given.addAll(guest.parcels);
        long last = guest.numbers.isEmpty() ? guest.receiver.joinedAt() : guest.numbers.getLast();
        parcels.subMap(guest.receiver.joinedAt(), false, last, true).forEach((number, parcel) -> {
            if (parcel.lane.addresses(guest, number)) {
                assertThat(given).as("given to a guest (G9)").contains(parcel);
            }
        });
        long accepted = lanes.stream()
                .filter(lane -> lane.to.contains(guest))
                .flatMap(lane -> lane.parcels.stream())
                .filter(parcel -> parcel.fate != REFUSED && !given.contains(parcel))
                .count();
        assertThat(accepted).as("discarded by a guest (G10)").isLessThanOrEqualTo(guest.receiver.discarded() + lost);
    }
}
