package io.github.clockeddispatch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.soak.Account.Lane;
import io.github.clockeddispatch.soak.Account.Parcel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;

/** Threads that use the {@link SoakedStack} for a while, all at once, and leave nothing behind. */
final class Visitors {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private interface Visit {
        void run(Random random) throws InterruptedException;
    }

    private final SoakedStack stack;
    private final Random random;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    /** Futures of this visit that are not complete. */
    private final LongAdder open = new LongAdder();

    Visitors(SoakedStack stack, Random random) {
        this.stack = stack;
        this.random = random;
    }

    /** Comes, stays for so long, and goes. */
    void stay(Duration time) throws InterruptedException {
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            String name = "writer-" + i;
            start(name, own -> write(name, own));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            String name = "guest-" + i;
            start(name, own -> beGuest(name, own));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            start("watcher-" + i, this::watch);
        }
        if (random.nextBoolean()) {
            start("linker", this::link);
        }
        if (random.nextBoolean()) {
            start("interrupter", this::interrupt);
        }
        over.await(time.toNanos(), TimeUnit.NANOSECONDS);
        over.countDown();
        for (Thread thread : threads) {
            assertThat(thread.join(PATIENCE))
                    .as("%s ends; it stands at %s in%s", thread, List.of(thread.getStackTrace()), stack)
                    .isTrue();
        }
        Awaitility.await("futures").atMost(PATIENCE).until(() -> open.sum() == 0);
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    private void start(String name, Visit visit) {
        Random own = new Random(random.nextLong());
        Thread.Builder kind = own.nextBoolean() ? Thread.ofVirtual() : Thread.ofPlatform();
        threads.add(kind.name(name).start(() -> {
            try {
                while (!isOver()) {
                    try {
                        visit.run(own);
                    } catch (InterruptedException e) {
                        // it comes again
                    }
                }
            } catch (Throwable e) {
                stack.fail(new AssertionError(name + ": " + e, e));
                over.countDown();
            }
        }));
    }

    // ---- writers

    private void write(String name, Random own) {
        List<Receiver<Parcel>> to =
                stack.addressed.stream().filter(r -> own.nextInt(3) == 0).toList();
        Lane lane = new Lane(stack.accounts.size());
        Lane shared = new Lane(stack.accounts.size());
        try (Sender<Parcel> sender = open(name, to)) {
            for (int i = own.nextInt(5_000); i > 0 && !isOver(); i--) {
                if (own.nextInt(8) == 0) {
                    call(stack.toAll, shared.next(own.nextLong()), stack.addressed, own);
                } else {
                    call(sender, lane.next(own.nextLong()), to.isEmpty() ? stack.addressed : to, own);
                }
            }
        }
    }

    private Sender<Parcel> open(String name, List<Receiver<Parcel>> to) {
        return switch (to.size()) {
            case 0 -> stack.top.broadcaster(name);
            case 1 -> stack.top.sender(name, to.getFirst());
            default -> stack.top.sender(name, to);
        };
    }

    private void call(Sender<Parcel> sender, Parcel parcel, List<Receiver<Parcel>> to, Random own) {
        try {
            switch (own.nextInt(10)) {
                case 0 -> {
                    if (sender.trySend(parcel)) {
                        stack.owe(parcel, to);
                    }
                }
                case 1 -> {
                    if (sender.send(parcel, SoakedStack.shortTime(own))) {
                        stack.owe(parcel, to);
                    }
                }
                case 2 -> {
                    sender.dispatch(parcel, SoakedStack.shortTime(own));
                    stack.owe(parcel, to);
                }
                case 3 -> promise(sender, parcel, to, own);
                case 4, 5 -> {
                    long number = sender.dispatch(parcel);
                    stack.owe(parcel, to);
                    readBack(number, to, own);
                }
                default -> {
                    sender.send(parcel);
                    stack.owe(parcel, to);
                }
            }
        } catch (InterruptedException | TimeoutException e) {
            // it was withdrawn, or its effect was not waited for
        }
    }

    private void promise(Sender<Parcel> sender, Parcel parcel, List<Receiver<Parcel>> to, Random own)
            throws InterruptedException {
        CompletableFuture<Long> promised = sender.dispatchAsync(parcel);
        open.increment();
        var unused = promised.whenComplete((number, failure) -> {
            if (failure == null) {
                stack.owe(parcel, to);
            }
            open.decrement();
        });
        if (own.nextInt(3) == 0) {
            promised.cancel(true);
        }
    }

    /** One's own write, from a view at the top or from one further down. */
    private void readBack(long number, List<Receiver<Parcel>> to, Random own) throws InterruptedException {
        List<Account> telling = stack.tellingOf(to);
        Account account = telling.isEmpty() ? stack.anyAccount(own) : telling.get(own.nextInt(telling.size()));
        account.clock().waitUntil(number);
        if (telling.contains(account)) {
            account.checkEffect(number);
        }
    }

    // ---- others

    /** Joins, reads a little, is sent something, and leaves. */
    private void beGuest(String name, Random own) throws InterruptedException {
        long accepted = 0;
        long given = 0;
        Lane lane = new Lane(0);
        Receiver<Parcel> guest = stack.top.receiver(name, 1 + own.nextInt(4));
        try (Sender<Parcel> sender = stack.top.sender("to " + name, guest)) {
            for (int i = own.nextInt(60); i >= 0 && !isOver(); i--) {
                if (sender.trySend(lane.next(own.nextLong()))) {
                    accepted++;
                }
                if (own.nextBoolean()
                        && guest.receive(SoakedStack.shortTime(own)).orElse(null)
                                instanceof Delivery.Message<Parcel>(long number, Parcel parcel)) {
                    assertThat(number).isGreaterThan(guest.joinedAt());
                    given += parcel.isOf(lane) ? 1 : 0;
                }
            }
            if (own.nextInt(4) == 0) {
                failAndLookAway(guest);
            }
        } finally {
            guest.discard();
        }
        assertThat(guest.discarded() + given)
                .as("%s: given %s of %s, the rest discarded", name, given, accepted)
                .isGreaterThanOrEqualTo(accepted);
    }

    private static void failAndLookAway(Receiver<Parcel> guest) throws InterruptedException {
        Exception cause = new Exception("planned");
        guest.fail(cause);
        try {
            guest.clock().waitUntil(Long.MAX_VALUE - 1);
            throw new AssertionError("a failed receiver's clock goes on");
        } catch (FailedException e) {
            assertThat(e).hasCause(cause);
        }
    }

    /** Looks at clocks: they never fall, and are never above the counter. */
    private void watch(Random own) throws InterruptedException {
        long[] last = new long[stack.accounts.size()];
        while (!isOver()) {
            int i = own.nextInt(last.length);
            LogicalClock clock = stack.accounts.get(i).clock();
            long time = clock.time();
            long sequence = stack.top.sequence();
            assertThat(time).isBetween(last[i], sequence);
            last[i] = time;
            long number = Math.max(0, sequence + own.nextInt(100) - 20);
            switch (own.nextInt(3)) {
                case 0 ->
                    assertThat(clock.waitUntil(number, SoakedStack.shortTime(own)) && clock.time() < number)
                            .isFalse();
                case 1 -> {
                    boolean never = own.nextBoolean();
                    CompletableFuture<Long> reached = clock.whenReached(never ? Long.MAX_VALUE - 1 : number);
                    try {
                        over.await(own.nextInt(50_000), TimeUnit.NANOSECONDS);
                    } finally {
                        reached.cancel(true);
                    }
                }
                default -> {
                    Receiver<Parcel> other = stack.anyAccount(own).receiver;
                    assertThat(other.pending()).isNotNegative();
                    assertThat(stack.top.snapshot().toString()).contains("view-0");
                }
            }
        }
    }

    /** A link from a receiver of its own at the top, into one of its own below. */
    private void link(Random own) throws InterruptedException {
        long last = 0;
        Receiver<Parcel> from = stack.top.receiver("linked");
        Receiver<Parcel> to = stack.middle.receiver("linked");
        try (Link link = stack.middle.link(from, to)) {
            assertThat(link.name()).contains("linked");
            for (int i = own.nextInt(200); i >= 0 && !isOver(); i--) {
                if (to.receiveMessage(SoakedStack.shortTime(own)).orElse(null)
                        instanceof Delivery.Message<Parcel>(long number, Parcel parcel)) {
                    assertThat(number).isGreaterThanOrEqualTo(last);
                    last = number;
                }
            }
        } catch (IllegalStateException e) {
            // it had been given something before it was linked
        } finally {
            from.discard();
            to.discard();
        }
    }

    private void interrupt(Random own) throws InterruptedException {
        while (!over.await(own.nextInt(3_000_000), TimeUnit.NANOSECONDS)) {
            List<Thread> victims = own.nextBoolean() ? stack.readers : List.copyOf(threads);
            victims.get(own.nextInt(victims.size())).interrupt();
        }
    }
}
