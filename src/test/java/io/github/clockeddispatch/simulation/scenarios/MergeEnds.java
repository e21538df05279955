package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.List;

/** How a merge begins and ends: joining, holding, failing, giving up, closing: F5, F6, G9. */
public final class MergeEnds {
    private MergeEnds() {}

    /** F5: one that fails fails whom it reaches, and who waits is told; nothing it held back is let through. */
    public static void aSourceFails(Life life) throws Exception {
        ForwardingDispatcher<String> merge = Merges.tiny();
        Receiver<String> receiver = merge.receiver("r");
        Receiver<String> other = merge.receiver("other");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = merge.forwarder("b", receiver, other);
        Forwarder<String> c = merge.forwarder("c", other);
        RuntimeException purpose = new IllegalArgumentException("on purpose");
        int way = life.upTo(3);
        Thread waits = life.go(
                "waits",
                () -> Kit.expect(FailedException.class, () -> {
                    switch (way) {
                        case 0 -> receiver.receiveMessage();
                        case 1 -> receiver.clock().waitUntil(5);
                        default -> {
                            for (int i = 1; i < 9; i++) {
                                a.forward(i, "x");
                            }
                        }
                    }
                }));
        Thread others = life.go("others", () -> {
            try {
                c.forward(1, "x");
                check(other.receiveMessage() instanceof Delivery.End, "let through");
            } catch (FailedException e) {
                check(e.getCause() == purpose, "another cause");
            }
        });
        b.fail(purpose);
        waits.join();
        others.join();
    }

    /** F6: held until it is started, and then everybody has joined at one point. */
    public static void held(Life life) throws Exception {
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().held().open();
        Receiver<String> receiver = merge.receiver("r");
        Kit.Log log = new Kit.Log(receiver, true);
        Thread reads = life.go("reads", log::readOn);
        Forwarder<String> a = merge.forwarder("a", receiver);
        Thread forwards = life.go("forwards", () -> {
            a.forward(5, "x");
            a.advance(6);
        });
        if (life.chance(2)) {
            forwards.join();
        }
        Forwarder<String> b = merge.forwarder("b", receiver);
        checkEquals(0L, receiver.clock().time(), "the clock before the start");
        Thread late = life.go("late", () -> {
            b.forward(3, "y");
            b.close();
        });
        merge.start();
        forwards.join();
        late.join();
        a.close();
        reads.join();
        checkEquals(List.of(3L, 5L), log.numbers, "given");
    }

    /** G9 in merges: a receiver joins while a broadcaster forwards; it is given all above joinedAt. */
    public static void aReceiverJoins(Life life) throws Exception {
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(8).open();
        Receiver<String> before = merge.receiver("before");
        Forwarder<String> all = merge.broadcaster("all");
        Forwarder<String> holds = life.chance(2) ? merge.forwarder("holds", before) : null;
        int count = 4;
        Thread forwards = life.go("forwards", () -> {
            for (int i = 1; i <= count; i++) {
                all.forward(i, "x");
            }
            all.close();
        });
        Receiver<String> joins = merge.receiver("joins");
        long joinedAt = joins.joinedAt();
        List<Long> expected = new ArrayList<>();
        for (long n = joinedAt + 1; n <= count; n++) {
            expected.add(n);
        }
        Kit.Log log = new Kit.Log(joins, true);
        Thread reads = life.go("reads", () -> new Kit.Log(before, true).readOn());
        forwards.join();
        if (holds != null) {
            holds.close();
        }
        merge.close();
        log.readOn();
        reads.join();
        checkEquals(expected, log.numbers, "given from " + joinedAt + " on");
    }

    /** A merge is closed while others forward: what is due is given, what is not is told. */
    public static void closing(Life life) throws Exception {
        life.longWaitsAreRight();
        ForwardingDispatcher<String> merge = Merges.small(life);
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", receiver);
        Forwarder<String> b = life.chance(2) ? merge.forwarder("b", receiver) : null;
        Kit.Log log = new Kit.Log(receiver, true);
        boolean own = life.chance(2);
        int[] accepted = {0, 0};
        if (own) {
            merge.read(receiver, log);
        }
        Thread one = life.go("one", () -> accepted[0] = forwardAll(a));
        Thread two = b == null ? null : life.go("two", () -> accepted[1] = forwardAll(b));
        boolean told = false;
        try {
            merge.close();
        } catch (DispatchException e) {
            told = true;
        }
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        one.join();
        if (two != null) {
            two.join();
        }
        if (!own) {
            log.readOn();
        }
        checkEquals(
                accepted[0] + accepted[1] > log.size(),
                told,
                "told of a loss, with " + accepted[0] + " and " + accepted[1] + " accepted and given " + log.size());
    }

    /** A receiver that is given up while it holds up a forward: who waits for room is freed. */
    public static void aReceiverIsGivenUp(Life life) throws Exception {
        ForwardingDispatcher<String> merge = Merges.tiny();
        Receiver<String> leaves = merge.receiver("leaves");
        Receiver<String> stays = merge.receiver("stays");
        Forwarder<String> both = merge.forwarder("both", leaves, stays);
        Kit.Log log = new Kit.Log(stays, true);
        Thread forwards = life.go("forwards", () -> {
            for (int i = 1; i <= 5; i++) {
                both.forward(i, "x");
            }
            both.close();
        });
        Thread reads = life.go("reads", log::readOn);
        leaves.discard();
        forwards.join();
        reads.join();
        checkEquals(List.of(1L, 2L, 3L, 4L, 5L), log.numbers, "given");
    }

    private static int forwardAll(Forwarder<String> source) throws Exception {
        int[] accepted = {0};
        Kit.unlessClosed(() -> {
            for (int i = 1; i <= 4; i++) {
                source.forward(i, source.name());
                accepted[0]++;
            }
        });
        return accepted[0];
    }
}
