package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Ten thousand receivers that join and leave while all others work as fast as they can. */
class ManyJoinsTest {
    private static final int JOINS = 10_000;

    /** Numbers of broadcasts. */
    private final ConcurrentSkipListSet<Long> broadcasts = new ConcurrentSkipListSet<>();

    private final AtomicBoolean over = new AtomicBoolean();

    /** What one that came and went was given: all broadcasts from its joining on to the last that it was given, once. */
    private record Guest(long joinedAt, List<Long> given) {}

    private void check(List<Guest> guests) {
        for (Guest guest : guests) {
            if (!guest.given.isEmpty()) {
                assertEquals(
                        List.copyOf(broadcasts.subSet(guest.joinedAt, false, guest.given.getLast(), true)),
                        guest.given);
            }
        }
        assertTrue(guests.stream().anyMatch(guest -> !guest.given.isEmpty()), "some were given something");
    }

    private static Guest visit(Receiver<String> guest, Random random) throws InterruptedException {
        List<Long> given = new ArrayList<>();
        boolean patient = random.nextInt(50) == 0;
        for (int wanted = 1 + random.nextInt(3); wanted > 0; wanted--) {
            Optional<Delivery<String>> delivery = patient ? guest.receiveMessage(Await.BOUND) : guest.tryReceive();
            if (delivery.isPresent() && delivery.get() instanceof Delivery.Message<String> message) {
                given.add(message.sequence());
            }
        }
        guest.discard();
        return new Guest(guest.joinedAt(), given);
    }

    @ContractTest(capacities = 16, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    void ofADispatcher(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> stays = dispatcher.receiver("stays");
        Reading<String> reading = setup.read(stays);
        Sender<String> direct = dispatcher.sender("direct", stays);
        Sender<String> all = dispatcher.broadcaster("all");
        Running<Integer> sending = setup.call("sends", () -> {
            int sent = 0;
            for (; !over.get(); sent++) {
                direct.send("d" + sent);
            }
            return sent;
        });
        Running<Integer> broadcasting = setup.call("broadcasts", () -> {
            int sent = 0;
            for (; !over.get(); sent++) {
                broadcasts.add(all.dispatch("b" + sent));
            }
            return sent;
        });
        List<Running<List<Guest>>> joining = new ArrayList<>();
        AtomicInteger toOwn = new AtomicInteger();
        for (int t = 0; t < 4; t++) {
            String name = "joins " + t;
            Random random = Numbers.random("ManyJoinsTest " + t);
            joining.add(setup.call(name, () -> {
                List<Guest> guests = new ArrayList<>();
                for (int i = 0; i < JOINS / 4; i++) {
                    Receiver<String> guest = dispatcher.receiver(name + " guest " + i);
                    if (i % 10 == 0) { // with a sender of its own, whose message is given or discarded
                        try (Sender<String> own = dispatcher.sender(name + " own " + i, guest)) {
                            own.send("own");
                            toOwn.incrementAndGet();
                        }
                        guest.discard();
                    } else {
                        guests.add(visit(guest, random));
                    }
                }
                return guests;
            }));
        }
        List<Guest> guests = new ArrayList<>();
        joining.forEach(running -> guests.addAll(running.result()));
        over.set(true);
        int sent = sending.result() + broadcasting.result();
        assertEquals(sent, reading.await(sent).size());
        check(guests);
        List<Long> numbers = Reading.numbers(reading.messages());
        assertEquals(numbers.stream().sorted().distinct().toList(), numbers);
        assertTrue(stays.clock().waitUntil(dispatcher.sequence(), Await.BOUND));
        assertEquals(1, dispatcher.snapshot().receivers().size());
        Await.eventually(
                "their senders have left too",
                () -> dispatcher.snapshot().senders().size() == 2);
        // whom nobody burned a number for: only messages of their own senders may be missing here
        assertTrue(dispatcher.sequence() <= sent + toOwn.get(), () -> "" + dispatcher.sequence());
        assertTrue(dispatcher.sequence() >= sent, () -> "" + dispatcher.sequence());
    }

    @ContractTest(capacities = 16, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    void ofAMerge(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> stays = merge.receiver("stays");
        Reading<String> reading = setup.read(stays);
        Forwarder<String> direct = merge.forwarder("direct", stays);
        Forwarder<String> all = merge.broadcaster("all");
        Running<Integer> forwarding = setup.call("forwards", () -> {
            int sent = 0;
            for (long number = 1; !over.get(); number += 2, sent++) {
                direct.forward(number, "d");
            }
            direct.close();
            return sent;
        });
        Running<Integer> broadcasting = setup.call("broadcasts", () -> {
            int sent = 0;
            for (long number = 2; !over.get(); number += 2, sent++) {
                broadcasts.add(number);
                all.forward(number, "b");
            }
            all.close();
            return sent;
        });
        Random random = Numbers.random("ManyJoinsTest of a merge");
        List<Guest> guests = setup.call("joins", () -> {
                    List<Guest> left = new ArrayList<>();
                    for (int i = 0; i < JOINS; i++) {
                        left.add(visit(merge.receiver("guest " + i), random));
                    }
                    return left;
                })
                .result();
        over.set(true);
        int sent = forwarding.result() + broadcasting.result();
        assertEquals(sent, reading.await(sent).size());
        check(guests);
        List<Long> numbers = Reading.numbers(reading.messages());
        assertEquals(numbers.stream().sorted().distinct().toList(), numbers);
        assertEquals(1, merge.snapshot().receivers().size());
    }
}
