package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Larger random lives: everything that a dispatcher can be asked for, at random, and the accounts at the end. */
public final class Lives {
    private Lives() {}

    /** What one thread was told of each of its messages. */
    private static final class Told {
        final Set<String> accepted = new HashSet<>();
        final Set<String> refused = new HashSet<>();
        final Map<String, Long> numbers = new HashMap<>();
        private final String name;
        private int count;

        Told(String name) {
            this.name = name;
        }

        String next() {
            return name + "-" + count++;
        }

        /** Sends one message in one of the ways that there are. Returns false where it is closed, or interrupted. */
        boolean send(Life life, Sender<String> sender) {
            String message = next();
            int way = life.upTo(7);
            try {
                boolean accepts = true;
                switch (way) {
                    case 0 -> numbers.put(message, sender.dispatch(message));
                    case 1 -> accepts = sender.trySend(message);
                    case 2 -> accepts = sender.send(message, life.briefly());
                    case 3 -> numbers.put(message, sender.dispatch(message, life.briefly()));
                    case 4 ->
                        numbers.put(
                                message,
                                life.orTimeout(sender.dispatchAsync(message)).get());
                    case 5 -> numbers.put(message, sender.dispatchAsync(message).get(1, TimeUnit.HOURS));
                    default -> sender.send(message);
                }
                (accepts ? accepted : refused).add(message);
                return true;
            } catch (TimeoutException e) {
                refused.add(message);
                return true;
            } catch (ExecutionException e) {
                refused.add(message);
                return e.getCause() instanceof TimeoutException;
            } catch (ClosedException | FailedException e) {
                refused.add(message);
                return false;
            } catch (InterruptedException e) {
                if (way != 4 && way != 5) { // who waits for a future no more withdraws nothing
                    refused.add(message);
                }
                return false;
            }
        }
    }

    /** Readers of all kinds, threads that send through shared senders, waits, interrupts; then close, and conservation. */
    public static void ofOneDispatcher(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .channelCapacity(1 + life.upTo(3))
                .inboxCapacity(1 + life.upTo(3))
                .open();
        List<Receiver<String>> receivers = new ArrayList<>();
        List<Kit.Log> logs = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Receiver<String> receiver = dispatcher.receiver("r" + i);
            Kit.Log log = new Kit.Log(receiver);
            receivers.add(receiver);
            logs.add(log);
            if (life.chance(2)) {
                dispatcher.read(receiver, log);
            } else {
                threads.add(life.go("reads-" + i, () -> log.readAll(life)));
            }
        }
        List<Sender<String>> senders = List.of(
                dispatcher.sender("to-0", receivers.get(0)),
                dispatcher.sender("to-both", receivers),
                dispatcher.broadcaster("to-all"));
        List<Told> told = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            Told one = new Told("t" + t);
            told.add(one);
            Thread thread = life.go("sends-" + t, () -> {
                try {
                    for (int i = 1 + life.upTo(5); i > 0 && one.send(life, senders.get(life.upTo(3))); i--) {
                        if (life.chance(4)) {
                            receivers.get(life.upTo(2)).clock().waitUntil(dispatcher.sequence(), life.briefly());
                        }
                    }
                } catch (InterruptedException | ClosedException | FailedException e) {
                    // it waited for a clock
                }
            });
            threads.add(thread);
            if (life.chance(6)) {
                thread.interrupt();
            }
        }
        threads.add(life.go(
                "waits",
                () -> Kit.unlessClosed(() -> {
                    long number = 1 + life.upTo(6);
                    Receiver<String> receiver = receivers.get(life.upTo(2));
                    receiver.clock().waitUntil(number);
                    check(receiver.clock().time() >= number, "the clock is not there");
                    dispatcher.snapshot();
                })));
        if (life.chance(2)) {
            senders.get(life.upTo(3)).close();
        }
        dispatcher.close();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        for (Thread thread : threads) {
            thread.join();
        }
        checkAccounts(logs, told, dispatcher.sequence());
    }

    private static void checkAccounts(List<Kit.Log> logs, List<Told> told, long sequence) {
        Set<Long> numbers = new HashSet<>();
        Set<String> given = new HashSet<>();
        for (Kit.Log log : logs) {
            numbers.addAll(log.numbers);
            given.addAll(log.messages);
        }
        checkEquals(sequence, (long) numbers.size(), "numbers given to readers of those that were given at all");
        for (Told one : told) {
            for (String message : one.accepted) {
                check(given.contains(message), message + " was accepted, and not delivered");
            }
            for (String message : one.refused) {
                check(!given.contains(message), message + " was refused, and delivered");
            }
            one.numbers.forEach((message, number) -> logs.forEach(log -> {
                int at = log.messages.indexOf(message);
                check(at < 0 || log.numbers.get(at).equals(number), message + " was told another number: " + number);
            }));
        }
    }

    /** Receivers come, are read, fail, are given up; senders come and go; nobody sleeps on, and close ends. */
    public static void ofVisitors(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Sender<String> all = dispatcher.broadcaster("all");
        Life.Body guests = () -> Kit.unlessClosed(() -> {
            for (int i = 0; i < 2; i++) {
                Receiver<String> guest =
                        dispatcher.receiver(Thread.currentThread().threadId() + "-" + i);
                Kit.Log log = new Kit.Log(guest);
                for (int k = life.upTo(3); k > 0; k--) {
                    log.given(life.chance(2) ? guest.receive() : guest.receiveMessage());
                }
                if (life.chance(2)) {
                    guest.discard();
                } else {
                    guest.fail(new IllegalArgumentException("on purpose"));
                }
            }
        });
        Life.Body writes = () -> Kit.unlessClosed(() -> {
            for (int i = 0; i < 6; i++) {
                all.dispatch("a");
            }
        });
        Life.Body watches = () -> Kit.unlessClosed(() -> {
            Receiver<String> idle = dispatcher.receiver("idle");
            idle.discard();
            try {
                dispatcher.awaitFinished(life.briefly());
            } catch (FailedException e) {
                // a guest has failed
            }
        });
        Thread two = life.go("guests", () -> life.together(guests, guests, watches));
        life.together(writes, writes);
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            check(dispatcher.sequence() >= 0, "closed");
        }
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        two.join();
    }
}
