package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.simulation.Life;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Forwarders, promises and w(r): F1 to F7, larger and tiny. */
public final class Merges {
    private Merges() {}

    static ForwardingDispatcher<String> tiny() {
        return ForwardingDispatcher.builder().channelCapacity(1).open();
    }

    static ForwardingDispatcher<String> small(Life life) {
        return ForwardingDispatcher.builder().channelCapacity(1 + life.upTo(3)).open();
    }

    /** F2: what several forward is given in the order of the numbers, all of it, whoever comes first; then End. */
    public static void inOrder(Life life) throws Exception {
        ForwardingDispatcher<String> merge = small(life);
        Receiver<String> receiver = merge.receiver("r");
        Receiver<String> other = merge.receiver("other");
        List<Forwarder<String>> sources =
                List.of(merge.forwarder("a", receiver), merge.forwarder("b", receiver, other), merge.broadcaster("c"));
        int each = 1 + life.upTo(4);
        Life.Body[] bodies = new Life.Body[5];
        for (int s = 0; s < 3; s++) {
            Forwarder<String> source = sources.get(s);
            bodies[s] = () -> {
                long number = 0;
                for (int i = 0; i < each; i++) {
                    number += 1 + life.upTo(3);
                    forward(life, source, number);
                }
                if (life.chance(2)) {
                    source.advance(number + life.upTo(5));
                }
                source.close();
            };
        }
        Kit.Log log = new Kit.Log(receiver, true);
        Kit.Log atOther = new Kit.Log(other, true);
        bodies[3] = () -> log.readAll(life);
        bodies[4] = () -> atOther.readAll(life);
        life.together(bodies);
        checkEquals(3 * each, log.size(), "delivered");
        checkEquals(2 * each, atOther.size(), "delivered to the other");
        for (Kit.Log one : List.of(log, atOther)) {
            for (int i = 1; i < one.size(); i++) { // the order of joining
                check(
                        one.numbers.get(i - 1) < one.numbers.get(i)
                                || one.messages.get(i - 1).compareTo(one.messages.get(i)) <= 0,
                        "in the order of joining: " + one.messages);
            }
        }
    }

    private static void forward(Life life, Forwarder<String> source, long number) throws Exception {
        String message = source.name();
        switch (life.upTo(4)) {
            case 0 -> {
                if (!source.tryForward(number, message)) {
                    source.forwardPart(number, message); // what is not accepted promises n - 1 all the same
                }
            }
            case 1 -> {
                source.forwardPart(number, message);
                if (life.chance(2)) {
                    source.advance(number);
                }
            }
            case 2 -> {
                if (!source.forward(number, message, life.briefly())) {
                    source.forward(number, message);
                }
            }
            default -> source.forward(number, message);
        }
    }

    /** One forward, one that reads in some way, and nothing else: the reader is told. */
    public static void oneForwardOneReader(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> source = life.chance(2) ? merge.forwarder("a", receiver) : merge.broadcaster("a");
        Thread reads = life.go("reads", () -> {
            Delivery<String> delivery = receiver.receiveMessage();
            checkEquals(new Delivery.Message<>(2, "x"), delivery, "given");
        });
        source.forward(2, "x");
        reads.join();
    }

    /** Two sources, and the last step of the one lets through what the other has forwarded. */
    public static void theLastStep(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = merge.forwarder("b", receiver);
        int way = life.upTo(4);
        Thread reads = life.go("reads", () -> {
            Delivery<String> first = receiver.receiveMessage();
            checkEquals(way == 3 ? 1L : 2L, first.sequence(), "the first number");
            if (way == 3) {
                checkEquals(2L, receiver.receiveMessage().sequence(), "the second number");
            }
        });
        life.together(() -> a.forward(2, "x"), () -> {
            switch (way) {
                case 0 -> b.advance(2);
                case 1 -> b.forward(3, "y");
                case 2 -> b.close();
                default -> {
                    b.forward(1, "y");
                    b.advance(2);
                }
            }
        });
        reads.join();
    }

    /** A message is forwarded, and then due, some moment after the reader has read the last one: it is told of each. */
    public static void theNextOne(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = merge.forwarder("b", receiver);
        AtomicLong read = new AtomicLong();
        merge.read(receiver, (n, m) -> read.set(n));
        int rounds = 1 + life.upTo(3);
        for (int i = 1; i <= rounds; i++) {
            long number = 3L * i;
            a.forward(number, "x");
            if (life.chance(2)) {
                life.pause();
            }
            b.advance(number);
            a.advance(number + 1); // so that the promise that is waited for is the other one's
            while (read.get() < number) {
                life.pause();
            }
        }
    }

    /** One promise, and one that waits for the clock, in some way, and nothing else. */
    public static void onePromiseOneWait(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = life.chance(2) ? merge.broadcaster("b") : null;
        int way = life.upTo(3);
        Thread waits = life.go("waits", () -> {
            switch (way) {
                case 0 -> receiver.clock().waitUntil(3);
                case 1 -> receiver.clock().whenReached(3).get();
                default -> {
                    while (receiver.receive().sequence() < 3) {
                        // ticks
                    }
                }
            }
            check(
                    receiver.clock().time() >= 3,
                    "the clock is at " + receiver.clock().time());
        });
        life.together(() -> a.advance(3), () -> {
            if (b != null) {
                b.advance(life.upTo(2));
                b.advance(4);
            }
        });
        waits.join();
    }

    /** A message is forwarded, and a thread waits until it has been handled. */
    public static void oneForwardOneWait(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> source = merge.forwarder("a", receiver);
        long[] effect = {0};
        merge.read(receiver, (n, m) -> effect[0] = n);
        Thread waits = life.go("waits", () -> {
            receiver.clock().waitUntil(2);
            check(effect[0] >= 2, "the clock is ahead of the effect");
        });
        if (life.chance(2)) {
            source.forward(2, "x");
        } else {
            source.forwardPart(2, "x");
            source.advance(2);
        }
        waits.join();
    }

    /** F7: a forward without room goes on when there is some; one slot is enough. */
    public static void oneForwardWithoutRoom(Life life) throws Exception {
        int capacity = 1 << life.upTo(4);
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(capacity).open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = life.chance(2) ? merge.forwarder("b", receiver) : null;
        int fits = 0;
        while (fits < 20 && a.tryForward(fits + 1, "x")) {
            fits++;
        }
        check(fits <= capacity + 1, "more than there is room for: " + fits + " of " + capacity);
        int number = fits + 1;
        Thread forwards = life.go("forwards", () -> a.forward(number, "x"));
        if (b != null) {
            b.advance(1);
        }
        checkEquals(1L, receiver.receiveMessage().sequence(), "the first number");
        if (b != null && life.chance(2)) {
            b.close();
        }
        forwards.join();
    }

    /** F2, G4: who acknowledges the last in the inbox has not finished what is due behind it. */
    public static void acknowledging(Life life) throws Exception {
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(4).open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = life.chance(2) ? merge.forwarder("b", receiver) : null;
        Thread forwards = life.go("forwards", () -> {
            for (int i = 1; i <= 4; i++) {
                a.forward(i, "x");
            }
            if (b != null) {
                b.advance(4);
            }
        });
        if (life.chance(2)) {
            forwards.join();
        }
        int[] acknowledged = {0};
        long number = 1 + life.upTo(4);
        Thread waits = life.go("waits", () -> {
            receiver.clock().waitUntil(number);
            check(acknowledged[0] >= number, "the clock is ahead of what was acknowledged");
        });
        boolean looks = life.chance(2); // who looks has the inbox filled
        for (int i = 1; i <= 4; i++) {
            checkEquals((long) i, receiver.receiveMessage().sequence(), "given");
            acknowledged[0] = i;
            receiver.acknowledge();
            long time = looks ? receiver.clock().time() : 0;
            check(time <= i || i == 4, "the clock is at " + time + " before " + (i + 1) + " was given");
        }
        forwards.join();
        waits.join();
    }

    /** F2, F4, F6: each receiver has a w of its own; who joins stands at the greatest of those that he addresses. */
    public static void eachItsOwn(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> one = merge.receiver("one");
        Receiver<String> two = merge.receiver("two");
        Forwarder<String> a = merge.forwarder("a", one);
        Forwarder<String> b = merge.forwarder("b", two);
        Thread waits = life.go("waits", () -> one.clock().waitUntil(5));
        Thread late = life.go("late", () -> two.clock().waitUntil(6));
        a.advance(5);
        waits.join();
        check(two.clock().time() == 0, "another's promise: " + two.clock().time());
        Forwarder<String> both = merge.forwarder("both", two, one);
        Kit.expect(LateMessageException.class, () -> both.forward(1 + life.upTo(5), "x"));
        b.advance(6);
        both.close();
        late.join();
    }

    /** F1: a forward that waits, and is overtaken by advance, is told. */
    public static void overtaken(Life life) throws Exception {
        ForwardingDispatcher<String> merge = tiny();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        merge.forwarder("b", receiver); // which promises nothing
        a.forward(1, "x");
        while (a.tryForward(1 + merge.sequence() + 1, "x")) {
            life.pause();
        }
        Thread forwards = life.go("forwards", () -> Kit.expect(LateMessageException.class, () -> a.forward(9, "y")));
        a.advance(10);
        forwards.join();
    }
}
