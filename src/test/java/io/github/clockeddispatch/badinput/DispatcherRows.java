package io.github.clockeddispatch.badinput;

import static java.util.Arrays.asList;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;

/** The serialising dispatcher. */
final class DispatcherRows {
    private static final Class<NullPointerException> NULL = NullPointerException.class;
    private static final Class<IllegalArgumentException> ILLEGAL = IllegalArgumentException.class;
    private static final Class<ClosedException> CLOSED = ClosedException.class;
    private static final Duration NEGATIVE = Scene.NEGATIVE;
    private static final Duration HUGE = Scene.HUGE;
    private static final Duration LONG = Scene.LONG;
    private static final FailurePolicy<String> STOP = FailurePolicy.retry(1, Duration.ZERO);

    private DispatcherRows() {}

    static List<Row<DispatcherScene>> rows() {
        Table<DispatcherScene> table = new Table<>("dispatcher", DispatcherScene::new);
        receivers(table);
        senders(table);
        groups(table);
        wholeDispatcher(table);
        sending(table);
        ReceiverRows.add(table);
        return table.rows();
    }

    private static void receivers(Table<DispatcherScene> table) {
        table.of("Dispatcher.receiver(String)")
                .fails("String null", s -> s.dispatcher.receiver(null), NULL, "name")
                .works("String empty", s -> s.dispatcher.receiver(""))
                .fails("String duplicate", s -> s.dispatcher.receiver("r"), ILLEGAL, "\"r\"")
                .fails("closed", s -> s.bankrupt.receiver("n"), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.receiver("n"));
        table.of("Dispatcher.receiver(String,int)")
                .fails("String null", s -> s.dispatcher.receiver(null, 1), NULL, "name")
                .works("String empty", s -> s.dispatcher.receiver("", 1))
                .fails("String duplicate", s -> s.dispatcher.receiver("r", 1), ILLEGAL, "\"r\"")
                .fails("int 0", s -> s.dispatcher.receiver("n", 0), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.dispatcher.receiver("n", -1), ILLEGAL, "-1")
                .fails(
                        "int Integer.MAX_VALUE",
                        s -> s.dispatcher.receiver("n", Integer.MAX_VALUE),
                        ILLEGAL,
                        "" + Integer.MAX_VALUE)
                .fails("closed", s -> s.bankrupt.receiver("n", 1), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.receiver("n", 1));
        table.of("Dispatcher.read(Receiver,MessageHandler)")
                .fails("Receiver null", s -> s.dispatcher.read(null, s.handler()), NULL, "receiver")
                .fails("Receiver foreign", s -> s.dispatcher.read(s.foreign, s.handler()), ILLEGAL, "foreign", "abroad")
                .fails("Receiver discarded", s -> s.dispatcher.read(s.gone, s.handler()), CLOSED, "\"gone\"")
                .fails("MessageHandler null", s -> s.dispatcher.read(s.r, null), NULL, "handler")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, s.handler()), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.read(s.idle, s.handler()));
        table.of("Dispatcher.read(Receiver,MessageHandler,FailurePolicy)")
                .fails("Receiver null", s -> s.dispatcher.read(null, s.handler(), STOP), NULL, "receiver")
                .fails(
                        "Receiver foreign",
                        s -> s.dispatcher.read(s.foreign, s.handler(), STOP),
                        ILLEGAL,
                        "foreign",
                        "abroad")
                .fails("Receiver discarded", s -> s.dispatcher.read(s.gone, s.handler(), STOP), CLOSED, "\"gone\"")
                .fails("MessageHandler null", s -> s.dispatcher.read(s.r, null, STOP), NULL, "handler")
                .fails("FailurePolicy null", s -> s.dispatcher.read(s.r, s.handler(), null), NULL, "policy")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, s.handler(), STOP), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.read(s.idle, s.handler(), STOP));
        table.of("Dispatcher.read(Receiver,int,BatchHandler)")
                .fails("Receiver null", s -> s.dispatcher.read(null, 1, batch -> {}), NULL, "receiver")
                .fails(
                        "Receiver foreign",
                        s -> s.dispatcher.read(s.foreign, 1, batch -> {}),
                        ILLEGAL,
                        "foreign",
                        "abroad")
                .fails("Receiver discarded", s -> s.dispatcher.read(s.gone, 1, batch -> {}), CLOSED, "\"gone\"")
                .fails("int 0", s -> s.dispatcher.read(s.r, 0, batch -> {}), ILLEGAL, "but was 0")
                .fails("int -1", s -> s.dispatcher.read(s.r, -1, batch -> {}), ILLEGAL, "-1")
                .works("int Integer.MAX_VALUE", s -> s.dispatcher.read(s.idle, Integer.MAX_VALUE, batch -> {}))
                .fails("BatchHandler null", s -> s.dispatcher.read(s.r, 1, null), NULL, "handler")
                .fails("closed", s -> s.bankrupt.read(s.ofBankrupt, 1, batch -> {}), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.read(s.idle, 1, batch -> {}));
    }

    private static void senders(Table<DispatcherScene> table) {
        table.of("Dispatcher.sender(String,Receiver[])")
                .fails("String null", s -> s.dispatcher.sender(null, s.r), NULL, "name")
                .works("String empty", s -> s.dispatcher.sender("", s.r))
                .fails("String duplicate", s -> s.dispatcher.sender("s", s.idle), ILLEGAL, "\"s\"")
                .fails("Receiver[] null", s -> s.dispatcher.sender("n", (Receiver<String>[]) null), NULL, "receivers")
                .fails("Receiver null", s -> s.dispatcher.sender("n", (Receiver<String>) null), NULL, "receiver")
                .fails("Receiver[] empty", s -> s.dispatcher.sender("n"), ILLEGAL, "\"n\"", "[]")
                .fails("Receiver[] with null", s -> s.dispatcher.sender("n", s.r, null), NULL, "receiver")
                .works(
                        "Receiver[] with duplicate",
                        s -> s.dispatcher.sender("n", s.r, s.r).dispatch("x"))
                .fails(
                        "Receiver[] with foreign",
                        s -> s.dispatcher.sender("n", s.r, s.foreign),
                        ILLEGAL,
                        "foreign",
                        "abroad")
                .fails("Receiver[] with discarded", s -> s.dispatcher.sender("n", s.r, s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.bankrupt.sender("n", s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.sender("n", s.r));
        table.of("Dispatcher.sender(String,Collection)")
                .fails("String null", s -> s.dispatcher.sender(null, List.of(s.r)), NULL, "name")
                .works("String empty", s -> s.dispatcher.sender("", List.of(s.r)))
                .fails("String duplicate", s -> s.dispatcher.sender("s", List.of(s.idle)), ILLEGAL, "\"s\"")
                .fails(
                        "Collection null",
                        s -> s.dispatcher.sender("n", (List<Receiver<String>>) null),
                        NULL,
                        "receivers")
                .fails("Collection empty", s -> s.dispatcher.sender("n", List.of()), ILLEGAL, "\"n\"", "[]")
                .fails("Collection with null", s -> s.dispatcher.sender("n", asList(s.r, null)), NULL, "receiver")
                .works(
                        "Collection with duplicate",
                        s -> s.dispatcher.sender("n", List.of(s.r, s.r)).dispatch("x"))
                .fails(
                        "Collection with foreign",
                        s -> s.dispatcher.sender("n", List.of(s.r, s.foreign)),
                        ILLEGAL,
                        "foreign",
                        "abroad")
                .fails(
                        "Collection with discarded",
                        s -> s.dispatcher.sender("n", List.of(s.r, s.gone)),
                        CLOSED,
                        "\"gone\"")
                .fails("closed", s -> s.bankrupt.sender("n", List.of(s.ofBankrupt)), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.sender("n", List.of(s.r)));
        table.of("Dispatcher.sender(String,Group)")
                .fails("String null", s -> s.dispatcher.sender(null, s.group), NULL, "name")
                .works("String empty", s -> s.dispatcher.sender("", s.group))
                .fails("String duplicate", s -> s.dispatcher.sender("s", s.group), ILLEGAL, "\"s\"")
                .fails("Group null", s -> s.dispatcher.sender("n", (Group<String>) null), NULL, "group")
                .fails("Group foreign", s -> s.dispatcher.sender("n", s.foreignGroup), ILLEGAL, "foreign", "abroad")
                .fails("closed", s -> s.bankrupt.sender("n", s.groupOfBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.sender("n", s.group));
        table.of("Dispatcher.broadcaster(String)")
                .fails("String null", s -> s.dispatcher.broadcaster(null), NULL, "name")
                .works("String empty", s -> s.dispatcher.broadcaster(""))
                .fails("String duplicate", s -> s.dispatcher.broadcaster("s"), ILLEGAL, "\"s\"")
                .fails("closed", s -> s.bankrupt.broadcaster("n"), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.broadcaster("n"));
    }

    private static void groups(Table<DispatcherScene> table) {
        table.of("Dispatcher.group(String,Receiver[])")
                .fails("String null", s -> s.dispatcher.group(null, s.r), NULL, "name")
                .works("String empty", s -> s.dispatcher.group("", s.r))
                .fails("Receiver[] null", s -> s.dispatcher.group("n", (Receiver<String>[]) null), NULL, "members")
                .gives(
                        "Receiver[] empty",
                        List.of(),
                        s -> s.dispatcher.group("n").members())
                .fails("Receiver[] with null", s -> s.dispatcher.group("n", s.r, null), NULL, "receiver")
                .works(
                        "Receiver[] with duplicate",
                        s -> s.dispatcher
                                .sender("n", s.dispatcher.group("n", s.r, s.r))
                                .dispatch("x"))
                .fails(
                        "Receiver[] with foreign",
                        s -> s.dispatcher.group("n", s.r, s.foreign),
                        ILLEGAL,
                        "foreign",
                        "abroad")
                .fails("Receiver[] with discarded", s -> s.dispatcher.group("n", s.r, s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.bankrupt.group("n", s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.dispatcher.group("n", s.r));
        table.of("Group.add(Receiver)")
                .fails("Receiver null", s -> s.group.add(null), NULL, "receiver")
                .fails("Receiver foreign", s -> s.group.add(s.foreign), ILLEGAL, "foreign", "abroad")
                .fails("Receiver discarded", s -> s.group.add(s.gone), CLOSED, "\"gone\"")
                .fails("closed", s -> s.groupOfBankrupt.add(s.ofBankrupt), CLOSED, "bankrupt")
                .leavesInterrupt(s -> s.group.add(s.idle));
        table.of("Group.remove(Receiver)")
                .fails("Receiver null", s -> s.group.remove(null), NULL, "receiver")
                .fails("Receiver foreign", s -> s.group.remove(s.foreign), ILLEGAL, "foreign", "abroad")
                .gives("Receiver discarded", 2L, s -> s.group.remove(s.gone))
                .gives("closed", 0L, s -> s.groupOfBankrupt.remove(s.ofBankrupt))
                .leavesInterrupt(s -> s.group.remove(s.r));
        table.of("Group.members()")
                .gives("closed", List.of(), s -> s.groupOfBankrupt.members())
                .leavesInterrupt(s -> s.group.members());
        table.of("Group.name()")
                .gives("closed", "group of bankrupt", s -> s.groupOfBankrupt.name())
                .leavesInterrupt(s -> s.group.name());
        table.of("Group.toString()")
                .gives("closed", "group \"group of bankrupt\"", s -> s.groupOfBankrupt.toString())
                .leavesInterrupt(s -> s.group.toString());
    }

    private static void wholeDispatcher(Table<DispatcherScene> table) {
        table.of("Dispatcher.awaitFinished(Duration)")
                .fails("Duration null", s -> s.dispatcher.awaitFinished(null), NULL, "timeout")
                .gives("Duration zero", false, s -> s.dispatcher.awaitFinished(Duration.ZERO))
                .gives("Duration negative", false, s -> s.dispatcher.awaitFinished(NEGATIVE))
                .gives("Duration huge", true, s -> s.abroad.awaitFinished(HUGE))
                .gives("closed", true, s -> s.bankrupt.awaitFinished(LONG))
                .isInterrupted(s -> s.dispatcher.awaitFinished(Duration.ZERO));
        table.of("Dispatcher.fail(Throwable)")
                .fails("Throwable null", s -> s.dispatcher.fail(null), NULL, "cause")
                .works("closed", s -> s.bankrupt.fail(new Exception()))
                .leavesInterrupt(s -> {
                    Dispatcher.<String>open().fail(new Exception());
                    return null;
                });
        table.of("Dispatcher.close()").works("closed", s -> s.bankrupt.close()).leavesInterrupt(s -> {
            Dispatcher.<String>open().close();
            return null;
        });
        table.of("Dispatcher.sequence()")
                .gives("closed", 0L, s -> s.bankrupt.sequence())
                .leavesInterrupt(s -> s.dispatcher.sequence());
        table.of("Dispatcher.name()")
                .gives("closed", "bankrupt", s -> s.bankrupt.name())
                .leavesInterrupt(s -> s.dispatcher.name());
        table.of("Dispatcher.snapshot()")
                .gives("closed", List.of(), s -> s.bankrupt.snapshot().senders())
                .leavesInterrupt(s -> s.dispatcher.snapshot());
        table.of("Dispatcher.toString()")
                .gives("closed", "dispatcher \"bankrupt\"", s -> s.bankrupt.toString())
                .leavesInterrupt(s -> s.dispatcher.toString());
    }

    private static void sending(Table<DispatcherScene> table) {
        table.of("Sender.send(Object)")
                .fails("Object null", s -> s.sender.send(null), NULL, "message")
                .fails("closed", s -> s.closedSender.send("x"), CLOSED, "\"closed sender\"")
                .isInterrupted(s -> s.sender.send("x"));
        table.of("Sender.send(Object,Duration)")
                .fails("Object null", s -> s.sender.send(null, LONG), NULL, "message")
                .fails("Duration null", s -> s.sender.send("x", null), NULL, "timeout")
                .gives("Duration zero", true, s -> s.sender.send("x", Duration.ZERO))
                .gives("Duration negative", true, s -> s.sender.send("x", NEGATIVE))
                .gives("Duration huge", true, s -> s.sender.send("x", HUGE))
                .fails("closed", s -> s.closedSender.send("x", LONG), CLOSED, "\"closed sender\"")
                .isInterrupted(s -> s.sender.send("x", LONG));
        table.of("Sender.trySend(Object)")
                .fails("Object null", s -> s.sender.trySend(null), NULL, "message")
                .fails("closed", s -> s.closedSender.trySend("x"), CLOSED, "\"closed sender\"")
                .leavesInterrupt(s -> s.sender.trySend("x"));
        table.of("Sender.dispatch(Object)")
                .fails("Object null", s -> s.sender.dispatch(null), NULL, "message")
                .fails("closed", s -> s.closedSender.dispatch("x"), CLOSED, "\"closed sender\"")
                .isInterrupted(s -> s.sender.dispatch("x"));
        table.of("Sender.dispatch(Object,Duration)")
                .fails("Object null", s -> s.sender.dispatch(null, LONG), NULL, "message")
                .fails("Duration null", s -> s.sender.dispatch("x", null), NULL, "timeout")
                .gives("Duration zero", 3L, s -> s.sender.dispatch("x", Duration.ZERO))
                .gives("Duration negative", 3L, s -> s.sender.dispatch("x", NEGATIVE))
                .gives("Duration huge", 3L, s -> s.sender.dispatch("x", HUGE))
                .fails("closed", s -> s.closedSender.dispatch("x", LONG), CLOSED, "\"closed sender\"")
                .isInterrupted(s -> s.sender.dispatch("x", LONG));
        table.of("Sender.dispatchAsync(Object)")
                .fails("Object null", s -> s.sender.dispatchAsync(null), NULL, "message")
                .fails("closed", s -> s.closedSender.dispatchAsync("x"), CLOSED, "\"closed sender\"")
                .isInterrupted(s -> s.sender.dispatchAsync("x"));
        table.of("Sender.clock()")
                .gives("closed", 1L, s -> s.closedSender.clock().time()) // "r" has number 2 in its inbox
                .leavesInterrupt(s -> s.sender.clock());
        table.of("Sender.sendAll(Publisher)")
                .fails("Publisher null", s -> s.sender.sendAll(null), NULL, "publisher")
                .gives(
                        "closed",
                        CLOSED,
                        s -> s.closedSender
                                .sendAll(Flow.Subscriber::onComplete)
                                .exceptionNow()
                                .getClass())
                .leavesInterrupt(s -> s.sender.sendAll(Flow.Subscriber::onComplete));
        table.of("Sender.name()")
                .gives("closed", "closed sender", s -> s.closedSender.name())
                .leavesInterrupt(s -> s.sender.name());
        table.of("Sender.toString()")
                .gives("closed", "sender \"closed sender\"", s -> s.closedSender.toString())
                .leavesInterrupt(s -> s.sender.toString());
        table.of("Sender.close()").works("closed", s -> s.closedSender.close()).leavesInterrupt(s -> {
            s.dispatcher.sender("n", s.r).close();
            return null;
        });
    }
}
