package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Numbering and withdrawing exclude each other; who is told of a failure has sent nothing, and nobody else is held up: G14. */
public final class Withdrawing {
    private Withdrawing() {}

    /** A message, and what its sender was told: a number, or 0 for a failure. */
    private static void checkTold(Kit.Log log, String message, long told) {
        int at = log.messages.indexOf(message);
        if (told == 0) {
            check(at < 0, message + " was withdrawn, its sender was told so, and it was delivered");
        } else {
            check(at >= 0, message + " was given " + told + ", and was not delivered");
            checkEquals(told, log.numbers.get(at), "the number of " + message);
        }
    }

    /** A future that is completed in any way but with its number, against a slow reader. */
    public static void futures(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        int before = life.upTo(4);
        int way = life.upTo(4);
        Thread reads = life.go("reads", log::readOn);
        for (int i = 0; i < before; i++) {
            sender.trySend("before" + i);
        }
        CompletableFuture<Long> future = sender.dispatchAsync("x");
        Thread ends = life.go("ends", () -> {
            switch (way) {
                case 0 -> future.cancel(false);
                case 1 -> future.completeExceptionally(new IllegalArgumentException());
                case 2 -> life.orTimeout(future);
                default -> future.complete(0L);
            }
        });
        long told;
        try {
            told = future.get();
        } catch (ExecutionException | CancellationException e) {
            told = 0;
        }
        sender.send("after");
        ends.join();
        sender.close();
        reads.join();
        checkTold(log, "x", told);
        checkEquals("after", log.messages.get(log.size() - 1), "the last one");
        checkEquals((long) log.size(), dispatcher.sequence(), "numbers and messages");
    }

    /** A timed dispatch, or one that is interrupted. */
    public static void dispatches(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        long[] told = {0, 0};
        Thread timed = life.go("timed", () -> {
            try {
                told[0] = sender.dispatch("timed", life.briefly());
            } catch (TimeoutException e) {
                // withdrawn
            }
        });
        Thread interrupted = life.go("interrupted", () -> {
            try {
                told[1] = sender.dispatch("interrupted");
            } catch (InterruptedException e) {
                // withdrawn
            }
        });
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 3; i++) {
                sender.send("m" + i);
            }
        });
        Thread reads = life.go("reads", log::readOn);
        interrupted.interrupt();
        timed.join();
        interrupted.join();
        sends.join();
        sender.close();
        reads.join();
        checkTold(log, "timed", told[0]);
        checkTold(log, "interrupted", told[1]);
        checkEquals(
                List.of("m0", "m1", "m2"),
                log.messages.stream().filter(m -> m.startsWith("m")).toList(),
                "sent");
        checkEquals((long) log.size(), dispatcher.sequence(), "numbers and messages");
    }

    /** A timed send, or one that is interrupted, while it waits for a slot. */
    public static void sends(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        Set<String> accepted = new HashSet<>();
        Thread timed = life.go("timed", () -> {
            for (int i = 0; i < 3; i++) {
                if (sender.send("t" + i, life.briefly())) {
                    accepted.add("t" + i);
                }
            }
        });
        Thread interrupted = life.go("interrupted", () -> {
            try {
                for (int i = 0; i < 3; i++) {
                    sender.send("i" + i);
                    accepted.add("i" + i);
                }
            } catch (InterruptedException e) {
                // the one in hand was not sent
            }
        });
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 3; i++) {
                sender.send("m" + i);
                accepted.add("m" + i);
            }
        });
        Thread reads = life.go("reads", log::readOn);
        interrupted.interrupt();
        timed.join();
        interrupted.join();
        sends.join();
        sender.close();
        reads.join();
        checkEquals(accepted, new HashSet<>(log.messages), "delivered");
        checkEquals(accepted.size(), log.size(), "delivered once");
    }

    /** What waits behind one that is withdrawn has its turn. One reader, who takes one message, and nothing else. */
    public static void theNextHasItsTurn(Life life) throws Exception {
        Dispatcher<String> dispatcher =
                Dispatcher.builder().channelCapacity(2).inboxCapacity(1).open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        boolean both = life.chance(2);
        Sender<String> sender = dispatcher.sender("s", both ? List.of(receiver, other) : List.of(receiver));
        if (both) {
            dispatcher.read(other, (n, m) -> {});
        }
        sender.dispatch("a");
        CompletableFuture<Long> second = sender.dispatchAsync("b");
        CompletableFuture<Long> third = sender.dispatchAsync("c");
        int way = life.upTo(3);
        Thread reads = life.go("reads", () -> new Kit.Log(receiver).given(receiver.receiveMessage()));
        Thread withdraws = life.go("withdraws", () -> {
            switch (way) {
                case 0 -> second.cancel(false);
                case 1 -> life.orTimeout(second);
                default -> life.pause();
            }
        });
        reads.join();
        withdraws.join();
        if (second.isCancelled()) {
            checkEquals(2L, third.get(), "the number of what came next");
        } else if (way == 2) {
            checkEquals(2L, second.get(), "the number of the second");
        } else {
            var unused =
                    CompletableFuture.anyOf(second, third).handle((n, e) -> n).get();
        }
    }

    /** Two wait for one slot, and one of them gives up just as it gets it: the other has it. */
    public static void theSlotIsPassedOn(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        while (sender.trySend("fill")) {
            life.pause();
        }
        boolean interrupts = life.chance(2);
        boolean[] sent = {false};
        Thread givesUp = life.go("gives-up", () -> {
            try {
                sent[0] = interrupts ? sendNow(sender) : sender.send("timed", life.briefly());
            } catch (InterruptedException e) {
                // it was not sent
            }
        });
        Thread stays = life.go("stays", () -> sender.send("stays"));
        Thread reads = life.go("reads", () -> {
            Kit.Log log = new Kit.Log(receiver);
            for (int i = 0; i < 2; i++) {
                log.given(receiver.receiveMessage());
            }
            if (interrupts) {
                givesUp.interrupt();
            }
            givesUp.join();
            if (sent[0]) {
                log.given(receiver.receiveMessage());
            }
        });
        reads.join();
        stays.join();
    }

    /** Two pumps wait for room, and what the first has waited for is withdrawn just as it is granted a slot: the second gets it. */
    public static void aGrantedSlotIsPassedOn(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> first = dispatcher.sender("first", receiver);
        Sender<String> second = dispatcher.sender("second", receiver);
        second.dispatch("fill");
        CompletableFuture<Long> givesUp = first.dispatchAsync("x");
        life.untilAllWait();
        CompletableFuture<Long> stays = second.dispatchAsync("y");
        life.untilAllWait();
        life.together(() -> receiver.receiveMessage(), () -> givesUp.cancel(false));
        if (!givesUp.isCancelled()) {
            checkEquals(2L, givesUp.join(), "the number of the first");
            receiver.receiveMessage();
        }
        stays.join();
    }

    private static boolean sendNow(Sender<String> sender) throws InterruptedException {
        sender.send("interrupted");
        return true;
    }

    /** G8: a message to two is withdrawn, which had waited for room in one of them: the next waits for itself. */
    public static void toTwo(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> p = dispatcher.receiver("p");
        Receiver<String> q = dispatcher.receiver("q");
        Sender<String> both = dispatcher.sender("both", List.of(p, q));
        Sender<String> toP = dispatcher.sender("to-p", p);
        Kit.Log atP = new Kit.Log(p);
        Kit.Log atQ = new Kit.Log(q);
        boolean[] told = {false};
        Thread withdrawn = life.go("withdrawn", () -> {
            both.send("first");
            try {
                both.dispatch("second", life.briefly());
                told[0] = true;
            } catch (TimeoutException e) {
                // withdrawn
            }
            both.send("third");
            both.close();
        });
        Thread sends = life.go("sends", () -> {
            toP.send("a");
            toP.send("b");
            toP.close();
        });
        Thread reads = life.go("reads-q", () -> {
            while (!atQ.ended) {
                check(q.pending() <= 2, "too much in the inbox: " + q.pending());
                atQ.given(q.receiveMessage());
            }
        });
        while (!atP.ended) {
            check(p.pending() <= 2, "too much in the inbox: " + p.pending());
            atP.given(p.receiveMessage());
        }
        withdrawn.join();
        sends.join();
        reads.join();
        checkEquals(told[0] ? List.of("first", "second", "third") : List.of("first", "third"), atQ.messages, "at q");
        checkEquals(atQ.size() + 2, atP.size(), "at p");
    }

    /** Futures that clocks complete: cancelled, or timed out, they free the waiter, and hold up nobody else. */
    public static void clockFutures(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        CompletableFuture<Long> goes = receiver.clock().whenReached(1);
        CompletableFuture<Long> stays = receiver.clock().whenReached(1);
        Thread cancels = life.go("cancels", () -> {
            if (life.chance(2)) {
                goes.cancel(false);
            } else {
                life.orTimeout(goes);
            }
        });
        sender.send("a");
        checkEquals(1L, stays.get(), "reached");
        cancels.join();
    }

    /** Closing or giving up, against a dispatch that is under way: it is told the truth. */
    public static void againstTheEnd(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        Thread reads = life.go("reads", log::readOn);
        long[] told = {0};
        Thread dispatches = life.go("dispatches", () -> {
            for (int i = 0; i < 3; i++) {
                try {
                    told[0] = sender.dispatchAsync("m" + i).get(1 + life.upTo(10_000), TimeUnit.NANOSECONDS);
                } catch (TimeoutException | ExecutionException e) {
                    told[0] = -1; // a get that gives up withdraws nothing
                } catch (ClosedException e) {
                    told[0] = 0;
                }
                if (told[0] >= 0) {
                    String message = "m" + i;
                    long number = told[0];
                    check(number == 0 || number <= dispatcher.sequence(), message + " has number " + number);
                }
            }
        });
        sender.close();
        dispatches.join();
        reads.join();
    }
}
