package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Pumps in threads of the user's: started late, interrupted, refused: G12. */
public final class Executors {
    private Executors() {}

    /** They run in threads of the user's, which end with their senders. */
    public static void givenPumps(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .channelCapacity(1)
                .pumpExecutor(pump -> life.go("given", pump::run))
                .open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        Thread sends = life.go("sends", () -> {
            try (Sender<String> sender = dispatcher.sender("s", receiver)) {
                sender.send("a");
                sender.send("b");
            }
        });
        sends.join();
        dispatcher.close();
        checkEquals(2, log.size(), "delivered");
    }

    /** One is interrupted: its sender is closed, and close counts what it had left. */
    public static void anInterruptedPump(Life life) throws Exception {
        List<Thread> pumps = new ArrayList<>();
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .channelCapacity(2)
                .inboxCapacity(1)
                .pumpExecutor(pump -> pumps.add(life.go("given", pump::run)))
                .open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger accepted = new AtomicInteger();
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < 4; i++) {
                        sender.send("a");
                        accepted.incrementAndGet();
                    }
                }));
        pumps.get(0).interrupt();
        sends.join();
        Kit.expect(ClosedException.class, () -> sender.send("late"));
        boolean told = false;
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            told = true;
        }
        Kit.Log log = new Kit.Log(receiver);
        log.readOn();
        checkEquals(accepted.get() > log.size(), told, "told of " + (accepted.get() - log.size()) + " lost");
    }

    /** A pump is started, or interrupted, and refused all the same: it ends, nothing is opened, the name is free. */
    public static void aRefusedPump(Life life) throws Exception {
        int way = life.upTo(3);
        int[] opened = {0};
        boolean first = life.chance(2);
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .pumpExecutor(pump -> {
                    if (opened[0]++ != (first ? 0 : 1)) {
                        life.go("given", pump::run);
                        return;
                    }
                    if (way > 0) {
                        Thread thread = life.go("refused", pump::run);
                        if (way > 1) {
                            thread.interrupt();
                        }
                    }
                    life.pause();
                    throw new RejectedExecutionException("on purpose");
                })
                .open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> other = first ? null : dispatcher.sender("other", receiver);
        Kit.expect(RejectedExecutionException.class, () -> dispatcher.sender("s", receiver));
        if (other != null && life.chance(2)) {
            other.send("a");
            checkEquals(new Delivery.Message<>(1, "a"), receiver.receiveMessage(), "given");
        }
        Sender<String> again = dispatcher.sender("s", receiver);
        long number = again.dispatch("b");
        checkEquals(new Delivery.Message<>(number, "b"), receiver.receiveMessage(), "given");
        dispatcher.close();
        check(receiver.receive() instanceof Delivery.End, "no End");
    }
}
