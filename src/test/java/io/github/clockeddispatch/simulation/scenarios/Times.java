package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;

/** Times, and interrupts from before a call: G14. */
public final class Times {
    private Times() {}

    /** G14: a time is one in all, not one from each wake-up on. */
    public static void aTimeInAll(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        while (sender.trySend("fill")) {
            life.untilAllWait();
        }
        long began = System.nanoTime();
        long[] ended = {0};
        Thread waits = life.go("waits", () -> {
            boolean sent = sender.send("x", Duration.ofMillis(150));
            ended[0] = System.nanoTime();
            check(sent || ended[0] - began >= 150_000_000, "it gave up too early");
        });
        for (int i = 0; i < 4; i++) {
            life.untilAllWait();
            receiver.receiveMessage();
            while (!sender.trySend("thief") && ended[0] == 0) {
                life.pause();
            }
        }
        Thread reads = life.go("reads", () -> new Kit.Log(receiver).readOn());
        waits.join();
        sender.close();
        reads.join();
        check(ended[0] - began <= 300_000_000, "it waited longer than its time");
    }

    /** G14: what does not wait leaves an interrupt alone; what does tells of it, and has done nothing. */
    public static void interruptsFromBefore(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        int way = life.upTo(5);
        Thread one = life.go("interrupted", () -> {
            Thread.currentThread().interrupt();
            switch (way) {
                case 0 -> sender.trySend("a");
                case 1 -> receiver.tryReceive();
                case 2 -> receiver.drain((n, m) -> {}, 3);
                case 3 -> {
                    Kit.expect(InterruptedException.class, () -> sender.dispatch("b"));
                    Thread.currentThread().interrupt();
                }
                default -> {
                    Kit.expect(InterruptedException.class, () -> receiver.receive());
                    Thread.currentThread().interrupt();
                }
            }
            check(Thread.interrupted(), "the interrupt was lost");
        });
        one.join();
        sender.send("last");
        sender.close();
        Kit.Log log = new Kit.Log(receiver);
        log.readOn();
        checkEquals(way == 0 ? 2 : 1, log.size(), "delivered");
    }
}
