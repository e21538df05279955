package io.github.clockeddispatch.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Delivery.End;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.model.StressLedger.Lane;
import io.github.clockeddispatch.model.StressLedger.Parcel;
import io.github.clockeddispatch.model.StressLedger.View;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One round of the {@link StressTest}: who runs in it, and how it ends. */
final class StressRound {

    private enum Ending {
        /** All senders are closed; the readers get to their end; the dispatcher is closed. */
        CALM,
        /** The dispatcher is closed when all has been sent, and delivers the rest. */
        DRAIN,
        /** The dispatcher is closed while the senders send, and waits no longer. */
        CUT,
        /** The dispatcher fails while the senders send. */
        FAIL;

        boolean isSudden() {
            return this == CUT || this == FAIL;
        }
    }

    private interface Body {
        void run(Random random) throws Exception;
    }

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Exception CAUSE = new Exception("planned");

    /** trySend, and the timed forms of send and dispatch. */
    private static final int[] GUEST_FORMS = {2, 3, 5};

    private final Random random;
    private final Ending ending;

    /** How many each sender's thread makes. */
    private final int calls;

    private final Dispatcher<Parcel> dispatcher;
    private final StressLedger ledger;
    private final List<Thread> senders = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean over;

    StressRound(long seed) {
        random = new Random(seed);
        ending = Ending.values()[random.nextInt(Ending.values().length)];
        calls = 100 << random.nextInt(6);
        long start = random.nextBoolean() ? 0 : random.nextLong(1L << 40);
        int most = random.nextBoolean() ? 2 : 40;
        ledger = new StressLedger(start);
        dispatcher = Dispatcher.builder()
                .channelCapacity(1 + random.nextInt(most))
                .inboxCapacity(1 + random.nextInt(most))
                .startAfter(start)
                .drainTimeout(ending == Ending.CUT ? Duration.ofMillis(random.nextInt(3)) : LONG)
                .open();
    }

    void run() throws Exception {
        for (int i = 1 + random.nextInt(4); i >= 0; i--) {
            ledger.stay(dispatcher.receiver("view-" + i));
        }
        ledger.views.forEach(this::read);
        Sender<Parcel> shared = dispatcher.broadcaster("shared");
        Group<Parcel> club = dispatcher.group("club");
        Sender<Parcel> toClub = dispatcher.sender("to club", club);
        View founder = ledger.views.getFirst();
        founder.joinedClub(club.add(founder.receiver));
        for (int i = 1 + random.nextInt(5); i >= 0; i--) {
            String name = "desk-" + i;
            senders.add(start(name, own -> send(name, shared, toClub, own)));
        }
        others.add(start("steward", own -> change(club, own)));
        others.add(start("guest", this::visit));
        others.add(start("waiter", this::watch));
        others.add(start("interrupter", this::interrupt));
        String told = end(shared, toClub);
        ledger.check(dispatcher.sequence(), ending != Ending.FAIL, told);
    }

    /** Ends it all, and returns what close said of messages that were not delivered. */
    private String end(Sender<Parcel> shared, Sender<Parcel> toClub) throws Exception {
        String told = "";
        if (ending.isSudden()) {
            boolean soon = clockOf(ledger.views.getFirst()).waitUntil(ledger.start + random.nextInt(calls), LONG);
            assertThat(soon).as("something was given").isTrue();
        } else {
            join(senders);
            over = true;
            join(others);
        }
        switch (ending) {
            case CALM -> {
                shared.close();
                toClub.close();
                join(readers);
                dispatcher.close();
            }
            case DRAIN, CUT -> told = close();
            case FAIL -> {
                dispatcher.fail(CAUSE);
                assertThat(close()).contains(CAUSE.toString());
            }
        }
        over = true;
        join(senders);
        join(others);
        join(readers);
        return told;
    }

    private String close() {
        try {
            dispatcher.close();
            return "";
        } catch (DispatchException e) {
            assertThat(ending.isSudden()).as("%s, at the end %s", e, ending).isTrue();
            return e.getMessage();
        }
    }

    private Thread start(String name, Body body) {
        Random own = new Random(random.nextLong());
        Thread thread = (random.nextBoolean() ? Thread.ofVirtual() : Thread.ofPlatform())
                .name(name)
                .start(() -> {
                    try {
                        body.run(own);
                    } catch (Throwable e) {
                        if (!isExpected(e) && failure.compareAndSet(null, e)) {
                            dispatcher.fail(e);
                        }
                    }
                });
        return thread;
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.join(LONG)) {
                Throwable where = new Throwable("it stands here");
                where.setStackTrace(thread.getStackTrace());
                throw new AssertionError(thread + " does not end; " + dispatcher.snapshot(), where);
            }
        }
        if (failure.get() != null) {
            throw new AssertionError("a thread has failed", failure.get());
        }
    }

    /** What ends the threads of a round that ends suddenly. */
    private boolean isExpected(Throwable e) {
        return switch (ending) {
            case CUT -> e instanceof ClosedException;
            case FAIL -> e instanceof FailedException && isCausedByFail(e);
            default -> false;
        };
    }

    /** A handler that waits for another's clock passes on what it gets there. */
    private static boolean isCausedByFail(Throwable e) {
        return e == CAUSE || (e.getCause() != null && isCausedByFail(e.getCause()));
    }

    // ---- readers

    private interface Step {
        /** Returns whether nothing more will come. */
        boolean take(Random random) throws InterruptedException;
    }

    private void read(View view) {
        Receiver<Parcel> receiver = view.receiver;
        switch (random.nextInt(ending.isSudden() ? 5 : 6)) {
            case 0 ->
                goOn(view, own -> {
                    receiver.forEachMessage((number, parcel) -> apply(view, number, parcel, own));
                    return true;
                });
            case 1 ->
                goOn(view, own -> {
                    receiver.forEachBatch(
                            1 + own.nextInt(9), batch -> batch.forEach(m -> view.apply(m.sequence(), m.payload())));
                    return true;
                });
            case 5 -> {
                Random own = new Random(random.nextLong());
                dispatcher.read(receiver, (number, parcel) -> apply(view, number, parcel, own));
            }
            default -> goOn(view, own -> step(view, own));
        }
    }

    /** Reads in a thread of its own until nothing more will come, interrupts or not. */
    private void goOn(View view, Step step) {
        readers.add(start("reader of " + view.receiver.name(), own -> {
            for (boolean end = false; !end; ) {
                try {
                    end = step.take(own);
                } catch (InterruptedException e) {
                    // what was in hand is finished, what is there can be taken
                }
            }
        }));
    }

    private boolean step(View view, Random own) throws InterruptedException {
        Receiver<Parcel> receiver = view.receiver;
        Optional<Delivery<Parcel>> given = switch (own.nextInt(7)) {
            case 0 -> Optional.of(receiver.receive());
            case 1 -> Optional.of(receiver.receiveMessage());
            case 2 -> receiver.receive(time(own));
            case 3 -> receiver.receiveMessage(time(own));
            case 4 -> receiver.tryReceive();
            case 5 -> {
                int count = receiver.drain((n, parcel) -> apply(view, n, parcel, own), 1 + own.nextInt(5));
                yield count < 0 ? Optional.of(new Delivery.End<>(0)) : Optional.empty();
            }
            default -> {
                receiver.acknowledge();
                yield Optional.empty();
            }
        };
        if (given.isPresent() && given.get() instanceof Message<Parcel> message) {
            apply(view, message.sequence(), message.payload(), own);
        }
        return given.isPresent() && given.get() instanceof End<Parcel>;
    }

    /** Applies a message; now and then waits for another view to have come as far: such waits never hang. */
    private void apply(View view, long number, Parcel parcel, Random own) {
        view.apply(number, parcel);
        View other = any(own);
        if (other != view && own.nextInt(16) == 0) {
            try {
                clockOf(other).waitUntil(number - 1);
            } catch (InterruptedException e) {
                // it waits no longer
            }
        }
    }

    // ---- senders

    private void send(String name, Sender<Parcel> shared, Sender<Parcel> toClub, Random own) throws Exception {
        Lane common = ledger.lane("shared", List.of());
        Lane ofClub = ledger.laneToClub();
        Sender<Parcel> sender = null;
        try {
            Lane lane = common;
            for (int i = 0; i < calls && !over; i++) {
                if (sender == null || own.nextInt(100) == 0) {
                    if (sender != null) {
                        sender.close();
                    }
                    lane = ledger.lane(name, someViews(own));
                    sender = open(lane);
                }
                int whom = own.nextInt(8);
                if (whom < 2) {
                    call(shared, common.next(), own.nextInt(8), own);
                } else if (whom == 2) {
                    call(toClub, ofClub.next(), own.nextInt(7), own);
                } else {
                    call(sender, lane.next(), own.nextInt(8), own);
                }
            }
        } finally {
            if (sender != null) {
                sender.close();
            }
        }
    }

    private Sender<Parcel> open(Lane lane) {
        List<Receiver<Parcel>> to = lane.to.stream().map(view -> view.receiver).toList();
        return switch (to.size()) {
            case 0 -> dispatcher.broadcaster(lane.sender);
            case 1 -> dispatcher.sender(lane.sender, to.getFirst());
            default -> dispatcher.sender(lane.sender, to);
        };
    }

    /** Takes views into the group, and out of it; but not the first, so that nothing is for nobody. */
    private void change(Group<Parcel> club, Random own) {
        while (!over) {
            View view = any(own);
            if (own.nextBoolean()) {
                view.joinedClub(club.add(view.receiver));
            } else if (view != ledger.views.getFirst()) {
                view.leftClub(club.remove(view.receiver));
            }
            try {
                clockOf(view).waitUntil(dispatcher.sequence() + own.nextInt(5), Duration.ofMillis(2));
            } catch (InterruptedException e) {
                // it goes on
            }
        }
    }

    private void call(Sender<Parcel> sender, Parcel parcel, int form, Random own) {
        try {
            switch (form) {
                case 0, 1 -> {
                    sender.send(parcel);
                    parcel.isAccepted(true);
                }
                case 2 -> parcel.isAccepted(sender.trySend(parcel));
                case 3 -> parcel.isAccepted(sender.send(parcel, time(own)));
                case 4 -> parcel.isNumbered(sender.dispatch(parcel));
                case 5 -> parcel.isNumbered(sender.dispatch(parcel, time(own)));
                case 6 -> {
                    parcel.isPromised(sender.dispatchAsync(parcel));
                    if (own.nextBoolean()) {
                        parcel.cancel();
                    }
                }
                default -> {
                    long number = sender.dispatch(parcel);
                    parcel.isNumbered(number);
                    awaitEffect(parcel.lane, number, own);
                }
            }
        } catch (InterruptedException | TimeoutException e) {
            // it was withdrawn, or its effect was not waited for
        }
    }

    /** G6. */
    private void awaitEffect(Lane lane, long number, Random own) throws InterruptedException {
        List<View> to = lane.to.isEmpty() ? ledger.views : lane.to;
        View view = to.get(own.nextInt(to.size()));
        LogicalClock clock = clockOf(view);
        boolean reached = own.nextBoolean() ? clock.waitUntil(number, time(own)) : clock.hasReached(number);
        if (!reached && own.nextBoolean()) {
            clock.waitUntil(number);
            reached = true;
        }
        if (reached) {
            view.checkEffect(number);
        }
    }

    // ---- others

    /** Joins, reads a little, is sent something, and leaves, again and again. */
    private void visit(Random own) {
        while (!over) {
            Receiver<Parcel> receiver = dispatcher.receiver("guest", 1 + own.nextInt(4));
            View guest = ledger.visit(receiver);
            Lane lane = ledger.lane(StressLedger.TO_GUEST, List.of(guest));
            Sender<Parcel> sender = own.nextBoolean() ? open(lane) : null;
            try {
                for (int i = own.nextInt(60); i >= 0 && !over; i--) {
                    stay(guest, sender, lane, own);
                }
            } finally {
                if (own.nextBoolean()) {
                    receiver.discard();
                }
                if (sender != null) {
                    sender.close();
                }
                receiver.discard();
            }
        }
    }

    private void stay(View guest, @Nullable Sender<Parcel> sender, Lane lane, Random own) {
        int what = own.nextInt(sender == null ? 2 : 5);
        try {
            if (sender != null && what >= 2) {
                call(sender, lane.next(), GUEST_FORMS[what - 2], own); // those that cannot wait for the guest itself
            } else {
                Receiver<Parcel> receiver = guest.receiver;
                (what == 0 ? receiver.receive(time(own)) : receiver.tryReceive()).ifPresent(guest::take);
            }
        } catch (InterruptedException e) {
            // it stays
        }
    }

    /** Looks at clocks: they never fall, and are never above the counter. */
    private void watch(Random own) {
        long[] last = new long[ledger.views.size()];
        while (!over) {
            int i = own.nextInt(last.length);
            LogicalClock clock = clockOf(ledger.views.get(i));
            try {
                long time = clock.time();
                long sequence = dispatcher.sequence();
                assertThat(time).isBetween(last[i], sequence);
                last[i] = time;
                long number = Math.max(0, sequence + own.nextInt(40) - 20);
                if (own.nextBoolean()) {
                    assertThat(clock.waitUntil(number, time(own)) && clock.time() < number)
                            .isFalse();
                } else {
                    ledger.promise(clock, number, own.nextBoolean());
                }
            } catch (InterruptedException e) {
                // it looks on
            }
        }
    }

    private void interrupt(Random own) throws InterruptedException {
        List<Thread> victims = new ArrayList<>(senders);
        victims.addAll(readers);
        victims.addAll(others);
        victims.remove(Thread.currentThread());
        while (!over) {
            victims.get(own.nextInt(victims.size())).interrupt();
            clockOf(any(own)).waitUntil(dispatcher.sequence() + own.nextInt(30), Duration.ofMillis(2));
        }
    }

    // ---- chance

    private View any(Random own) {
        return ledger.views.get(own.nextInt(ledger.views.size()));
    }

    /** Nobody stands for all. */
    private List<View> someViews(Random own) {
        return ledger.views.stream().filter(view -> own.nextInt(3) == 0).toList();
    }

    private static LogicalClock clockOf(View view) {
        return view.receiver.clock();
    }

    private static Duration time(Random own) {
        return Duration.ofNanos(own.nextInt(1_000_000) - 200_000);
    }
}
