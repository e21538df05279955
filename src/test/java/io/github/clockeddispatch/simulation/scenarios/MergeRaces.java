package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Sources that end, fail or come while a reader, or another thread that forwards, is in the midst of something. */
public final class MergeRaces {
    private MergeRaces() {}

    /** F9: a merge is frozen while the clock above one of its links moves: who reads is given what is due, or the end. */
    public static void frozenWhileAClockAboveMoves(Life life) throws Exception {
        Dispatcher<String> one = Dispatcher.open();
        Dispatcher<String> other = Dispatcher.open();
        Receiver<String> from = one.receiver("from");
        Receiver<String> idle = other.receiver("idle");
        Receiver<String> aside = other.receiver("aside");
        Sender<String> sender = one.sender("s", from);
        Sender<String> moves = other.sender("moves", aside);
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> receiver = merge.receiver("r");
        merge.link(from, receiver);
        merge.link(idle, receiver);
        for (int i = 0; i < 3; i++) {
            sender.dispatch("x");
        }
        Kit.Log log = new Kit.Log(receiver, true);
        boolean interrupts = life.chance(2);
        life.together(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        moves.trySend("y");
                    }
                },
                log::readOn,
                () -> {
                    if (interrupts) {
                        Thread.currentThread().interrupt();
                    }
                    Kit.closeAnyhow(merge);
                    Thread.interrupted();
                });
        Kit.closeAnyhow(one);
        Kit.closeAnyhow(other);
    }

    /** F5: a link is closed while it brings: the clock passes what was given. */
    public static void aLinkIsClosedWhileItBrings(Life life) throws Exception {
        Dispatcher<String> top = Dispatcher.open();
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().endWithLastSender(false).open();
        Receiver<String> receiver = merge.receiver("r");
        Link link = merge.link(from, receiver);
        int count = 1 + life.upTo(3);
        life.together(
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < count; i++) {
                        sender.send("x");
                    }
                }),
                link::close);
        life.untilAllWait();
        Kit.Log log = new Kit.Log(receiver, true);
        readWhatIsThere(log, receiver);
        check(receiver.clock().time() >= log.last(), receiver.clock().time() + " with " + log.numbers + " given");
        Kit.closeAnyhow(merge);
        Kit.closeAnyhow(top);
    }

    /** F5: a forwarder is closed by another thread: the clock passes what it had forwarded. */
    public static void aForwarderIsClosedByAnotherThread(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .endWithLastSender(false)
                .channelCapacity(1)
                .open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", receiver);
        int[] accepted = {0};
        life.together(
                () -> Kit.unlessClosed(() -> {
                    for (int i = 1; i < 4; i++) {
                        forwarder.forwardPart(i, "x");
                        accepted[0] = i;
                    }
                }),
                () -> {
                    life.pause();
                    forwarder.close();
                });
        life.untilAllWait();
        Kit.Log log = new Kit.Log(receiver, true);
        readWhatIsThere(log, receiver);
        checkEquals((long) accepted[0], log.last(), "given last");
        check(receiver.clock().time() >= log.last(), receiver.clock().time() + " with " + log.numbers + " given");
        merge.close();
    }

    private static void readWhatIsThere(Kit.Log log, Receiver<String> receiver) {
        Optional<Delivery<String>> next = receiver.tryReceive();
        while (next.isPresent()) {
            log.given(next.get());
            next = receiver.tryReceive();
        }
        receiver.acknowledge();
    }

    /** F7: a forward waits for a slot with parts of its number before it, and a message is put back. */
    public static void partsAndWhatIsPutBack(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .channelCapacity(2)
                .endWithLastSender(false)
                .open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", receiver);
        Kit.Log log = new Kit.Log(receiver, true);
        life.together(
                () -> {
                    forwarder.forward(1, "x");
                    forwarder.forward(2, "x");
                    for (int i = 0; i < 3; i++) {
                        forwarder.forwardPart(3, "part");
                    }
                    forwarder.advance(3);
                },
                () -> {
                    while (log.size() < 5) {
                        log.given(receiver.receiveMessage());
                    }
                },
                () -> {
                    Forwarder<String> joins = merge.forwarder("joins", receiver);
                    if (life.chance(2)) {
                        life.pause();
                    }
                    joins.close();
                });
        merge.close();
    }

    /** F5: a broadcaster fails beside one that has left: nothing above its promise is given, and its receivers fail. */
    public static void failsBesideOneThatHasLeft(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        for (int i = 0; i < 3; i++) {
            merge.receiver("aside" + i);
        }
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> left = merge.forwarder("left", receiver);
        Forwarder<String> fails = merge.broadcaster("fails");
        left.forward(50, "x");
        left.close();
        fails.advance(10);
        life.together(() -> fails.fail(new IllegalArgumentException("on purpose")), () -> {
            try {
                while (true) {
                    Delivery<String> given =
                            receiver.receiveMessage(life.briefly()).orElse(null);
                    check(given == null, "given " + given);
                    check(
                            receiver.clock().time() <= 10,
                            "the clock is at " + receiver.clock().time());
                }
            } catch (FailedException e) {
                // as it should be
            }
        });
        Receiver<String> later = merge.receiver("later");
        merge.broadcaster("one more").close();
        check(later.receiveMessage() instanceof Delivery.End, "no end");
    }

    /** F5, G9: a receiver joins while a broadcaster fails that holds something back: it fails too, or has nothing to do with it. */
    public static void joinsWhileOneFails(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        for (int i = 0; i < 2; i++) {
            merge.receiver("aside" + i);
        }
        Forwarder<String> stays = merge.broadcaster("stays");
        Forwarder<String> fails = merge.broadcaster("fails");
        fails.forward(10, "x");
        Thread joins = life.go("joins", () -> {
            Receiver<String> receiver = merge.receiver("joins");
            try {
                check(receiver.receiveMessage() instanceof Delivery.End, "given something");
                checkEquals(30L, receiver.clock().time(), "the clock at the end");
            } catch (FailedException e) {
                // it came before
            }
        });
        fails.fail(new IllegalArgumentException("on purpose"));
        stays.advance(30);
        life.untilAllWait();
        stays.close();
        joins.join();
        Receiver<String> later = merge.receiver("later");
        merge.broadcaster("one more").close();
        check(later.receiveMessage() instanceof Delivery.End, "no end");
    }

    /** F4, G4: another thread promises beside one that forwards, whether that waits for room or not. */
    public static void promisesBesideAForward(Life life) throws Exception {
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(2).open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", receiver);
        Kit.Log log = new Kit.Log(receiver, true);
        life.together(
                () -> {
                    for (int i = 1; i < 6; i++) {
                        try {
                            if (life.chance(3)) {
                                forwarder.forwardPart(i, "part");
                            }
                            forwarder.forward(i, "x");
                        } catch (LateMessageException e) {
                            // overtaken
                        }
                    }
                    forwarder.close();
                },
                () -> {
                    for (int i = 1; i < 4; i++) {
                        try {
                            forwarder.advance(i + life.upTo(3));
                        } catch (ClosedException e) {
                            return;
                        }
                    }
                },
                () -> log.readAll(life));
        merge.close();
    }

    /** G9: a receiver joins while the reader of another one has a broadcast in its hand that it puts back, as a source has joined. */
    public static void joinsWhileABroadcastIsPutBack(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .channelCapacity(4)
                .endWithLastSender(false)
                .open();
        Receiver<String> early = merge.receiver("early");
        Forwarder<String> forwarder = merge.broadcaster("a");
        int count = 3 + life.upTo(3);
        Kit.Log log = new Kit.Log(early, true);
        AtomicReference<Receiver<String>> joined = new AtomicReference<>();
        life.together(
                () -> {
                    for (int i = 1; i <= count; i++) {
                        forwarder.forward(i, "x");
                    }
                },
                () -> {
                    while (log.size() < count) {
                        log.given(early.receiveMessage());
                    }
                },
                () -> {
                    early.clock().waitUntil(1); // who has forwarded once is the producer, and takes no lock
                    Forwarder<String> other = merge.broadcaster("other");
                    joined.set(merge.receiver("late"));
                    other.close();
                });
        Receiver<String> late = joined.get();
        for (long i = late.joinedAt() + 1; i <= count; i++) {
            checkEquals(
                    i,
                    late.tryReceive().map(Delivery::sequence).orElse(0L),
                    "given to who joined at " + late.joinedAt());
        }
    }

    /** G13: what was accepted is waited for, wherever it is: on a lane, in hand, or between. */
    public static void allThatWasAcceptedIsFinished(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> receiver = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", receiver);
        Forwarder<String> promises = merge.forwarder("promises", receiver);
        int count = 1 + life.upTo(3);
        AtomicInteger finished = new AtomicInteger();
        life.together(
                () -> {
                    for (int i = 1; i <= count; i++) {
                        forwarder.forward(i, "x");
                    }
                    check(merge.awaitFinished(Duration.ofDays(1)), "in time");
                    checkEquals(count, finished.get(), "finished");
                },
                () -> promises.advance(count),
                () -> {
                    while (finished.get() < count) {
                        receiver.receiveMessage();
                        finished.incrementAndGet();
                        receiver.acknowledge();
                    }
                });
    }

    /** One of two is discarded beside a broadcaster that goes on, while its clock is asked for, a source and a receiver join. */
    public static void joinsBesideOneThatIsDiscarded(Life life) throws Exception {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .channelCapacity(8)
                .endWithLastSender(false)
                .open();
        Receiver<String> leaves = merge.receiver("leaves");
        Receiver<String> stays = merge.receiver("stays");
        Forwarder<String> forwarder = merge.broadcaster("f");
        int count = 3 + life.upTo(3);
        AtomicReference<Receiver<String>> joined = new AtomicReference<>();
        Kit.Log log = new Kit.Log(stays, true);
        life.together(
                () -> {
                    for (int i = 1; i <= count; i++) {
                        forwarder.forward(i, "x");
                    }
                },
                () -> Kit.unlessClosed(() -> new Kit.Log(leaves, true).readOn()),
                () -> {
                    while (log.size() < count) {
                        log.given(stays.receiveMessage());
                    }
                    stays.acknowledge();
                },
                () -> {
                    Kit.unlessClosed(() -> leaves.clock().waitUntil(life.upTo(2)));
                    Forwarder<String> other = merge.broadcaster("other");
                    joined.set(merge.receiver("joins"));
                    other.close();
                },
                () -> {
                    Kit.unlessClosed(() -> leaves.clock().waitUntil(life.upTo(2)));
                    leaves.discard();
                });
        Receiver<String> joins = joined.get();
        for (long i = joins.joinedAt() + 1; i <= count; i++) {
            checkEquals(
                    i,
                    joins.tryReceive().map(Delivery::sequence).orElse(0L),
                    "given to who joined at " + joins.joinedAt());
        }
        merge.close();
    }

    /** F9, G4: a merge is closed while its reader is about to put back what a new source has made not due: no clock passes that. */
    public static void closedWhileSomethingIsPutBack(Life life) throws Exception {
        ForwardingDispatcher<String> merge = Merges.small(life);
        Receiver<String> receiver = merge.receiver("r");
        Kit.Log log = new Kit.Log(receiver, true);
        merge.read(receiver, log);
        Forwarder<String> forwarder = merge.forwarder("f", receiver);
        long[] accepted = {0};
        life.together(
                () -> Kit.unlessClosed(() -> {
                    for (int i = 1; i <= 3; i++) {
                        forwarder.forward(i, "x");
                        accepted[0] = i;
                    }
                }),
                () -> {
                    receiver.clock().waitUntil(life.upTo(2));
                    merge.forwarder("joins", receiver);
                    Kit.closeAnyhow(merge);
                });
        long time = receiver.clock().time();
        check(log.last() == accepted[0] || time < accepted[0], "the clock is at " + time + ", given " + log.numbers);
    }
}
