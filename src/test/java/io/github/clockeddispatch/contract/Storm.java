package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Many senders in all forms, interrupted at random and with little time, then the conservation law: each message that
 * was accepted was given once to each that it was addressed to, with the number that its sender was told; what was
 * withdrawn never came; the numbers are dense; each sender's messages are in order.
 */
final class Storm {
    private static final int MESSAGES = 150;

    private final Setup setup;
    private final Random random;
    private final Dispatcher<String> dispatcher;
    private final List<Receiver<String>> receivers = new ArrayList<>();

    Storm(Setup setup, long seed) {
        this.setup = setup;
        random = new Random(seed);
        dispatcher = setup.open(builder -> builder.drainTimeout(Await.BOUND));
    }

    /** What one thread did: which messages were accepted, and the numbers of those that it was told. */
    private static final class Account {
        final List<String> accepted = new ArrayList<>();
        final Map<String, Long> told = new HashMap<>();
        final Map<String, CompletableFuture<Long>> promised = new HashMap<>();
    }

    void run() throws InterruptedException {
        List<Reading<String>> readings = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            receivers.add(dispatcher.receiver(name));
            readings.add(setup.read(receivers.getLast()));
        }
        Map<String, List<Receiver<String>>> addressed = new HashMap<>();
        List<Running<Account>> threads = new ArrayList<>();
        Sender<String> toAll = dispatcher.broadcaster("all");
        Sender<String> toA = dispatcher.sender("a", receivers.get(0));
        Sender<String> toAToo = dispatcher.sender("a too", receivers.get(0));
        Sender<String> toAAndB = dispatcher.sender("a and b", receivers.subList(0, 2));
        addressed.put("all", receivers);
        addressed.put("a", receivers.subList(0, 1));
        addressed.put("a too", receivers.subList(0, 1));
        addressed.put("a and b", receivers.subList(0, 2));
        for (Sender<String> sender : List.of(toAll, toA, toA, toAToo, toAAndB)) {
            long seed = random.nextLong();
            String prefix = sender.name() + ":" + threads.size() + ":";
            threads.add(setup.call(prefix, () -> act(sender, prefix, new Random(seed))));
        }
        Gate calm = setup.gate();
        Running<Void> interrupter = setup.run("interrupter", () -> {
            Random own = new Random(random.nextLong());
            while (!calm.isOpen()) {
                threads.get(own.nextInt(threads.size())).interrupt();
                for (int i = own.nextInt(200); i > 0; i--) {
                    Thread.onSpinWait();
                }
                Thread.yield();
            }
        });
        List<Account> accounts = threads.stream().map(Running::result).toList();
        calm.open();
        interrupter.result();
        dispatcher.close();

        Map<String, Long> numbers = new HashMap<>();
        Map<String, Integer> given = new HashMap<>();
        Set<Long> all = new HashSet<>();
        for (Reading<String> reading : readings) {
            List<Delivery.Message<String>> messages = reading.all();
            Numbers.assertRising(Reading.numbers(messages));
            for (Delivery.Message<String> message : messages) {
                Long before = numbers.put(message.payload(), message.sequence());
                assertTrue(before == null || before == message.sequence(), "one number each");
                given.merge(message.payload(), 1, Integer::sum);
                all.add(message.sequence());
            }
        }
        Numbers.assertDense(1, dispatcher.sequence(), all);
        Set<String> accepted = new HashSet<>();
        for (Account account : accounts) {
            accepted.addAll(account.accepted);
            account.promised.forEach((message, future) -> {
                try {
                    account.told.put(message, future.join());
                    accepted.add(message);
                } catch (CancellationException e) {
                    // withdrawn
                }
            });
            account.told.forEach((message, number) -> assertEquals(number, numbers.get(message), message));
            Numbers.assertRising(account.accepted.stream().map(numbers::get).toList());
        }
        assertEquals(accepted, given.keySet());
        given.forEach((message, times) -> assertEquals(
                addressed.get(message.substring(0, message.indexOf(':'))).size(), times, message));
        assertEquals(accepted.size(), dispatcher.sequence());
    }

    private static Account act(Sender<String> sender, String prefix, Random random) {
        Account account = new Account();
        for (int i = 0; i < MESSAGES; i++) {
            String message = prefix + i;
            try {
                Duration time = Duration.ofNanos(random.nextInt(50_000));
                switch (random.nextInt(7)) {
                    case 0 -> {
                        sender.send(message);
                        account.accepted.add(message);
                    }
                    case 1 -> {
                        if (sender.trySend(message)) {
                            account.accepted.add(message);
                        }
                    }
                    case 2 -> {
                        if (sender.send(message, time)) {
                            account.accepted.add(message);
                        }
                    }
                    case 3 -> told(account, message, sender.dispatch(message));
                    case 4 -> told(account, message, sender.dispatch(message, time));
                    case 5 -> account.promised.put(message, sender.dispatchAsync(message));
                    default -> {
                        CompletableFuture<Long> future = sender.dispatchAsync(message);
                        account.promised.put(message, future);
                        if (!future.cancel(true)) {
                            told(account, message, future.join());
                        }
                    }
                }
            } catch (InterruptedException | TimeoutException e) {
                // withdrawn
            }
        }
        return account;
    }

    private static void told(Account account, String message, long number) {
        account.accepted.add(message);
        account.told.put(message, number);
    }
}
