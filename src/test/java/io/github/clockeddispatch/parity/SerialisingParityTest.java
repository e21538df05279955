package io.github.clockeddispatch.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Delivery.End;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.Delivery.Tick;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The Rust original, serialising")
class SerialisingParityTest {

    // ---- its tests

    @ContractTest
    @DisplayName("lib.rs tests::can_send_after_recv_drop")
    void canSendAfterRecvDrop(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open();
        Receiver<Integer> a = dispatcher.receiver("a");
        Receiver<Integer> b = dispatcher.receiver("b");
        dispatcher.sender("to a", a);
        Sender<Integer> toB = dispatcher.sender("to b", b);
        a.discard();

        toB.send(10);

        assertThat(b.receive()).isEqualTo(new Message<>(1, 10));
    }

    @ContractTest
    @DisplayName("lib.rs tests::recv_drop_unblocks_sender: there the sends to it are dropped, here they are told")
    void recvDropUnblocksSender(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toAll = dispatcher.broadcaster("to all");
        Sender<String> toB = dispatcher.sender("to b", b);
        setup.fill(toB, b);
        Running<Void> send = setup.run("send", () -> toB.send("b")).awaitBlocked();
        Running<Long> broadcast =
                setup.call("broadcast", () -> toAll.dispatch("a")).awaitBlocked();

        b.discard();

        send.failure(ClosedException.class);
        assertThat(a.receiveMessage()).isEqualTo(new Message<>(broadcast.result(), "a"));
        assertThat(b.discarded()).isEqualTo(setup.pathCapacity());
    }

    @ContractTest
    @DisplayName("lib.rs tests::test_new_with_seed")
    void newWithSeed(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.startAfter(69_105));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);

        sender.send("a");

        assertThat(r.receive()).isEqualTo(new Message<>(69_106, "a"));
    }

    // ---- the examples of its documentation

    @ContractTest
    @DisplayName("lib.rs docs, simple usage")
    void simpleUsage(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open();
        Receiver<Integer> r = dispatcher.receiver("r");
        Sender<Integer> sender = dispatcher.sender("s", r);

        setup.run("sends", () -> sender.send(10));

        assertThat(r.receive()).isEqualTo(new Message<>(1, 10));
    }

    @ContractTest
    @DisplayName("lib.rs docs, shared usage: there it needs large buffers, here a single slot suffices")
    void sharedUsage(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open();
        Receiver<Integer> r = dispatcher.receiver("r");
        for (int i = 0; i < 10; i++) {
            int value = i;
            Sender<Integer> own = dispatcher.sender("sender " + i, r);
            setup.run("sends " + i, () -> own.send(value));
        }

        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            given.add(((Message<Integer>) r.receiveMessage()).payload());
        }

        assertThat(given).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @ContractTest
    @DisplayName("lib.rs docs, shared usage: there each thread must clone the sender, here all may use one")
    void sharedUsageOfOneSender(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open();
        Receiver<Integer> r = dispatcher.receiver("r");
        Sender<Integer> sender = dispatcher.sender("s", r);
        for (int i = 0; i < 10; i++) {
            int value = i;
            setup.run("sends " + i, () -> sender.send(value));
        }

        Set<Integer> given = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            given.add(((Message<Integer>) r.receiveMessage()).payload());
        }

        assertThat(given).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @ContractTest
    @DisplayName("lib.rs docs, accessing timestamps: there a send cannot tell its number, here dispatch does")
    void accessingTimestamps(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.inboxCapacity(10));
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toA = dispatcher.sender("to a", a);

        long first = toA.dispatch("a1");
        assertThat(a.receive()).isEqualTo(new Message<>(first, "a1"));
        assertThat(b.receive()).isEqualTo(new Tick<>(first));
        long second = toA.dispatch("a2");
        long third = toA.dispatch("a3");
        assertThat(a.receive()).isEqualTo(new Message<>(second, "a2"));
        assertThat(a.receive()).isEqualTo(new Message<>(third, "a3"));
        // there it may be told of the second or of the third; here both had been numbered when dispatch returned
        assertThat(b.receive()).isEqualTo(new Tick<>(third));
    }

    @ContractTest
    @DisplayName("lib.rs docs of ClockedSender: the receiver ends with the last of the clones")
    void endsWithTheLastClone(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> original = dispatcher.sender("s", r);
        for (String name : List.of("a1", "a2")) {
            Sender<String> clone = dispatcher.sender(name, r);
            setup.run("sends " + name, () -> {
                try (clone) {
                    clone.send(name);
                }
            });
        }
        original.close();

        List<String> given = new ArrayList<>();
        r.forEachMessage((number, message) -> given.add(message)); // returns at the end

        assertThat(given).containsExactlyInAnyOrder("a1", "a2");
    }

    @ContractTest
    @DisplayName(
            "lib.rs docs of ClockedBroadcaster, regular broadcast: there a sender becomes one, here it is opened as one")
    void regularBroadcast(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toAll = dispatcher.broadcaster("to all");
        toA.close(); // the broadcaster keeps a from ending
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toB = dispatcher.sender("to b", b);

        toAll.send("1");
        Delivery<String> given = a.receive();
        assertThat(given).isEqualTo(new Message<>(1, "1"));
        assertThat(b.receive()).isEqualTo(given);

        toB.send("2");
        assertThat(b.receive()).isEqualTo(new Message<>(2, "2"));
        assertThat(a.receive()).isEqualTo(new Tick<>(2));

        toAll.close();
        assertThat(a.receive()).isEqualTo(new End<>(2));
        b.acknowledge();
        assertThat(b.tryReceive()).isEmpty(); // its own sender is open
        assertThat(a.receive()).isEqualTo(new End<>(2)); // there an error, here End for ever

        toB.close();
        assertThat(b.receive()).isEqualTo(new End<>(2));
    }

    // ---- what its documentation says in words

    @ContractTest
    @DisplayName("README, why: r1 has seen 7 updates and r2 none, as none was for it; r2 knows that it is up to date")
    void theOtherIsUpToDate(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r1 = dispatcher.receiver("r1");
        Receiver<String> r2 = dispatcher.receiver("r2");
        Sender<String> s1 = dispatcher.sender("s1", r1);
        dispatcher.sender("s2", r2);
        for (int i = 1; i <= 7; i++) {
            s1.send("update " + i);
            assertThat(r1.receiveMessage()).isEqualTo(new Message<>(i, "update " + i));
        }

        assertThat(r2.receive()).isEqualTo(new Tick<>(7));
        r2.clock().waitUntil(7); // there it must read to know; here anybody may ask
        assertThat(r1.clock().time())
                .isEqualTo(6); // there what was given counts; here what is finished, and 7 is in hand
    }

    @ContractTest(capacities = {1, 2})
    @DisplayName(
            "README, to do: there one slow path stops sends through others once the buffer to the dispatcher is full, here not")
    void aSlowPathStopsNobodyElse(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> slow = dispatcher.receiver("slow");
        Receiver<String> fast = dispatcher.receiver("fast");
        Sender<String> toSlow = dispatcher.sender("to slow", slow);
        Sender<String> toFast = dispatcher.sender("to fast", fast);
        setup.fill(toSlow, slow);
        Running<Void> stuck = setup.run("stuck", () -> toSlow.send("one more")).awaitBlocked();

        for (int i = 0; i < 3 * setup.pathCapacity(); i++) {
            toFast.send("m");
            assertThat(fast.receiveMessage()).isInstanceOf(Message.class);
        }

        setup.read(slow);
        stuck.result();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("lib.rs docs of new: there a bound of 0 is taken and never delivers, here it is refused")
    void aBoundOfZero(Setup setup) {
        Dispatcher<String> dispatcher = setup.open();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Dispatcher.builder().channelCapacity(0));
        assertThatIllegalArgumentException().isThrownBy(() -> dispatcher.receiver("r", 0));
    }
}
