package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;

/** G13: failure is loud: it stops one path, and everybody on that path is told. */
public final class Failing {
    private Failing() {}

    private static final class OnPurpose extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean hasText;

        OnPurpose(boolean hasText) {
            this.hasText = hasText;
        }

        @Override
        public String getMessage() {
            if (!hasText) {
                throw new IllegalStateException("this exception has no text");
            }
            return "on purpose";
        }
    }

    /** A handler throws at some message: the clock does not pass it; who sends or waits is told. */
    public static void aHandlerThrows(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Receiver<String> good = dispatcher.receiver("good");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Sender<String> toGood = dispatcher.sender("g", good);
        Kit.Log log = new Kit.Log(good);
        OnPurpose purpose = new OnPurpose(true);
        dispatcher.read(receiver, (n, m) -> {
            if (m.equals("bad")) {
                throw purpose;
            }
        });
        dispatcher.read(good, log);
        Thread sends = life.go(
                "sends",
                () -> Kit.expect(FailedException.class, () -> {
                    for (int i = 0; i < 20; i++) {
                        sender.send(i == 1 ? "bad" : "a");
                    }
                }));
        Thread sendsToGood = life.go("sends-to-good", () -> {
            toGood.send("a");
            toGood.send("b");
        });
        FailedException told =
                Kit.expect(FailedException.class, () -> receiver.clock().waitUntil(20));
        check(told.getCause() == purpose, "another cause: " + told.getCause());
        sends.join();
        sendsToGood.join();
        check(receiver.clock().time() < dispatcher.sequence() + 1, "the clock");
        Kit.expect(DispatchException.class, dispatcher::close);
        checkEquals(2, log.size(), "delivered to the other");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** One waits, in some call, and a receiver fails, with an exception that may have no text. Nothing else happens. */
    public static void oneWait(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        OnPurpose purpose = new OnPurpose(life.chance(2));
        int way = life.upTo(5);
        Thread waits = life.go("waits", () -> {
            Class<? extends Exception> type = way == 4 ? ExecutionException.class : FailedException.class;
            Throwable told = Kit.expect(type, () -> {
                switch (way) {
                    case 0 -> receiver.clock().waitUntil(9);
                    case 1 -> receiver.receiveMessage();
                    case 2 -> {
                        for (int i = 0; i < 9; i++) {
                            sender.send("a");
                        }
                    }
                    case 3 -> {
                        for (int i = 0; i < 9; i++) {
                            sender.dispatch("a");
                        }
                    }
                    default -> receiver.clock().whenReached(9).get();
                }
            });
            Throwable cause = way == 4 ? told.getCause().getCause() : told.getCause();
            check(cause == purpose, "another cause");
        });
        if (life.chance(2)) {
            receiver.fail(purpose);
        } else {
            dispatcher.fail(purpose);
        }
        waits.join();
    }

    /** The same, where a handler throws. */
    public static void oneWaitForAHandler(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        OnPurpose purpose = new OnPurpose(life.chance(2));
        dispatcher.read(receiver, (n, m) -> {
            throw purpose;
        });
        Thread waits = life.go(
                "waits",
                () -> Kit.expect(FailedException.class, () -> receiver.clock().waitUntil(1)));
        Thread sends = life.go(
                "sends",
                () -> Kit.expect(FailedException.class, () -> {
                    for (int i = 0; i < 9; i++) {
                        sender.send("a");
                    }
                }));
        waits.join();
        sends.join();
        checkEquals(0L, receiver.clock().time(), "the clock");
        Kit.expect(DispatchException.class, dispatcher::close);
    }

    /** All of it fails while others send, read and wait: every call ends. */
    public static void everything(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> sender = dispatcher.sender("s", List.of(one, two));
        dispatcher.read(one, (n, m) -> {});
        OnPurpose purpose = new OnPurpose(true);
        Thread sends = life.go(
                "sends",
                () -> Kit.expect(FailedException.class, () -> {
                    while (true) {
                        sender.send("a");
                    }
                }));
        Thread reads = life.go(
                "reads",
                () -> Kit.expect(FailedException.class, () -> {
                    while (true) {
                        two.receive();
                    }
                }));
        Thread waits = life.go(
                "waits",
                () -> Kit.expect(FailedException.class, () -> one.clock().waitUntil(1_000_000)));
        dispatcher.fail(purpose);
        sends.join();
        reads.join();
        waits.join();
        Kit.expect(FailedException.class, dispatcher::close);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** Receivers fail by their handlers, by several threads, with all of it, beside close: each is told once, and what is discarded never. */
    public static void toldOnce(Life life) throws Exception {
        ConcurrentHashMap<String, List<Throwable>> told = new ConcurrentHashMap<>();
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .channelCapacity(1 + life.upTo(2))
                .inboxCapacity(1 + life.upTo(2))
                .onFailure((receiver, sequence, cause) -> told.computeIfAbsent(
                                receiver, name -> new CopyOnWriteArrayList<>())
                        .add(cause))
                .open();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Receiver<String> left = dispatcher.receiver("left");
        Sender<String> sender = dispatcher.sender("s", List.of(one, two));
        OnPurpose byHandler = new OnPurpose(true);
        OnPurpose byFail = new OnPurpose(true);
        OnPurpose byAll = new OnPurpose(true);
        dispatcher.read(one, (n, m) -> {
            throw byHandler;
        });
        dispatcher.read(two, (n, m) -> {});
        boolean all = life.chance(2);
        boolean closes = life.chance(2);
        life.together(
                () -> Kit.unlessStopped(() -> sender.send("a")),
                () -> one.fail(byFail),
                () -> {
                    left.discard();
                    left.fail(byFail);
                },
                () -> {
                    if (all) {
                        dispatcher.fail(byAll);
                    }
                },
                () -> {
                    if (closes) {
                        Kit.closeAnyhow(dispatcher);
                    }
                });
        Kit.closeAnyhow(dispatcher);
        life.untilAllWait(); // what has failed after it was closed is told by threads that nobody joins
        checkEquals(all ? List.of(byAll) : List.of(), told.getOrDefault("", List.of()), "told of all");
        for (Receiver<String> receiver : List.of(one, two, left)) {
            List<Throwable> causes = told.getOrDefault(receiver.name(), List.of());
            Throwable cause = null;
            try {
                receiver.clock().waitUntil(9, Duration.ZERO);
            } catch (DispatchException e) {
                cause = e.getCause();
            }
            boolean alone = cause != null && cause != byAll;
            checkEquals(alone ? List.of(cause) : List.of(), causes, "told of " + receiver);
        }
    }

    /** A handler fails at some messages, and a policy retries and skips, while messages come, and the receiver is stopped in some way. */
    public static void recovered(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        OnPurpose byFail = new OnPurpose(true);
        int stop = life.upTo(6);
        boolean waitsForEver = stop > 1 && life.chance(2);
        Kit.Log log = new Kit.Log(receiver);
        int[] failures = new int[1];
        Thread reads = life.go("reads", () -> {
            try {
                receiver.forEachMessage(
                        (n, m) -> {
                            if (m.equals("bad") || (m.equals("worse") && failures[0]++ < 2)) {
                                throw new OnPurpose(true);
                            }
                            log.handle(n, m);
                        },
                        (n, m, failure, attempt) -> {
                            check(receiver.clock().time() == n - 1, "the clock does not stand");
                            check(receiver.skipped() <= 1, "skipped twice");
                            return waitsForEver
                                    ? Recovery.retryAfter(Duration.ofSeconds(Long.MAX_VALUE))
                                    : m.equals("bad") && attempt == 2
                                            ? Recovery.skip()
                                            : Recovery.retryAfter(life.chance(2) ? Duration.ZERO : life.briefly());
                        });
                check(stop <= 1, "its end");
            } catch (ClosedException e) {
                check(stop == 2, "it is closed");
            } catch (FailedException e) {
                check(
                        stop == 3 || stop == 4 ? e.getCause() == byFail : e.getCause() instanceof InterruptedException,
                        "another cause: " + e);
            } catch (InterruptedException e) {
                check(stop == 5, "interrupted between messages");
            }
        });
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessStopped(() -> {
                    for (String message : List.of("a", "bad", "worse", "b")) {
                        sender.send(message);
                    }
                    if (stop <= 1) {
                        sender.close();
                    }
                }));
        if (stop > 1) {
            life.pause();
        }
        switch (stop) {
            case 2 -> receiver.discard();
            case 3 -> receiver.fail(byFail);
            case 4 -> dispatcher.fail(byFail);
            case 5 -> reads.interrupt();
            default -> {}
        }
        reads.join();
        if (stop == 5) {
            receiver.discard();
        }
        sends.join();
        if (stop <= 1) {
            checkEquals(List.of("a", "worse", "b"), log.messages, "handled");
            checkEquals(1L, receiver.skipped(), "skipped");
            checkEquals(4L, receiver.clock().time(), "the clock");
        }
        Kit.closeAnyhow(dispatcher);
    }

    /** A member of a group fails: those who stay go on. */
    public static void aMember(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> stays = dispatcher.receiver("stays");
        Receiver<String> fails = dispatcher.receiver("fails");
        Sender<String> sender =
                life.chance(2) ? dispatcher.sender("s", List.of(stays, fails)) : dispatcher.broadcaster("s");
        Kit.Log log = new Kit.Log(stays);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 4; i++) {
                sender.send("a");
            }
            sender.close();
        });
        Thread reads = life.go("reads", log::readOn);
        fails.fail(new OnPurpose(true));
        sends.join();
        reads.join();
        checkEquals(4, log.size(), "delivered");
    }

    /** Failing and closing at once: close ends, and tells. */
    public static void againstClose(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        sender.send("a");
        boolean all = life.chance(2);
        life.together(
                () -> {
                    if (all) {
                        dispatcher.fail(new OnPurpose(life.chance(2)));
                    } else {
                        receiver.fail(new OnPurpose(life.chance(2)));
                    }
                },
                () -> {
                    try {
                        dispatcher.close();
                    } catch (DispatchException e) {
                        // it was told
                    }
                    checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
                });
    }
}
