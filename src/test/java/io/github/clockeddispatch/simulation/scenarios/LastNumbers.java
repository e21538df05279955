package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.concurrent.atomic.AtomicInteger;

/** Past the last number nothing wraps, nobody sleeps on, and what got no number is told: G1, G12, G17. */
public final class LastNumbers {
    private static final long LAST = Long.MAX_VALUE - 1;

    private LastNumbers() {}

    private static Dispatcher<String> withNumbersLeft(int left) {
        return Dispatcher.builder()
                .channelCapacity(2)
                .inboxCapacity(2)
                .startAfter(LAST - left)
                .open();
    }

    /** Two threads dispatch: as many numbers are given as there are, and the rest is refused. */
    public static void dispatches(Life life) throws Exception {
        Dispatcher<String> dispatcher = withNumbersLeft(2);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> one = dispatcher.sender("one", receiver);
        Sender<String> two = life.chance(2) ? one : dispatcher.broadcaster("two");
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        AtomicInteger numbered = new AtomicInteger();
        Life.Body sends = () -> {
            Sender<String> sender = life.chance(2) ? one : two;
            for (int i = 0; i < 2; i++) {
                try {
                    long number = sender.dispatch("a");
                    check(number > LAST - 2 && number <= LAST, "number " + number);
                    numbered.incrementAndGet();
                } catch (IllegalStateException e) {
                    check(dispatcher.sequence() == LAST, "refused at " + dispatcher.sequence());
                }
            }
        };
        life.together(sends, sends);
        checkEquals(2, numbered.get(), "numbered");
        dispatcher.close();
        checkEquals(2, log.size(), "delivered");
        checkEquals(LAST, receiver.clock().time(), "the clock");
    }

    /** What was accepted and gets no number is told by close, and nobody sleeps on. */
    public static void sends(Life life) throws Exception {
        Dispatcher<String> dispatcher = withNumbersLeft(1 + life.upTo(2));
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> one = dispatcher.sender("one", receiver);
        Sender<String> two = dispatcher.sender("two", receiver);
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        AtomicInteger accepted = new AtomicInteger();
        life.together(send(one, accepted), send(two, accepted));
        boolean told = false;
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            told = true;
        }
        checkEquals(accepted.get() > log.size(), told, "told of " + (accepted.get() - log.size()) + " lost");
    }

    private static Life.Body send(Sender<String> sender, AtomicInteger accepted) {
        return () -> {
            for (int i = 0; i < 3; i++) {
                try {
                    sender.send("a");
                    accepted.incrementAndGet();
                } catch (IllegalStateException e) {
                    return; // no number is left
                }
            }
        };
    }

    /** One waits for the last number, and one for a message, and nothing else happens. */
    public static void oneWait(Life life) throws Exception {
        Dispatcher<String> dispatcher = withNumbersLeft(1);
        Receiver<String> receiver = dispatcher.receiver("r");
        Receiver<String> idle = dispatcher.receiver("idle");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        Receiver<String> waitedFor = life.chance(2) ? receiver : idle;
        Thread waits = life.go("waits", () -> waitedFor.clock().waitUntil(LAST));
        if (life.chance(2)) {
            sender.send("a");
        } else {
            checkEquals(LAST, sender.dispatch("a"), "number");
        }
        waits.join();
        Kit.expect(IllegalStateException.class, () -> {
            for (int i = 0; i < 4; i++) {
                sender.send("b");
            }
        });
    }

    /** The clock above a link gets to the last number, by messages or by promises: the link sleeps. */
    public static void aLinkSleeps(Life life) throws Exception {
        Dispatcher<String> top = withNumbersLeft(1);
        ForwardingDispatcher<String> upper = ForwardingDispatcher.open();
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().startAfter(LAST - 1).open();
        Receiver<String> to = merge.receiver("to");
        Kit.Log log = new Kit.Log(to);
        merge.read(to, log);
        if (life.chance(2)) {
            Receiver<String> from = top.receiver("from");
            merge.link(from, to);
            top.sender("s", from).dispatch("x");
        } else {
            Receiver<String> from = upper.receiver("from");
            Forwarder<String> forwarder = upper.forwarder("forwarder", from);
            merge.link(from, to);
            if (life.chance(2)) {
                forwarder.forward(LAST, "x");
            } else {
                forwarder.advance(LAST);
            }
        }
        to.clock().waitUntil(LAST);
        life.untilAllWait();
        merge.close();
        upper.close();
        top.close();
        checkEquals(LAST, to.clock().time(), "the clock");
    }
}
