package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;

/** Tiny programs: one step, one wait for it, and then nothing else happens that could make up for a lost wake-up. */
public final class Waits {
    private Waits() {}

    /** G6: a thread waits for a clock. */
    public static void aThreadForAClock(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> receiver = dispatcher.receiver("r");
            Sender<String> sender = dispatcher.sender("s", receiver);
            long[] effect = {0};
            dispatcher.read(receiver, (n, m) -> effect[0] = n);
            Thread waits = life.go("waits", () -> {
                receiver.clock().waitUntil(1);
                check(effect[0] == 1, "the clock is ahead of the effect");
            });
            sender.send("a");
            waits.join();
        }
    }
}
