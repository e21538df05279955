package io.github.clockeddispatch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.soak.Account.Parcel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The dispatchers that live through the whole {@link Soak}, their receivers and those who read them.
 *
 * <pre>
 *   top     view-0  view-1  view-2     to-x    to-both      to-y     to-low
 *                                        |     /    \         | stage    |
 *   middle                                x             y, relay          |
 *                                                         \              |
 *   low                                                    z ------------+
 * </pre>
 */
final class SoakedStack {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String OF_A_GUEST =
            "\\d+ messages? of sender \"to guest-\\d\" (was|were) not delivered \\([^)]*\\)";
    private static final String ONLY_GUESTS =
            "dispatcher \"top\" did not close cleanly: " + OF_A_GUEST + "(, " + OF_A_GUEST + ")*";

    /** Each by the views at the top, then the feeds: how often a message to it arrives in x, y and z; -1: as often as the stage says. */
    private static final int[][] ARRIVALS = {
        {0, 0, 0}, {0, 0, 0}, {0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, -1, -1}, {0, 0, 1},
    };

    final Dispatcher<Parcel> top;
    final ForwardingDispatcher<Parcel> middle;
    final ForwardingDispatcher<Parcel> low;

    /** Those at the top that senders may address. */
    final List<Receiver<Parcel>> addressed = new ArrayList<>();

    /** Those that are read: the views at the top, x, y and z. */
    final List<Account> accounts = new ArrayList<>();

    /** Open from the beginning to the end. */
    final Sender<Parcel> toAll;

    /** Threads that read, and may be interrupted. */
    final List<Thread> readers = new ArrayList<>();

    private final int views;
    private volatile Throwable failure;

    SoakedStack(Random random) {
        top = Dispatcher.builder()
                .name("top")
                .startAfter(random.nextBoolean() ? 0 : random.nextLong(1L << 60))
                .channelCapacity(1 + random.nextInt(40))
                .inboxCapacity(1 + random.nextInt(40))
                .endWithLastSender(false)
                .drainTimeout(PATIENCE)
                .open();
        middle = merge("middle", random);
        low = merge("low", random);
        for (String name : List.of("view-0", "view-1", "view-2", "to-x", "to-both", "to-y", "to-low")) {
            addressed.add(top.receiver(name));
        }
        Receiver<Parcel> x = middle.receiver("x");
        Receiver<Parcel> y = middle.receiver("y");
        Receiver<Parcel> relay = middle.receiver("relay");
        Receiver<Parcel> z = low.receiver("z");
        for (Receiver<Parcel> view : addressed.subList(0, 3)) {
            accounts.add(new Account(view, accounts.size(), false));
        }
        views = accounts.size();
        for (Receiver<Parcel> view : List.of(x, y, z)) {
            accounts.add(new Account(view, accounts.size(), true));
        }
        middle.link(addressed.get(3), x);
        middle.link(addressed.get(4), x, y);
        middle.stage(addressed.get(5), (number, parcel) -> Collections.nCopies(results(parcel), parcel), y, relay);
        low.link(relay, z);
        low.link(addressed.get(6), z);
        toAll = top.broadcaster("to all");
        for (Account account : accounts) {
            read(account, new Random(random.nextLong()));
        }
    }

    private static ForwardingDispatcher<Parcel> merge(String name, Random random) {
        return ForwardingDispatcher.builder()
                .name(name)
                .channelCapacity(1 + random.nextInt(40))
                .endWithLastSender(false)
                .drainTimeout(PATIENCE)
                .open();
    }

    /** How many the stage makes of it. */
    private static int results(Parcel parcel) {
        return (int) (parcel.id & 3);
    }

    /** The message was accepted for these. */
    void owe(Parcel parcel, List<Receiver<Parcel>> to) {
        for (Receiver<Parcel> receiver : to) {
            int at = addressed.indexOf(receiver);
            if (at < views) {
                accounts.get(at).owe(parcel, 1);
            }
            for (int i = 0; i < ARRIVALS[at].length; i++) {
                int times = ARRIVALS[at][i];
                accounts.get(views + i).owe(parcel, times < 0 ? results(parcel) : times);
            }
        }
    }

    /** Those whose clocks tell of this message's effects: where it is given to a view of the top itself. */
    List<Account> tellingOf(List<Receiver<Parcel>> to) {
        return accounts.subList(0, views).stream()
                .filter(account -> to.contains(account.receiver))
                .toList();
    }

    Account anyAccount(Random random) {
        return accounts.get(random.nextInt(accounts.size()));
    }

    // ---- readers

    private interface Reading {
        /** Returns whether nothing more will come. */
        boolean step() throws InterruptedException;
    }

    private void read(Account account, Random random) {
        Receiver<Parcel> receiver = account.receiver;
        MessageHandler<Parcel> handler = (number, parcel) -> apply(account, number, parcel, random);
        switch (accounts.indexOf(account)) {
            case 0 -> top.read(receiver, handler);
            case 4 -> middle.read(receiver, handler);
            case 1 ->
                goOn(receiver, () -> {
                    receiver.forEachBatch(
                            1 + random.nextInt(9),
                            batch -> batch.forEach(message -> account.apply(message.sequence(), message.payload())));
                    return true;
                });
            case 2, 3 ->
                goOn(receiver, () -> {
                    Delivery<Parcel> given = switch (random.nextInt(4)) {
                        case 0 -> receiver.receive();
                        case 1 -> receiver.receiveMessage();
                        case 2 -> receiver.receive(shortTime(random)).orElse(null);
                        default -> receiver.tryReceive().orElse(null);
                    };
                    if (given instanceof Delivery.Message<Parcel> message) {
                        apply(account, message.sequence(), message.payload(), random);
                    }
                    return given instanceof Delivery.End<Parcel>;
                });
            default ->
                goOn(receiver, () -> {
                    receiver.forEachMessage(handler);
                    return true;
                });
        }
    }

    /** Reads until nothing more will come, interrupts or not. */
    private void goOn(Receiver<Parcel> receiver, Reading reading) {
        readers.add(Thread.ofVirtual().name("reader of " + receiver.name()).start(() -> {
            try {
                for (boolean end = false; !end; ) {
                    try {
                        end = reading.step();
                    } catch (InterruptedException e) {
                        // what was in hand is finished, what is there can be taken
                    }
                }
            } catch (Throwable e) {
                fail(e);
            }
        }));
    }

    private void apply(Account account, long number, Parcel parcel, Random random) {
        account.apply(number, parcel);
        switch (random.nextInt(64)) {
            case 0 -> spin(random.nextInt(20_000));
            case 1 -> {
                try {
                    anyAccount(random).clock().waitUntil(number - 1, shortTime(random));
                } catch (InterruptedException e) {
                    // it waits no longer
                }
            }
            default -> {}
        }
    }

    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    static Duration shortTime(Random random) {
        return Duration.ofNanos(random.nextInt(1_000_000) - 100_000);
    }

    // ---- looking at it

    /** Some thread has failed; the first is told by {@link #check}. */
    void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        top.fail(cause);
    }

    /** Waits until all is finished at all levels, and checks the laws. To be called where nobody sends. */
    void check() throws InterruptedException {
        checkNoFailure();
        assertThat(top.awaitFinished(PATIENCE)).as("top: %s", this).isTrue();
        long last = top.sequence();
        for (Account account : accounts) {
            assertThat(account.clock().waitUntil(last, PATIENCE))
                    .as("%s reaches %s: %s", account.receiver, last, this)
                    .isTrue();
            assertThat(account.clock().time()).isEqualTo(last);
            account.checkBalance();
        }
        checkNoFailure();
    }

    void checkNoFailure() {
        if (failure != null) {
            throw new AssertionError("a thread has failed: " + failure, failure);
        }
    }

    /** Closes all, the lowest first. */
    void close() throws InterruptedException {
        low.close();
        middle.close();
        try {
            top.close();
        } catch (DispatchException e) {
            assertThat(e.getMessage()).as("only what guests lost that failed").matches(ONLY_GUESTS);
        }
        for (Thread reader : readers) {
            assertThat(reader.join(PATIENCE)).as("%s ends", reader).isTrue();
        }
        checkNoFailure();
    }

    long given() {
        return accounts.stream().mapToLong(Account::given).sum();
    }

    @Override
    public String toString() {
        return Stream.of(top.snapshot(), middle.snapshot(), low.snapshot())
                .map(Object::toString)
                .reduce("", (all, one) -> all + "\n" + one);
    }
}
