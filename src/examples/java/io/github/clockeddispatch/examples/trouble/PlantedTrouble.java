package io.github.clockeddispatch.examples.trouble;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A program with a trouble planted in it, one of those that {@code docs/troubleshooting.md} is about, to look at from outside. It goes on
 * until it is interrupted. {@code ./demo trouble} tells which there are.
 */
public enum PlantedTrouble {
    /** A handler that takes long, behind a small inbox: who sends to it waits. */
    BLOCKED_WRITES {
        @Override
        void run() throws InterruptedException {
            try (Dispatcher<String> shop = shop()) {
                Receiver<String> stock = shop.receiver("stock");
                Receiver<String> index = shop.receiver("index");
                shop.read(stock, (number, item) -> {});
                shop.read(index, (number, item) -> Slow.write(Duration.ofSeconds(2)));
                Sender<String> desk = shop.sender("desk", stock, index);
                Sender<String> till = shop.sender("till", stock);
                inThread("till", () -> sendForEver(till));
                inThread("web-3", () -> sendForEver(desk));
                sendForEver(desk);
            }
        }
    },

    /** A receiver that nobody reads: who waits for its clock waits in vain. */
    TIMED_OUT_WAIT {
        @Override
        void run() throws InterruptedException {
            try (Dispatcher<String> shop = shop()) {
                Receiver<String> stock = shop.receiver("stock");
                Receiver<String> index = shop.receiver("index"); // and then its reader was forgotten
                shop.read(stock, (number, item) -> {});
                Sender<String> desk = shop.sender("desk", stock, index);
                while (true) {
                    long number = desk.dispatch("bolt");
                    if (!index.clock().waitUntil(number, Duration.ofSeconds(5))) {
                        System.out.println(index.clock().explain(number));
                    }
                }
            }
        }
    },

    /** A handler that is a little slower than what comes. */
    LATE_VIEW {
        @Override
        void run() throws InterruptedException {
            try (Dispatcher<String> shop =
                    Dispatcher.builder().name("shop").inboxCapacity(100_000).open()) {
                Receiver<String> stock = shop.receiver("stock");
                Receiver<String> index = shop.receiver("index");
                shop.read(stock, (number, item) -> {});
                shop.read(index, (number, item) -> Slow.write(Duration.ofMillis(30)));
                Sender<String> desk = shop.sender("desk", stock, index);
                while (true) {
                    desk.send("bolt");
                    Thread.sleep(10);
                }
            }
        }
    },

    /** A handler that has thrown. */
    DEAD_VIEW {
        @Override
        void run() throws InterruptedException {
            try (Dispatcher<String> shop = shop()) {
                Receiver<String> stock = shop.receiver("stock");
                Receiver<String> index = shop.receiver("index");
                shop.read(stock, (number, item) -> {});
                shop.read(index, (number, item) -> Slow.index(item));
                Sender<String> desk = shop.sender("desk", stock, index);
                for (int i = 1; ; i++) {
                    desk.send(i == 17 ? "" : "bolt");
                    Thread.sleep(100);
                }
            }
        }
    },

    /** A source of a merge that has nothing to forward, and does not say so. */
    STANDING_MERGE {
        @Override
        void run() throws InterruptedException {
            try (ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                    .name("log")
                    .channelCapacity(64)
                    .open()) {
                Receiver<String> all = merge.receiver("all");
                merge.read(all, (number, line) -> {});
                Forwarder<String> east = merge.forwarder("east", all);
                Forwarder<String> west = merge.forwarder("west", all);
                west.forward(40, "bolt"); // and nothing more, not even advance
                for (long number = 1; ; number++) {
                    east.forward(number, "nut");
                    Thread.sleep(50);
                }
            }
        }
    },

    /** Two handlers that wait for each other's clock, at the number that both have in hand. */
    DEADLOCK {
        @Override
        void run() throws InterruptedException {
            waitForEachOther((clock, number) -> clock.waitUntil(number));
        }
    },

    /** The same with waits that have a limit of time, so that nothing is refused. */
    TIMED_DEADLOCK {
        @Override
        void run() throws InterruptedException {
            waitForEachOther((clock, number) -> clock.waitUntil(number, Duration.ofMinutes(10)));
        }
    },

    /** A sender for each request, never closed. */
    GROWING_MEMORY {
        @Override
        void run() throws InterruptedException {
            try (Dispatcher<String> shop = shop()) {
                Receiver<String> stock = shop.receiver("stock");
                shop.read(stock, (number, item) -> {});
                for (int request = 1; ; request++) {
                    shop.sender("request-" + request, stock).send("bolt");
                    Thread.sleep(5);
                }
            }
        }
    },

    /** A view that needs longer than the drain time-out. */
    LOSSES {
        @Override
        void run() throws InterruptedException {
            Dispatcher<String> shop = Dispatcher.builder()
                    .name("shop")
                    .inboxCapacity(64)
                    .drainTimeout(Duration.ofSeconds(1))
                    .open();
            Receiver<String> index = shop.receiver("index");
            shop.read(index, (number, item) -> Slow.write(Duration.ofSeconds(2)));
            Sender<String> desk = shop.sender("desk", index);
            for (int i = 0; i < 100; i++) {
                desk.send("bolt");
            }
            Thread.sleep(10_000); // time to start a recording
            try {
                shop.close();
            } catch (DispatchException e) {
                System.out.println(e.getMessage());
            }
            Thread.currentThread().join();
        }
    };

    /** What the handlers do. */
    private static final class Slow {
        private Slow() {}

        static void write(Duration time) throws InterruptedException {
            Thread.sleep(time);
        }

        static void index(String item) {
            if (item.isEmpty()) {
                throw new IllegalArgumentException("an order without items");
            }
        }
    }

    /** A way to wait for a clock. */
    @FunctionalInterface
    private interface Waiting {
        void await(LogicalClock clock, long number) throws InterruptedException;
    }

    /** A part of a program. */
    @FunctionalInterface
    private interface Part {
        void run() throws InterruptedException;
    }

    abstract void run() throws InterruptedException;

    private static Dispatcher<String> shop() {
        return Dispatcher.builder()
                .name("shop")
                .channelCapacity(64)
                .inboxCapacity(64)
                .open();
    }

    private static void waitForEachOther(Waiting waiting) throws InterruptedException {
        try (Dispatcher<String> shop = shop()) {
            Receiver<String> stock = shop.receiver("stock");
            Receiver<String> audit = shop.receiver("audit");
            LogicalClock stockClock = stock.clock();
            LogicalClock auditClock = audit.clock();
            shop.read(stock, (number, item) -> waiting.await(auditClock, number));
            shop.read(audit, (number, item) -> waiting.await(stockClock, number));
            shop.sender("desk", stock, audit).send("bolt");
            Thread.currentThread().join();
        }
    }

    private static void sendForEver(Sender<String> sender) throws InterruptedException {
        while (true) {
            sender.send("bolt");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static void inThread(String name, Part part) {
        Thread.ofPlatform().name(name).daemon().start(() -> {
            try {
                part.run();
            } catch (InterruptedException | DispatchException e) {
                System.out.println(name + " has ended: " + e);
            }
        });
    }

    /** The name on the command line. */
    String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Runs the program with one of the troubles.
     *
     * @param arguments the name of the trouble
     * @throws InterruptedException if it is interrupted
     */
    public static void main(String[] arguments) throws InterruptedException {
        for (PlantedTrouble trouble : values()) {
            if (arguments.length == 1 && trouble.argument().equals(arguments[0])) {
                System.out.println(trouble.argument() + " in process "
                        + ProcessHandle.current().pid()
                        + "; docs/troubleshooting.md tells what to look at. Ctrl-C ends it.");
                trouble.run();
            }
        }
        StringBuilder names = new StringBuilder("demo: give one of");
        for (PlantedTrouble trouble : values()) {
            names.append(' ').append(trouble.argument());
        }
        System.err.println(names);
        System.exit(2);
    }
}
