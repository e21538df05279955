package io.github.clockeddispatch.badinput;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Stage;
import java.time.Duration;
import java.util.List;

/** The forwarding dispatcher. */
final class MergeRows {
    private static final Class<NullPointerException> NULL = NullPointerException.class;
    private static final Class<IllegalArgumentException> ILLEGAL = IllegalArgumentException.class;
    private static final Class<ClosedException> CLOSED = ClosedException.class;
    private static final Duration NEGATIVE = Scene.NEGATIVE;
    private static final Duration HUGE = Scene.HUGE;
    private static final Duration LONG = Scene.LONG;
    private static final FailurePolicy<String> STOP = FailurePolicy.retry(1, Duration.ZERO);
    private static final long MAX = Long.MAX_VALUE;
    private static final Stage<String, String> STAGE = (number, message) -> List.of(message);

    private MergeRows() {}

    static List<Row<MergeScene>> rows() {
        Table<MergeScene> table = new Table<>("merge", MergeScene::new);
        receivers(table);
        forwarders(table);
        links(table);
        wholeMerge(table);
        forwarding(table);
        restOfForwarder(table);
        ReceiverRows.add(table);
        return table.rows();
    }

    private static void receivers(Table<MergeScene> table) {
        table.of("ForwardingDispatcher.receiver(String)")
                .fails("String null", s -> s.merge.receiver(null), NULL, "name")
                .works("String empty", s -> s.merge.receiver(""))
                .fails("String duplicate", s -> s.merge.receiver("r"), ILLEGAL, "\"r\"")
                .fails("closed", s -> s.bankrupt.receiver("n"), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.receiver("n"));
        table.of("ForwardingDispatcher.read(Receiver,MessageHandler)")
                .fails("Receiver null", s -> s.merge.read(null, s.handler()), NULL, "receiver")
                .fails("Receiver foreign", s -> s.merge.read(s.from, s.handler()), ILLEGAL, "from", "top")
                .fails("Receiver discarded", s -> s.merge.read(s.gone, s.handler()), CLOSED, "\"gone\"")
                .fails("MessageHandler null", s -> s.merge.read(s.r, null), NULL, "handler")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, s.handler()), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.read(s.merge.receiver("n"), s.handler()));
        table.of("ForwardingDispatcher.read(Receiver,MessageHandler,FailurePolicy)")
                .fails("Receiver null", s -> s.merge.read(null, s.handler(), STOP), NULL, "receiver")
                .fails("Receiver foreign", s -> s.merge.read(s.from, s.handler(), STOP), ILLEGAL, "from", "top")
                .fails("Receiver discarded", s -> s.merge.read(s.gone, s.handler(), STOP), CLOSED, "\"gone\"")
                .fails("MessageHandler null", s -> s.merge.read(s.r, null, STOP), NULL, "handler")
                .fails("FailurePolicy null", s -> s.merge.read(s.r, s.handler(), null), NULL, "policy")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, s.handler(), STOP), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.read(s.merge.receiver("n"), s.handler(), STOP));
        table.of("ForwardingDispatcher.read(Receiver,int,BatchHandler)")
                .fails("Receiver null", s -> s.merge.read(null, 1, batch -> {}), NULL, "receiver")
                .fails("Receiver foreign", s -> s.merge.read(s.from, 1, batch -> {}), ILLEGAL, "from", "top")
                .fails("Receiver discarded", s -> s.merge.read(s.gone, 1, batch -> {}), CLOSED, "\"gone\"")
                .fails("int 0", s -> s.merge.read(s.r, 0, batch -> {}), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.merge.read(s.r, -1, batch -> {}), ILLEGAL, "-1")
                .works(
                        "int Integer.MAX_VALUE",
                        s -> s.merge.read(s.merge.receiver("n"), Integer.MAX_VALUE, batch -> {}))
                .fails("BatchHandler null", s -> s.merge.read(s.r, 1, null), NULL, "handler")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, 1, batch -> {}), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.read(s.merge.receiver("n"), 1, batch -> {}));
    }

    private static void forwarders(Table<MergeScene> table) {
        table.of("ForwardingDispatcher.forwarder(String,Receiver[])")
                .fails("String null", s -> s.merge.forwarder(null, s.r), NULL, "name")
                .works("String empty", s -> s.merge.forwarder("", s.oneMore()))
                .fails("String duplicate", s -> s.merge.forwarder("f", s.r), ILLEGAL, "\"f\"")
                .fails("Receiver[] null", s -> s.merge.forwarder("n", (Receiver<String>[]) null), NULL, "receivers")
                .fails("Receiver[] empty", s -> s.merge.forwarder("n"), ILLEGAL, "\"n\"")
                .fails("Receiver[] with null", s -> s.merge.forwarder("n", s.r, null), NULL, "receiver")
                .works("Receiver[] with duplicate", s -> {
                    Receiver<String> twice = s.oneMore();
                    s.merge.forwarder("n", twice, twice).forward(7, "x");
                    if (twice.pending() != 1) {
                        throw new AssertionError("it counts twice");
                    }
                })
                .fails("Receiver[] with foreign", s -> s.merge.forwarder("n", s.r, s.from), ILLEGAL, "from", "top")
                .fails("Receiver[] with discarded", s -> s.merge.forwarder("n", s.r, s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.bankrupt.forwarder("n", s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.forwarder("n", s.oneMore()));
        table.of("ForwardingDispatcher.broadcaster(String)")
                .fails("String null", s -> s.merge.broadcaster(null), NULL, "name")
                .works("String empty", s -> s.merge.broadcaster("").close())
                .fails("String duplicate", s -> s.merge.broadcaster("f"), ILLEGAL, "\"f\"")
                .fails("closed", s -> s.bankrupt.broadcaster("n"), CLOSED, "bankrupt")
                .leavesInterrupt(s -> {
                    s.merge.broadcaster("n").close();
                    return null;
                });
    }

    private static void links(Table<MergeScene> table) {
        table.of("ForwardingDispatcher.link(Receiver,Receiver[])")
                .fails("Receiver null", s -> s.merge.link(null, s.r), NULL, "from")
                .works("Receiver foreign", s -> s.merge.link(s.from, s.oneMore()))
                .fails("Receiver of the merge itself", s -> s.merge.link(s.idle, s.r), ILLEGAL, "\"idle\"")
                .fails("Receiver discarded", s -> s.merge.link(s.discardedFrom, s.r), CLOSED, "\"discarded from\"")
                .fails("Receiver[] null", s -> s.merge.link(s.from, (Receiver<String>[]) null), NULL, "to")
                .fails("Receiver[] empty", s -> s.merge.link(s.from), ILLEGAL, "\"from\"")
                .fails("Receiver[] with null", s -> s.merge.link(s.from, s.r, null), NULL, "receiver")
                .works("Receiver[] with duplicate", s -> {
                    Receiver<String> twice = s.oneMore();
                    s.merge.link(s.from, twice, twice);
                })
                .fails("Receiver[] with foreign", s -> s.merge.link(s.from, s.r, s.from), ILLEGAL, "\"from\"", "top")
                .fails("Receiver[] with discarded", s -> s.merge.link(s.from, s.r, s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.bankrupt.link(s.from, s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.link(s.from, s.oneMore()));
        table.of("ForwardingDispatcher.stage(Receiver,Stage,Receiver[])")
                .fails("Receiver null", s -> s.merge.stage((Receiver<String>) null, STAGE, s.r), NULL, "from")
                .works("Receiver foreign", s -> s.merge.stage(s.from, STAGE, s.oneMore()))
                .fails("Receiver of the merge itself", s -> s.merge.stage(s.idle, STAGE, s.r), ILLEGAL, "\"idle\"")
                .fails(
                        "Receiver discarded",
                        s -> s.merge.stage(s.discardedFrom, STAGE, s.r),
                        CLOSED,
                        "\"discarded from\"")
                .fails("Stage null", s -> s.merge.stage(s.from, null, s.r), NULL, "stage")
                .fails("Receiver[] null", s -> s.merge.stage(s.from, STAGE, (Receiver<String>[]) null), NULL, "to")
                .fails("Receiver[] empty", s -> s.merge.stage(s.from, STAGE), ILLEGAL, "\"from\"")
                .fails("Receiver[] with null", s -> s.merge.stage(s.from, STAGE, s.r, null), NULL, "receiver")
                .works("Receiver[] with duplicate", s -> {
                    Receiver<String> twice = s.oneMore();
                    s.merge.stage(s.from, STAGE, twice, twice);
                })
                .fails(
                        "Receiver[] with foreign",
                        s -> s.merge.stage(s.from, STAGE, s.r, s.from),
                        ILLEGAL,
                        "\"from\"",
                        "top")
                .fails("Receiver[] with discarded", s -> s.merge.stage(s.from, STAGE, s.r, s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.bankrupt.stage(s.from, STAGE, s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.merge.stage(s.from, STAGE, s.oneMore()));
        table.of("Link.name()").works("closed", s -> s.closedLink.name()).leavesInterrupt(s -> s.link.name());
        table.of("Link.toString()")
                .works("closed", s -> s.closedLink.toString())
                .leavesInterrupt(s -> s.link.toString());
        table.of("Link.close()").works("closed", s -> s.closedLink.close()).leavesInterrupt(s -> {
            s.link.close();
            return null;
        });
    }

    private static void wholeMerge(Table<MergeScene> table) {
        table.of("ForwardingDispatcher.start()")
                .fails("closed", s -> s.bankrupt.start(), CLOSED, "bankrupt")
                .leavesInterrupt(s -> {
                    s.merge.start();
                    return null;
                });
        table.of("ForwardingDispatcher.awaitFinished(Duration)")
                .fails("Duration null", s -> s.merge.awaitFinished(null), NULL, "timeout")
                .gives("Duration zero", false, s -> s.merge.awaitFinished(Duration.ZERO))
                .gives("Duration negative", false, s -> s.merge.awaitFinished(NEGATIVE))
                .gives("Duration huge", true, s -> {
                    try (ForwardingDispatcher<String> empty = ForwardingDispatcher.open()) {
                        return empty.awaitFinished(HUGE);
                    }
                })
                .gives("closed", true, s -> s.bankrupt.awaitFinished(LONG))
                .isInterrupted(s -> s.merge.awaitFinished(Duration.ZERO));
        table.of("ForwardingDispatcher.fail(Throwable)")
                .fails("Throwable null", s -> s.merge.fail(null), NULL, "cause")
                .works("closed", s -> s.bankrupt.fail(new Exception()))
                .leavesInterrupt(s -> {
                    ForwardingDispatcher.<String>open().fail(new Exception());
                    return null;
                });
        table.of("ForwardingDispatcher.close()")
                .works("closed", s -> s.bankrupt.close())
                .leavesInterrupt(s -> {
                    ForwardingDispatcher.<String>open().close();
                    return null;
                });
        table.of("ForwardingDispatcher.sequence()")
                .gives("closed", 0L, s -> s.bankrupt.sequence())
                .leavesInterrupt(s -> s.merge.sequence());
        table.of("ForwardingDispatcher.name()")
                .gives("closed", "bankrupt", s -> s.bankrupt.name())
                .leavesInterrupt(s -> s.merge.name());
        table.of("ForwardingDispatcher.snapshot()")
                .gives("closed", List.of(), s -> s.bankrupt.snapshot().senders())
                .leavesInterrupt(s -> s.merge.snapshot());
        table.of("ForwardingDispatcher.toString()")
                .gives("closed", "merge \"bankrupt\"", s -> s.bankrupt.toString())
                .leavesInterrupt(s -> s.merge.toString());
    }

    private static void forwarding(Table<MergeScene> table) {
        table.of("Forwarder.forward(long,Object)")
                .fails("long 0", s -> s.forwarder.forward(0, "x"), ILLEGAL, "but was 0")
                .fails("long -1", s -> s.forwarder.forward(-1, "x"), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.forwarder.forward(MAX, "x"), ILLEGAL, "" + MAX)
                .fails("Object null", s -> s.forwarder.forward(7, null), NULL, "message")
                .fails("closed", s -> s.closedForwarder.forward(7, "x"), CLOSED, "\"closed forwarder\"")
                .isInterrupted(s -> s.forwarder.forward(7, "x"));
        table.of("Forwarder.forward(long,Object,Duration)")
                .fails("long 0", s -> s.forwarder.forward(0, "x", LONG), ILLEGAL, "but was 0")
                .fails("long -1", s -> s.forwarder.forward(-1, "x", LONG), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.forwarder.forward(MAX, "x", LONG), ILLEGAL, "" + MAX)
                .fails("Object null", s -> s.forwarder.forward(7, null, LONG), NULL, "message")
                .fails("Duration null", s -> s.forwarder.forward(7, "x", null), NULL, "timeout")
                .gives("Duration zero", true, s -> s.forwarder.forward(7, "x", Duration.ZERO))
                .gives("Duration negative", true, s -> s.forwarder.forward(7, "x", NEGATIVE))
                .gives("Duration huge", true, s -> s.forwarder.forward(7, "x", HUGE))
                .fails("closed", s -> s.closedForwarder.forward(7, "x", LONG), CLOSED, "\"closed forwarder\"")
                .isInterrupted(s -> s.forwarder.forward(7, "x", LONG));
        table.of("Forwarder.tryForward(long,Object)")
                .fails("long 0", s -> s.forwarder.tryForward(0, "x"), ILLEGAL, "but was 0")
                .fails("long -1", s -> s.forwarder.tryForward(-1, "x"), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.forwarder.tryForward(MAX, "x"), ILLEGAL, "" + MAX)
                .fails("Object null", s -> s.forwarder.tryForward(7, null), NULL, "message")
                .fails("closed", s -> s.closedForwarder.tryForward(7, "x"), CLOSED, "\"closed forwarder\"")
                .leavesInterrupt(s -> s.forwarder.tryForward(7, "x"));
        table.of("Forwarder.forwardPart(long,Object)")
                .fails("long 0", s -> s.forwarder.forwardPart(0, "x"), ILLEGAL, "but was 0")
                .fails("long -1", s -> s.forwarder.forwardPart(-1, "x"), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.forwarder.forwardPart(MAX, "x"), ILLEGAL, "" + MAX)
                .fails("Object null", s -> s.forwarder.forwardPart(7, null), NULL, "message")
                .fails("closed", s -> s.closedForwarder.forwardPart(7, "x"), CLOSED, "\"closed forwarder\"")
                .isInterrupted(s -> s.forwarder.forwardPart(7, "x"));
    }

    private static void restOfForwarder(Table<MergeScene> table) {
        table.of("Forwarder.advance(long)")
                .works("long 0", s -> s.forwarder.advance(0))
                .fails("long -1", s -> s.forwarder.advance(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.forwarder.advance(MAX), ILLEGAL, "" + MAX)
                .fails("closed", s -> s.closedForwarder.advance(7), CLOSED, "\"closed forwarder\"")
                .leavesInterrupt(s -> {
                    s.forwarder.advance(7);
                    return null;
                });
        table.of("Forwarder.fail(Throwable)")
                .fails("Throwable null", s -> s.forwarder.fail(null), NULL, "cause")
                .works("closed", s -> s.closedForwarder.fail(new Exception()))
                .leavesInterrupt(s -> {
                    s.merge.forwarder("n", s.oneMore()).fail(new Exception());
                    return null;
                });
        table.of("Forwarder.name()")
                .gives("closed", "closed forwarder", s -> s.closedForwarder.name())
                .leavesInterrupt(s -> s.forwarder.name());
        table.of("Forwarder.toString()")
                .gives("closed", "forwarder \"closed forwarder\"", s -> s.closedForwarder.toString())
                .leavesInterrupt(s -> s.forwarder.toString());
        table.of("Forwarder.close()")
                .works("closed", s -> s.closedForwarder.close())
                .leavesInterrupt(s -> {
                    s.merge.forwarder("n", s.oneMore()).close();
                    return null;
                });
    }
}
