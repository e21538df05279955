package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

@DisplayName("F4 late")
class F04LateTest {

    @ContractTest(over = MERGE)
    @DisplayName("F4 a number that is not above the promise is refused, to its caller alone, and nothing changes")
    void f4ALateNumberIsRefused(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> fast = merge.forwarder("fast", r);
        Forwarder<String> slow = merge.forwarder("slow", r);
        Reading<String> reading = setup.read(r);
        fast.forward(7, "seven");
        for (long late : List.of(7L, 6L, 1L)) {
            List<Executable> forms = List.of(
                    () -> fast.forward(late, "late"),
                    () -> fast.forward(late, "late", Duration.ofHours(1)),
                    () -> fast.tryForward(late, "late"),
                    () -> fast.forwardPart(late, "late"));
            for (Executable form : forms) {
                LateMessageException told = assertThrows(LateMessageException.class, form);
                assertEquals("fast", told.source());
                assertEquals(late, told.sequence());
                assertEquals(7, told.promised());
                String text = told.getMessage();
                assertTrue(text.contains("\"fast\"") && text.contains("" + late) && text.contains("7"), text);
            }
        }
        assertEquals(0, merge.sequence());
        assertEquals(
                List.of(7L, 0L),
                merge.snapshot().senders().stream()
                        .map(state -> state.promise())
                        .toList());
        slow.forward(6, "six"); // what is late for one is not for the other
        slow.close();
        fast.forward(8, "eight");
        fast.close();
        assertEquals(List.of("six", "seven", "eight"), Reading.payloads(reading.all()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F4 it is said before there is looked for room")
    void f4ItIsSaidWithoutWaiting(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> full = merge.forwarder("full", r);
        setup.fill(full, r);
        setup.run("late", () -> full.forward(1, "late")).failure(LateMessageException.class);
        full.close();
        assertEquals(setup.capacity(), setup.read(r).all().size());
    }
}
