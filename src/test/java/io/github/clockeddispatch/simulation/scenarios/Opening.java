package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;

/** Who joins while something else is going on. */
public final class Opening {
    private Opening() {}

    /** G11: a broadcaster is opened while the last sender leaves: after End there is no message. */
    public static void broadcasterMeetsTheLastSender(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Dispatcher.<String>builder().inboxCapacity(2).open()) {
            Receiver<String> receiver = dispatcher.receiver("r");
            Sender<String> last = dispatcher.sender("last", receiver);
            Thread leaves = life.go("leaves", () -> {
                last.send("a");
                last.close();
            });
            Thread opens = life.go("opens", () -> {
                try (Sender<String> all = dispatcher.broadcaster("all")) {
                    all.send("b");
                }
            });
            boolean ended = false;
            for (int i = 0; i < 4; i++) {
                Delivery<String> delivery = receiver.receive();
                check(!ended || delivery instanceof Delivery.End, "after End: " + delivery);
                ended |= delivery instanceof Delivery.End;
            }
            leaves.join();
            opens.join();
        }
    }
}
