package io.github.clockeddispatch.badinput;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.LogicalClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Receivers and their clocks, of both dispatchers. */
final class ReceiverRows {
    private static final Class<NullPointerException> NULL = NullPointerException.class;
    private static final Class<IllegalArgumentException> ILLEGAL = IllegalArgumentException.class;
    private static final Class<ClosedException> CLOSED = ClosedException.class;
    private static final Duration NEGATIVE = Scene.NEGATIVE;
    private static final Duration HUGE = Scene.HUGE;
    private static final Duration LONG = Scene.LONG;
    private static final FailurePolicy<String> STOP = FailurePolicy.retry(1, Duration.ZERO);

    private ReceiverRows() {}

    static <S extends ReaderScene> void add(Table<S> table) {
        receiving(table);
        handling(table);
        restOfReceiver(table);
        clock(table);
        clocks(table);
    }

    private static <S extends ReaderScene> void receiving(Table<S> table) {
        Optional<Delivery.Message<String>> first = Optional.of(new Delivery.Message<>(2, "first"));
        table.of("Receiver.receive()")
                .fails("discarded", s -> s.gone().receive(), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().receive());
        table.of("Receiver.receive(Duration)")
                .fails("Duration null", s -> s.r().receive(null), NULL, "timeout")
                .gives("Duration zero", first, s -> s.r().receive(Duration.ZERO))
                .gives("Duration negative", first, s -> s.r().receive(NEGATIVE))
                .gives("Duration huge", first, s -> s.r().receive(HUGE))
                .fails("discarded", s -> s.gone().receive(LONG), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().receive(LONG));
        table.of("Receiver.receiveMessage()")
                .fails("discarded", s -> s.gone().receiveMessage(), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().receiveMessage());
        table.of("Receiver.receiveMessage(Duration)")
                .fails("Duration null", s -> s.r().receiveMessage(null), NULL, "timeout")
                .gives("Duration zero", Optional.empty(), s -> s.idle().receiveMessage(Duration.ZERO))
                .gives("Duration negative", Optional.empty(), s -> s.idle().receiveMessage(NEGATIVE))
                .gives("Duration huge", first, s -> s.r().receiveMessage(HUGE))
                .fails("discarded", s -> s.gone().receiveMessage(LONG), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().receiveMessage(LONG));
        table.of("Receiver.tryReceive()")
                .fails("discarded", s -> s.gone().tryReceive(), CLOSED, "\"gone\"")
                .leavesInterrupt(s -> s.r().tryReceive());
        table.of("Receiver.acknowledge()")
                .works("discarded", s -> s.gone().acknowledge()) // with nothing in hand
                .leavesInterrupt(s -> {
                    s.r().acknowledge();
                    return null;
                });
    }

    private static <S extends ReaderScene> void handling(Table<S> table) {
        table.of("Receiver.forEachMessage(MessageHandler)")
                .fails("MessageHandler null", s -> s.r().forEachMessage(null), NULL, "handler")
                .fails("discarded", s -> s.gone().forEachMessage(s.handler()), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().forEachMessage(s.handler()));
        table.of("Receiver.forEachMessage(MessageHandler,FailurePolicy)")
                .fails("MessageHandler null", s -> s.r().forEachMessage(null, STOP), NULL, "handler")
                .fails("FailurePolicy null", s -> s.r().forEachMessage(s.handler(), null), NULL, "policy")
                .fails("discarded", s -> s.gone().forEachMessage(s.handler(), STOP), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().forEachMessage(s.handler(), STOP));
        table.of("Receiver.forEachBatch(int,BatchHandler)")
                .fails("int 0", s -> s.r().forEachBatch(0, batch -> {}), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.r().forEachBatch(-1, batch -> {}), ILLEGAL, "-1")
                .works("int Integer.MAX_VALUE", s -> {
                    s.ended().forEachBatch(Integer.MAX_VALUE, batch -> {});
                })
                .fails("BatchHandler null", s -> s.r().forEachBatch(1, null), NULL, "handler")
                .fails("discarded", s -> s.gone().forEachBatch(1, batch -> {}), CLOSED, "\"gone\"")
                .isInterrupted(s -> s.r().forEachBatch(1, batch -> {}));
        table.of("Receiver.publisher()")
                .works("discarded", s -> s.gone().publisher()) // subscribers are told
                .leavesInterrupt(s -> s.r().publisher());
        table.of("Receiver.drain(MessageHandler,int)")
                .fails("MessageHandler null", s -> s.r().drain(null, 1), NULL, "handler")
                .fails("int 0", s -> s.r().drain(s.handler(), 0), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.r().drain(s.handler(), -1), ILLEGAL, "-1")
                .gives("int Integer.MAX_VALUE", 1, s -> s.r().drain(s.handler(), Integer.MAX_VALUE))
                .fails("discarded", s -> s.gone().drain(s.handler(), 1), CLOSED, "\"gone\"")
                .leavesInterrupt(s -> s.r().drain(s.handler(), 1));
    }

    private static <S extends ReaderScene> void restOfReceiver(Table<S> table) {
        table.of("Receiver.fail(Throwable)")
                .fails("Throwable null", s -> s.r().fail(null), NULL, "cause")
                .works("discarded", s -> s.gone().fail(new Exception()))
                .leavesInterrupt(s -> {
                    s.idle().fail(new Exception());
                    return null;
                });
        table.of("Receiver.clock()")
                .gives("discarded", 0L, s -> s.gone().clock().time())
                .leavesInterrupt(s -> s.r().clock());
        table.of("Receiver.joinedAt()")
                .gives("discarded", 0L, s -> s.gone().joinedAt())
                .leavesInterrupt(s -> s.r().joinedAt());
        table.of("Receiver.pending()")
                .gives("discarded", 0, s -> s.gone().pending())
                .leavesInterrupt(s -> s.r().pending());
        table.of("Receiver.discarded()")
                .gives("discarded", 1L, s -> s.gone().discarded())
                .leavesInterrupt(s -> s.r().discarded());
        table.of("Receiver.skipped()")
                .gives("discarded", 0L, s -> s.gone().skipped())
                .leavesInterrupt(s -> s.r().skipped());
        table.of("Receiver.name()")
                .gives("discarded", "gone", s -> s.gone().name())
                .leavesInterrupt(s -> s.r().name());
        table.of("Receiver.toString()")
                .gives("discarded", "receiver \"gone\"", s -> s.gone().toString())
                .leavesInterrupt(s -> s.r().toString());
        table.of("Receiver.discard()")
                .works("discarded", s -> s.gone().discard())
                .leavesInterrupt(s -> {
                    s.idle().discard();
                    return null;
                });
    }

    private static <S extends ReaderScene> void clock(Table<S> table) {
        long max = Long.MAX_VALUE;
        table.of("LogicalClock.hasReached(long)")
                .gives("long 0", true, s -> s.r().clock().hasReached(0))
                .fails("long -1", s -> s.r().clock().hasReached(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.r().clock().hasReached(max), ILLEGAL, "" + max)
                .gives("discarded", false, s -> s.gone().clock().hasReached(1))
                .leavesInterrupt(s -> s.r().clock().hasReached(1));
        table.of("LogicalClock.waitUntil(long)")
                .works("long 0", s -> s.r().clock().waitUntil(0))
                .fails("long -1", s -> s.r().clock().waitUntil(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.r().clock().waitUntil(max), ILLEGAL, "" + max)
                .fails("discarded", s -> s.gone().clock().waitUntil(1), CLOSED, "\"gone\"", "1")
                .isInterrupted(s -> s.r().clock().waitUntil(0));
        table.of("LogicalClock.waitUntil(long,Duration)")
                .gives("long 0", true, s -> s.r().clock().waitUntil(0, LONG))
                .fails("long -1", s -> s.r().clock().waitUntil(-1, LONG), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.r().clock().waitUntil(max, LONG), ILLEGAL, "" + max)
                .fails("Duration null", s -> s.r().clock().waitUntil(2, null), NULL, "timeout")
                .gives("Duration zero", false, s -> s.r().clock().waitUntil(2, Duration.ZERO))
                .gives("Duration negative", false, s -> s.r().clock().waitUntil(2, NEGATIVE))
                .gives("Duration huge", true, s -> s.r().clock().waitUntil(1, HUGE))
                .fails("discarded", s -> s.gone().clock().waitUntil(1, LONG), CLOSED, "\"gone\"", "1")
                .isInterrupted(s -> s.r().clock().waitUntil(0, LONG));
        table.of("LogicalClock.whenReached(long)")
                .gives("long 0", 0L, s -> s.r().clock().whenReached(0).resultNow())
                .fails("long -1", s -> s.r().clock().whenReached(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.r().clock().whenReached(max), ILLEGAL, "" + max)
                .works(
                        "discarded",
                        s -> ValueRows.endsWith(CLOSED, s.gone().clock().whenReached(1)))
                .leavesInterrupt(s -> s.r().clock().whenReached(1));
        table.of("LogicalClock.time()")
                .gives("discarded", 0L, s -> s.gone().clock().time())
                .leavesInterrupt(s -> s.r().clock().time());
        table.of("LogicalClock.toString()")
                .gives("discarded", "gone@0", s -> s.gone().clock().toString())
                .leavesInterrupt(s -> s.r().clock().toString());
    }

    private static <S extends ReaderScene> void clocks(Table<S> table) {
        table.of("LogicalClock.lag()")
                .gives("discarded", true, s -> s.gone().clock().lag() > 0)
                .leavesInterrupt(s -> s.r().clock().lag());
        table.of("LogicalClock.explain(long)")
                .gives("long 0", List.of(), s -> s.r().clock().explain(0).causes())
                .fails("long -1", s -> s.r().clock().explain(-1), ILLEGAL, "-1")
                .fails("long Long.MAX_VALUE", s -> s.r().clock().explain(Long.MAX_VALUE), ILLEGAL, "" + Long.MAX_VALUE)
                .gives(
                        "discarded",
                        Explanation.Kind.CLOSED,
                        s -> s.gone().clock().explain(1).causes().get(0).kind())
                .leavesInterrupt(s -> s.r().clock().explain(2));
        table.of("LogicalClock.allOf(LogicalClock[])")
                .fails("LogicalClock[] null", s -> LogicalClock.allOf((LogicalClock[]) null), NULL, "clocks")
                .fails("LogicalClock[] empty", s -> LogicalClock.allOf(), ILLEGAL, "allOf", "[]")
                .fails("LogicalClock[] with null", s -> LogicalClock.allOf(s.r().clock(), null), NULL, "clock")
                .gives(
                        "LogicalClock[] with duplicate",
                        "r@1",
                        s -> LogicalClock.allOf(s.r().clock(), s.r().clock()).toString())
                .gives(
                        "LogicalClock[] with foreign",
                        0L,
                        s -> LogicalClock.allOf(s.r().clock(), s.foreign().clock())
                                .time())
                .fails(
                        "LogicalClock[] with discarded",
                        s -> LogicalClock.allOf(s.r().clock(), s.gone().clock()).waitUntil(1),
                        CLOSED,
                        "\"gone\"");
    }
}
