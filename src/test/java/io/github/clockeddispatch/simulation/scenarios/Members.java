package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/** Groups that change while messages are sent to them: G8, G9, G11. */
public final class Members {
    private Members() {}

    /** A receiver that comes and goes: when it was in the group, and what it was given. */
    private static final class Guest {
        final Receiver<String> receiver;
        final Kit.Log log;

        /** What was sent to it alone. */
        final Set<Long> direct = new ConcurrentSkipListSet<>();

        /** Pairs of numbers: after the first and up to the second it was a member. Written by the thread that changes the group. */
        final List<long[]> memberships = new ArrayList<>();

        boolean isIn;
        boolean isDiscarded;

        Guest(Receiver<String> receiver) {
            this.receiver = receiver;
            this.log = new Kit.Log(receiver);
        }

        void added(long sequence) {
            if (isIn) {
                checkEquals(memberships.getLast()[0], sequence, "its first j");
            } else {
                memberships.add(new long[] {sequence, Long.MAX_VALUE});
                isIn = true;
            }
        }

        void removed(long sequence) {
            if (isIn) {
                memberships.getLast()[1] = sequence;
                isIn = false;
            }
        }

        /** What it is to be given, of what was sent to the group. */
        List<Long> expected(Set<Long> toGroup) {
            return Stream.concat(
                            toGroup.stream()
                                    .filter(number -> memberships.stream()
                                            .anyMatch(range -> range[0] < number && number <= range[1])),
                            direct.stream())
                    .sorted()
                    .toList();
        }

        void check(Set<Long> toGroup) {
            List<Long> expected = expected(toGroup);
            if (isDiscarded) {
                Life.check(log.size() <= expected.size(), "given " + log.numbers + ", not of " + expected);
                expected = expected.subList(0, log.size());
            }
            checkEquals(expected, log.numbers, "given to " + receiver);
        }
    }

    /**
     * Receivers are added, taken out, discarded, by one thread, while others send to the group and to one of them, and open and close senders:
     * each is given what was numbered while it was in, and nothing else.
     */
    public static void comeAndGo(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        List<Guest> guests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            guests.add(new Guest(dispatcher.receiver("g" + i)));
        }
        Group<String> group = dispatcher.group("group", guests.get(0).receiver);
        guests.get(0).added(0);
        Set<Long> toGroup = new ConcurrentSkipListSet<>();
        Sender<String> keeps = dispatcher.sender("keeps", group);
        List<Thread> readers = new ArrayList<>();
        for (Guest guest : guests) {
            readers.add(
                    life.go("reads-" + guest.receiver.name(), () -> Kit.unlessClosed(() -> guest.log.readAll(life))));
        }
        life.together(
                () -> {
                    for (int i = 0; i < 2 + life.upTo(4); i++) {
                        toGroup.add(keeps.dispatch("k" + i));
                    }
                },
                () -> {
                    for (int i = 0; i < 2; i++) {
                        try (Sender<String> visits = dispatcher.sender("visits", group)) {
                            toGroup.add(visits.dispatch("v" + i));
                        }
                    }
                },
                () -> Kit.unlessClosed(() -> {
                    Guest first = guests.get(0);
                    try (Sender<String> direct = dispatcher.sender("direct", first.receiver)) {
                        for (int i = 0; i < 2; i++) {
                            first.direct.add(direct.dispatch("d" + i));
                        }
                    }
                }),
                () -> {
                    for (int i = 0; i < 3 + life.upTo(5); i++) {
                        change(life, group, guests.get(life.upTo(3)));
                    }
                });
        checkEquals(
                guests.stream()
                        .filter(guest -> guest.isIn)
                        .map(guest -> guest.receiver)
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList(),
                group.members().stream()
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList(),
                "members");
        dispatcher.close();
        for (Thread reader : readers) {
            reader.join();
        }
        guests.forEach(guest -> guest.check(toGroup));
    }

    private static void change(Life life, Group<String> group, Guest guest) throws Exception {
        switch (life.upTo(8)) {
            case 0, 1, 2 -> {
                if (!Kit.unlessClosed(() -> guest.added(group.add(guest.receiver)))) {
                    check(guest.isDiscarded || !guest.isIn, "refused, though it is in");
                }
            }
            case 3, 4, 5 -> guest.removed(group.remove(guest.receiver));
            case 6 -> {
                guest.receiver.discard();
                guest.isDiscarded = true;
                guest.isIn = false;
            }
            default -> checkEquals(guest.isIn, group.members().contains(guest.receiver), "it is a member");
        }
    }

    /** A view is replaced while it runs: what one is not given, the other one is. */
    public static void aViewIsReplaced(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> old = dispatcher.receiver("old");
        Receiver<String> next = dispatcher.receiver("next");
        Group<String> group = dispatcher.group("group", old);
        Sender<String> sender = dispatcher.sender("s", group);
        Kit.Log atOld = new Kit.Log(old);
        Kit.Log atNext = new Kit.Log(next);
        long[] jk = new long[2];
        int count = 2 + life.upTo(4);
        life.together(
                () -> atOld.readAll(life), // to its end, as it is taken out of its last group
                () -> {
                    jk[0] = group.add(next);
                    jk[1] = group.remove(old);
                },
                () -> {
                    for (int i = 0; i < count; i++) {
                        sender.send("m" + i);
                    }
                },
                () -> {
                    while (atNext.last() < count && jk[0] + 1 <= count) {
                        next.receiveMessage(life.briefly()).ifPresent(atNext::given);
                    }
                });
        dispatcher.close();
        checkEquals(jk[1], (long) atOld.size(), "given to the old one");
        checkEquals(jk[1], atOld.last(), "the last of the old one");
        if (jk[0] < count) {
            checkEquals(jk[0] + 1, atNext.numbers.getFirst(), "the first of the new one");
            checkEquals((int) (count - jk[0]), atNext.size(), "given to the new one");
        }
    }

    /** A group of two receivers with one slot each, and senders to it and to each of the two. */
    private static final class Two {
        final Dispatcher<String> dispatcher = Kit.tiny();
        final Receiver<String> p = dispatcher.receiver("p");
        final Receiver<String> q = dispatcher.receiver("q");
        final Group<String> group = dispatcher.group("group", p, q);
        final Sender<String> toGroup = dispatcher.sender("to-group", group);
        final Sender<String> toP = dispatcher.sender("to-p", p);
        final Sender<String> toQ = dispatcher.sender("to-q", q);
    }

    private static String take(Receiver<String> receiver) throws InterruptedException {
        return ((Delivery.Message<String>) receiver.receiveMessage()).payload();
    }

    /** Who is in the way of a message is taken out, beside whoever begins to wait, or takes the message back. */
    public static void whoIsInTheWayIsTakenOut(Life life) throws Exception {
        Two two = new Two();
        two.toQ.dispatch("fills");
        boolean withdraws = life.chance(3);
        CompletableFuture<Long> waits = new CompletableFuture<>();
        Thread sends = life.go("sends", () -> {
            CompletableFuture<Long> number = two.toGroup.dispatchAsync("x");
            if (withdraws && number.cancel(false)) {
                waits.complete(0L);
            } else {
                waits.complete(number.join());
            }
        });
        if (life.chance(2)) {
            life.untilAllWait();
        }
        two.group.remove(two.q);
        sends.join();
        if (waits.join() != 0) {
            checkEquals("x", take(two.p), "given");
        }
        two.toGroup.dispatch("y");
        checkEquals("y", take(two.p), "given");
        checkEquals("fills", take(two.q), "given");
        check(two.q.tryReceive().filter(Delivery.Message.class::isInstance).isEmpty(), "given, though it was out");
    }

    /** One that is full is added while a message waits: it is waited for, once, and no longer than it is in. */
    public static void oneThatIsFullIsAdded(Life life) throws Exception {
        Two two = new Two();
        Receiver<String> r = two.dispatcher.receiver("r");
        Sender<String> toR = two.dispatcher.sender("to-r", r);
        toR.dispatch("fills r");
        two.toQ.dispatch("fills q");
        CompletableFuture<Long> waits = two.toGroup.dispatchAsync("x");
        boolean isTakenOut = life.chance(2);
        if (life.chance(2)) {
            two.group.add(r);
            checkEquals("fills q", take(two.q), "given");
            life.untilAllWait();
            check(!waits.isDone(), "it went in without room at r");
            if (isTakenOut) {
                two.group.remove(r);
            } else {
                checkEquals("fills r", take(r), "given");
            }
            waits.join();
            checkEquals(1, r.pending(), "in the inbox of r");
        } else {
            life.together(
                    () -> two.group.add(r),
                    () -> checkEquals("fills q", take(two.q), "given"),
                    () -> {
                        if (isTakenOut) {
                            two.group.remove(r);
                        }
                    },
                    () -> checkEquals("fills r", take(r), "given"));
            waits.join();
        }
        checkEquals("x", take(two.p), "given");
        checkEquals("x", take(two.q), "given");
    }

    /** G11: a reader that waits is given its End, where it is taken out beside the last senders, that leave. */
    public static void takenOutBesideTheLastSenders(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Kit.small(life)) {
            Receiver<String> r = dispatcher.receiver("r");
            Receiver<String> stays = dispatcher.receiver("stays");
            Group<String> group = dispatcher.group("group", r, stays);
            Sender<String> one = dispatcher.sender("one", group);
            Sender<String> two = life.chance(2) ? dispatcher.sender("two", r) : dispatcher.broadcaster("two");
            Kit.Log log = new Kit.Log(r);
            Kit.Log atStays = new Kit.Log(stays);
            Life.Body takesOut = () -> group.remove(r);
            Life.Body closesOne = () -> {
                one.send("one");
                one.close();
            };
            Life.Body closesTwo = () -> {
                two.send("two");
                two.close();
            };
            life.together(() -> log.readAll(life), () -> atStays.readAll(life), takesOut, closesOne, closesTwo);
            check(log.messages.contains("two"), "what was sent otherwise is missing");
            check(atStays.messages.contains("one"), "what was sent to the group is missing");
            checkEquals(List.of(), group.members(), "members");
        }
    }

    /** G11: a receiver is added beside the close of the last sender that reaches it: refused, or it goes on with the group. */
    public static void addedBesideTheLastSender(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Kit.small(life)) {
            Receiver<String> r = dispatcher.receiver("r");
            Group<String> group = dispatcher.group("group");
            Sender<String> last = dispatcher.sender("last", r);
            Sender<String> toGroup = dispatcher.sender("to-group", group);
            boolean[] added = new boolean[1];
            life.together(() -> added[0] = Kit.unlessClosed(() -> group.add(r)), last::close);
            checkEquals(1L, toGroup.dispatch("x"), "its number");
            checkEquals(added[0] ? List.of(r) : List.of(), group.members(), "members");
            if (added[0]) {
                checkEquals("x", take(r), "given");
                toGroup.close();
            }
            check(r.receiveMessage() instanceof Delivery.End, "no End");
        }
    }

    /** What awaitFinished waits for has been finished by those who were members then, and have left. */
    public static void awaitedBesideWhoLeaves(Life life) throws Exception {
        Two two = new Two();
        two.toQ.dispatch("fills");
        two.toGroup.send("x");
        Kit.Log atP = new Kit.Log(two.p);
        Kit.Log atQ = new Kit.Log(two.q);
        life.go("p", () -> Kit.unlessClosed(() -> atP.readAll(life)));
        life.go("q", () -> Kit.unlessClosed(() -> atQ.readAll(life)));
        Thread leaves = life.go("leaves", () -> two.group.remove(two.p));
        check(two.dispatcher.awaitFinished(Duration.ofSeconds(Long.MAX_VALUE)), "not finished");
        long x = two.dispatcher.sequence();
        check(two.q.clock().hasReached(x), "q has not finished it");
        check(!atP.messages.contains("x") || two.p.clock().hasReached(x), "p has not finished it");
        leaves.join();
        check(atQ.messages.contains("x"), "not given");
        two.dispatcher.close();
    }
}
