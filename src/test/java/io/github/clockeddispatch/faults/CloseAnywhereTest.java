package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A merge is closed at any moment: what was accepted has been given, or can be read, or is told as lost. Of a dispatcher:
 * {@code G12ClosingTest.g12CountsAreConserved}; of stacks: {@code StackStressTest}.
 */
class CloseAnywhereTest {
    private static final int ROUNDS = 20;
    private static final Pattern LOST = Pattern.compile("(\\d+) messages? of forwarder \"([^\"]*)\"");

    private static long forwardsUntilClosed(Forwarder<String> forwarder, long first) throws InterruptedException {
        long accepted = 0;
        try {
            for (long number = first; ; number += 2) {
                forwarder.forward(number, "m");
                accepted++;
            }
        } catch (ClosedException e) {
            return accepted;
        }
    }

    @ContractTest(pumps = Pumps.OWN)
    void ofAMerge(Setup setup) throws InterruptedException {
        Random random = Numbers.random("CloseAnywhereTest");
        for (int round = 0; round < ROUNDS; round++) {
            boolean read = random.nextBoolean();
            ForwardingDispatcher<String> merge =
                    setup.openMerge(builder -> builder.held().drainTimeout(Duration.ofMillis(random.nextInt(3))));
            Receiver<String> r = merge.receiver("r");
            AtomicInteger given = new AtomicInteger();
            List<Running<Long>> forwarding = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Forwarder<String> forwarder = merge.forwarder("f" + i, r);
                int first = i + 1;
                forwarding.add(setup.call("forwards", () -> forwardsUntilClosed(forwarder, first)));
            }
            merge.start();
            Running<Void> reading = read
                    ? setup.run("reads", () -> r.forEachMessage((number, message) -> given.incrementAndGet()))
                    : null;
            int some = random.nextInt(300);
            Await.eventually("something has moved", () -> read ? given.get() >= some : r.pending() > 0);
            String told = "";
            try {
                merge.close();
            } catch (DispatchException e) {
                told = e.getMessage();
            }
            if (reading != null) {
                reading.result();
            }
            long sum = forwarding.stream().mapToLong(Running::result).sum();
            long lost = 0;
            for (Matcher matcher = LOST.matcher(told); matcher.find(); ) {
                lost += Long.parseLong(matcher.group(1));
            }
            assertEquals(sum, given.get() + r.pending() + lost, told);
        }
    }
}
