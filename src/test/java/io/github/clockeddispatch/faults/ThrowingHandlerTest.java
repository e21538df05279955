package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Setup;
import java.util.List;
import java.util.stream.LongStream;

/** Handlers and stages that end in a {@link StackOverflowError}. Other exceptions: {@code G13FailureTest}. */
class ThrowingHandlerTest {
    private static long deeper(long depth) {
        return deeper(depth + 1) + 1;
    }

    @ContractTest(capacities = {1, 1024})
    void aStackOverflowInAnOwnReaderFailsItsReceiverAlone(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> deep = dispatcher.receiver("deep");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> toDeep = dispatcher.sender("to deep", deep);
        Sender<String> toOther = dispatcher.sender("to other", other);
        Sender<String> toBoth = dispatcher.sender("to both", List.of(deep, other));
        Reading<String> reading = setup.read(other);
        Thread reader = dispatcher.read(deep, (number, message) -> {
            if (number == 3) {
                deeper(0);
            }
        });
        assertEquals(1, toDeep.dispatch("fine"));
        assertEquals(2, toOther.dispatch("fine"));
        assertEquals(3, toDeep.dispatch("too deep"));
        reader.join();

        assertEquals(2, deep.clock().time());
        FailedException failed =
                assertThrows(FailedException.class, () -> deep.clock().waitUntil(3));
        assertInstanceOf(StackOverflowError.class, failed.getCause());
        assertEquals(3, failed.sequence());
        assertThrows(FailedException.class, () -> toDeep.dispatch("x"));

        // the counter burns nothing, the other path and what is left of the group go on
        assertEquals(4, toOther.dispatch("on"));
        assertEquals(5, toBoth.dispatch("and on"));
        other.clock().waitUntil(5);
        assertEquals(List.of(2L, 4L, 5L), Reading.numbers(reading.messages()));
        FailedException told = assertThrows(FailedException.class, dispatcher::close);
        assertInstanceOf(StackOverflowError.class, told.getCause());
    }

    @ContractTest(capacities = 16)
    void aStackOverflowInAStageFailsWhatIsAboveAndBelowAndNothingElse(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> aside = top.receiver("aside");
        Sender<String> sender = top.sender("s", from);
        Sender<String> toAside = top.sender("a", aside);
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> below = merge.receiver("below");
        merge.stage(from, (number, message) -> List.of(message + (number == 2 ? deeper(0) : number)), below);
        Reading<String> reading = setup.read(aside);
        sender.dispatch("1");
        below.receiveMessage();
        below.acknowledge();
        assertEquals(2, sender.dispatch("2"));

        Await.eventually("it has failed below", () -> {
            try {
                below.tryReceive();
                return false;
            } catch (FailedException e) {
                assertInstanceOf(StackOverflowError.class, e.getCause());
                return true;
            }
        });
        FailedException above =
                assertThrows(FailedException.class, () -> from.clock().waitUntil(3));
        assertInstanceOf(StackOverflowError.class, above.getCause());
        for (long number : LongStream.range(3, 20).toArray()) {
            assertEquals(number, toAside.dispatch("on"));
        }
        aside.clock().waitUntil(19);
        assertEquals(17, reading.messages().size());
    }
}
