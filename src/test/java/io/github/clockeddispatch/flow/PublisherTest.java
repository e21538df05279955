package io.github.clockeddispatch.flow;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;

/** {@code Receiver.publisher()}, clause by clause. */
@DisplayName("Flow: publisher")
class PublisherTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    /** A dispatcher with one path. */
    private static final class Scene {
        final Setup setup;
        final AnyDispatcher<String> dispatcher;
        final Receiver<String> r;
        final AnySender<String> desk;

        Scene(Setup setup) {
            this(setup, Duration.ofHours(1));
        }

        Scene(Setup setup, Duration drainTimeout) {
            this.setup = setup;
            dispatcher = setup.openAny(
                    builder -> builder.name("shop").drainTimeout(drainTimeout).inboxCapacity(8));
            r = dispatcher.receiver("r");
            desk = dispatcher.sender("desk", r);
        }

        <S extends Flow.Subscriber<Delivery.Message<String>>> S subscribed(S subscriber) {
            r.publisher().subscribe(subscriber);
            return subscriber;
        }

        void send(int count) throws InterruptedException {
            Setup.send(desk, count);
            desk.close();
            Await.eventually(
                    "all have come", () -> r.pending() == count || r.clock().time() > 0);
        }
    }

    // ---- one subscriber at a time

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("it has one subscriber at a time: a second one gets onError(IllegalStateException), the first goes on")
    void oneSubscriberAtATime(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Recorder<String> first = scene.subscribed(Recorder.demanding(2));
        Recorder<String> second = scene.subscribed(Recorder.demanding(2));

        assertTrue(second.awaitError(IllegalStateException.class).getMessage().contains("subscriber"));
        Setup.send(scene.desk, 3);
        first.awaitCount(2);
        Recorder<String> third = scene.subscribed(Recorder.demanding(1)); // and while nothing is demanded
        third.awaitError(IllegalStateException.class);
        first.request(1);
        first.awaitCount(3);
        assertEquals(List.of(), second.numbers());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("after a cancel the next subscriber is given what comes next")
    void oneAfterTheOther(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (int i = 1; i <= 4; i++) {
            scene.desk.dispatch("m" + i);
            Recorder<String> one = scene.subscribed(Recorder.demanding(1));
            one.awaitCount(1);
            assertEquals(List.of((long) i), one.numbers());
            one.cancel();
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("null is no subscriber")
    void nullSubscriber(Setup setup) {
        Scene scene = new Scene(setup);
        assertEquals(
                "subscriber",
                assertThrows(NullPointerException.class, () -> scene.subscribed(null))
                        .getMessage());
        scene.subscribed(Recorder.<String>demanding(0)).cancel();
    }

    // ---- an own reader for close

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {1, 8})
    @DisplayName("with demand it is an own reader: close waits until it was given all, and has returned for the last")
    void closeWaitsForDemand(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Gate last = setup.gate();
        int all = setup.pathCapacity();
        Recorder<String> subscriber = scene.subscribed(Recorder.demandingAll((number, payload) -> {
            if (number == all) {
                last.pass();
            }
        }));
        Setup.send(scene.desk, all);
        last.awaitArrival();
        Running<Void> closing = setup.run("closing", scene.dispatcher::close).staysBlocked();
        assertFalse(subscriber.isOver());
        last.open();
        closing.result();

        assertEquals(Numbers.upTo(all), subscriber.numbers());
        subscriber.awaitComplete();
        assertEquals(all, scene.r.clock().time());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("close in onNext is refused, and nothing is closed; in onComplete it is not")
    void closeInSignals(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        AtomicReference<Throwable> refused = new AtomicReference<>();
        AtomicReference<Throwable> closed = new AtomicReference<>();
        Gate end = setup.gate();
        Recorder<String> recorder = Recorder.demandingAll(
                (number, payload) -> refused.set(assertThrows(IllegalStateException.class, scene.dispatcher::close)));
        scene.subscribed(new Passing<>(recorder) {
            @Override
            public void onComplete() {
                try {
                    scene.dispatcher.close();
                } catch (Throwable e) {
                    closed.set(e);
                }
                super.onComplete();
                end.open();
            }
        });
        scene.send(1);
        recorder.awaitComplete();

        assertTrue(refused.get().getMessage().contains("own thread"), refused.get()::getMessage);
        assertEquals(null, closed.get());
        assertThrows(ClosedException.class, () -> scene.dispatcher.receiver("new"));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("close is bounded: one that does not return is interrupted and told; it gets onError(ClosedException)")
    void closeCutsOff(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT);
        Gate never = setup.gate();
        Recorder<String> subscriber = scene.subscribed(Recorder.demandingAll((number, payload) -> {
            try {
                never.pass();
            } catch (InterruptedException e) {
                // so it ends
            }
        }));
        scene.desk.dispatch("x");
        never.awaitArrival();
        String told =
                assertThrows(DispatchException.class, scene.dispatcher::close).getMessage();

        assertTrue(told.contains("the reader of \"r\" was interrupted in the handler of 1"), told);
        subscriber.awaitError(ClosedException.class);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("without demand close gives onError(ClosedException), and does not wait: what is there stays readable")
    void closeWithoutDemand(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(1));
        Setup.send(scene.desk, 3);
        subscriber.awaitCount(1);
        Await.eventually("the rest has come", () -> scene.r.pending() == 2);
        scene.dispatcher.close();

        String told = subscriber.awaitError(ClosedException.class).getMessage();
        assertTrue(told.contains("\"shop\" is closed") && told.contains("2 pending"), told);
        assertEquals(List.of(2L, 3L), Reading.numbers(setup.read(scene.r).all()));
        subscriber.request(1); // does nothing
        assertEquals(List.of(1L), subscriber.numbers());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("so it does where nothing was ever demanded or sent, and where all was given that was demanded")
    void closeWithNothingLeft(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Receiver<String> idle = scene.dispatcher.receiver("idle");
        Recorder<String> silent = Recorder.demanding(0);
        idle.publisher().subscribe(silent);
        Recorder<String> exact = scene.subscribed(Recorder.demanding(2));
        Setup.send(scene.desk, 2);
        exact.awaitCount(2);
        scene.dispatcher.close();

        silent.awaitError(ClosedException.class);
        exact.awaitError(ClosedException.class);
        assertEquals(new Delivery.End<>(2), scene.r.receive());
    }

    @ContractTest(capacities = {2, 8})
    @DisplayName("while a close waits for room, what has demanded nothing may still demand, and is waited for then")
    void demandDuringClose(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        int all = setup.capacity() + 8;
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(0));
        Setup.send(scene.desk, all);
        Running<Void> closing = setup.run("closing", scene.dispatcher::close).staysBlocked();
        subscriber.request(1);
        subscriber.awaitCount(1);
        closing.staysBlocked();
        subscriber.request(all); // one more than there are
        closing.result();

        subscriber.awaitComplete();
        assertEquals(Numbers.upTo(all), subscriber.numbers());
    }

    // ---- finishing and failing

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("a message is finished when onNext has returned for it, whatever is demanded then")
    void finishedWhenOnNextHasReturned(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Gate gate = setup.gate();
        AtomicReference<Long> seen = new AtomicReference<>();
        scene.subscribed(Recorder.<String>demanding(1, (number, payload) -> {
            gate.pass();
            seen.set(scene.r.clock().time());
        }));
        long number = scene.desk.dispatch("x");
        gate.awaitArrival();
        Running<Void> waiting =
                setup.run("waits", () -> scene.r.clock().waitUntil(number)).staysBlocked();
        gate.open();
        waiting.result();

        assertEquals(0, seen.get());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("onNext that throws fails the receiver, with its cause and number; close throws it")
    void onNextThatThrows(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Exception cause = new Exception("broken");
        Recorder<String> subscriber = scene.subscribed(Recorder.demandingAll((number, payload) -> {
            if (number == 2) {
                throw cause;
            }
        }));
        Setup.send(scene.desk, 2);

        FailedException failed =
                assertThrows(FailedException.class, () -> scene.r.clock().waitUntil(2));
        assertSame(cause, failed.getCause());
        assertEquals(2, failed.sequence());
        assertSame(cause, subscriber.awaitError(FailedException.class).getCause());
        assertEquals(List.of(1L, 2L), subscriber.numbers());
        assertEquals(1, scene.r.clock().time());
        assertThrows(FailedException.class, scene.r::receive);
        assertSame(
                cause,
                assertThrows(FailedException.class, scene.dispatcher::close).getCause());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("onComplete or onError that throws is told by close; onSubscribe that throws, to the caller")
    void signalsThatThrow(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        IllegalStateException cause = new IllegalStateException("broken");
        Recorder<String> recorder = Recorder.demanding(1);
        assertSame(
                cause,
                assertThrows(
                        IllegalStateException.class,
                        () -> scene.subscribed(new Passing<>(recorder) {
                            @Override
                            public void onSubscribe(Flow.Subscription subscription) {
                                super.onSubscribe(subscription);
                                throw cause;
                            }
                        })));
        scene.desk.dispatch("x");
        assertEquals(new Delivery.Message<>(1, "x"), scene.r.receive()); // nothing was given to it
        scene.subscribed(new Passing<>(Recorder.demanding(1)) {
            @Override
            public void onComplete() {
                throw cause;
            }
        });
        scene.desk.close();
        Await.eventually(
                "it has failed",
                () -> scene.dispatcher.snapshot().receivers().stream()
                        .allMatch(state -> state.state() == Snapshot.ReceiverState.State.FAILED));

        assertSame(
                cause,
                assertThrows(FailedException.class, scene.dispatcher::close).getCause());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("failure fails it, with demand or without: of the receiver, and of the dispatcher")
    void failureFails(Setup setup) {
        for (long demand : new long[] {0, 1}) {
            Scene scene = new Scene(setup);
            Receiver<String> other = scene.dispatcher.receiver("other");
            Exception own = new Exception("own");
            Exception all = new Exception("all");
            Recorder<String> subscriber = scene.subscribed(Recorder.demanding(demand));
            Recorder<String> beside = Recorder.demanding(demand);
            other.publisher().subscribe(beside);
            scene.r.fail(own);
            assertSame(own, subscriber.awaitError(FailedException.class).getCause());
            assertFalse(beside.isOver());
            scene.dispatcher.fail(all);
            assertSame(all, beside.awaitError(FailedException.class).getCause());
            Recorder<String> late = scene.subscribed(Recorder.demanding(demand));
            late.awaitError(FailedException.class);
            assertThrows(FailedException.class, scene.dispatcher::close);
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("close throws what its receiver has failed with, as of any own reader: where something was demanded")
    void closeThrowsTheFailure(Setup setup) {
        Exception cause = new Exception("broken");
        for (long demand : new long[] {0, 1}) {
            Scene scene = new Scene(setup);
            Recorder<String> subscriber = scene.subscribed(Recorder.demanding(demand));
            scene.r.fail(cause);
            subscriber.awaitError(FailedException.class);
            if (demand == 0) {
                scene.dispatcher.close();
            } else {
                FailedException thrown = assertThrows(FailedException.class, scene.dispatcher::close);
                assertSame(cause, thrown.getCause());
            }
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("a discarded receiver gives onError(ClosedException), with demand or without, and that is no failure")
    void discardEndsIt(Setup setup) {
        Scene scene = new Scene(setup);
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(1));
        Receiver<String> other = scene.dispatcher.receiver("other");
        Recorder<String> silent = Recorder.demanding(0);
        other.publisher().subscribe(silent);
        scene.r.discard();
        other.discard();

        subscriber.awaitError(ClosedException.class);
        silent.awaitError(ClosedException.class);
        scene.subscribed(Recorder.<String>demanding(1)).awaitError(ClosedException.class);
        scene.dispatcher.close();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("End completes it, with demand or without, once all was given")
    void endCompletes(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(1));
        scene.send(3);
        subscriber.awaitCount(1);
        assertFalse(subscriber.isOver());
        subscriber.request(1);
        subscriber.awaitCount(2);
        Await.never("it is completed", subscriber::isOver);
        subscriber.request(1); // no more than there is
        subscriber.awaitComplete();
        assertEquals(Numbers.upTo(3), subscriber.numbers());

        Recorder<String> late = scene.subscribed(Recorder.demanding(0));
        late.awaitComplete();
        scene.dispatcher.close();
        Recorder<String> later = scene.subscribed(Recorder.demanding(1));
        later.awaitError(ClosedException.class);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("it completes without demand where the last sender is closed when all was given")
    void endCompletesOneThatRests(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(2));
        Setup.send(scene.desk, 2);
        subscriber.awaitCount(2);
        scene.desk.close();
        subscriber.awaitComplete();
    }

    // ---- demand

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 4)
    @DisplayName("what is not demanded holds senders back, and each demand lets one more in")
    void demandHoldsSendersBack(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> desk = dispatcher.sender("desk", r);
        Recorder<String> subscriber = Recorder.demanding(0);
        r.publisher().subscribe(subscriber);
        setup.fill(desk, r);
        assertFalse(desk.trySend("too much"));
        for (int i = 1; i <= 3; i++) {
            assertFalse(desk.send("too much", Duration.ofMillis(1)));
            subscriber.request(1);
            assertTrue(desk.send("more", Await.BOUND));
            subscriber.awaitCount(i);
        }
        subscriber.request(Long.MAX_VALUE);
        desk.close();
        subscriber.awaitComplete();
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName(
            "that nothing is demanded is told: by explain, by a dispatch that times out, and by a close that loses")
    void whatIsToldOfMissingDemand(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(SHORT));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> desk = dispatcher.sender("desk", r);
        r.publisher().subscribe(Recorder.demanding(0));
        setup.fill(desk, r);
        String missing = "subscriber demands nothing";

        String why = r.clock().explain(1).toString();
        assertTrue(why.contains("the subscriber of \"r\" demands nothing"), why);
        String late = assertThrows(TimeoutException.class, () -> desk.dispatch("x", SHORT))
                .getMessage();
        assertTrue(late.contains("its " + missing), late);
        String lost = assertThrows(DispatchException.class, dispatcher::close).getMessage();
        assertTrue(lost.contains("inbox of \"r\" 2 of 2, its " + missing), lost);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("demand can be raised by any threads; it is given as much, in order, one signal at a time")
    void demandFromAnyThreads(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        int count = 1_000;
        Recorder<String> subscriber = scene.subscribed(Recorder.demanding(0));
        List<Running<Void>> demanding = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            demanding.add(setup.run("demands " + i, () -> {
                for (int j = 0; j < count / 4; j++) {
                    subscriber.request(1);
                    if (j % 16 == 0) {
                        Thread.yield();
                    }
                }
            }));
        }
        Setup.send(scene.desk, count + 3);
        demanding.forEach(Running::result);
        subscriber.awaitCount(count);
        Await.never("more than was demanded", () -> subscriber.numbers().size() > count);
        assertEquals(Numbers.upTo(count), subscriber.numbers());
        subscriber.cancel();
        setup.read(scene.r);
        scene.desk.close();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("demand raised in onNext, one by one, makes no recursion and keeps the thread")
    void demandInOnNext(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        int count = 20_000;
        AtomicInteger deepest = new AtomicInteger();
        AtomicReference<Recorder<String>> self = new AtomicReference<>();
        self.set(Recorder.demanding(1, (number, payload) -> {
            self.get().request(1);
            if (number % 1_000 == 0) {
                deepest.accumulateAndGet(Thread.currentThread().getStackTrace().length, Math::max);
            }
        }));
        scene.subscribed(self.get());
        Setup.send(scene.desk, count);
        self.get().awaitCount(count);

        assertTrue(deepest.get() < 60, deepest::toString);
        assertEquals(1, self.get().threads().stream().distinct().count());
        self.get().cancel();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("while nothing is demanded there is no thread for it")
    void noThreadWithoutDemand(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        long mark = LiveThreads.mark();
        List<Recorder<String>> subscribers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Recorder<String> subscriber = Recorder.demanding(i % 2);
            scene.dispatcher.receiver("r" + i).publisher().subscribe(subscriber);
            subscribers.add(subscriber);
        }
        AnySender<String> all = scene.dispatcher.broadcaster("all");
        all.dispatch("x");
        for (int i = 1; i < 20; i += 2) {
            subscribers.get(i).awaitCount(1);
        }
        Await.eventually(
                "no reader is there",
                () -> LiveThreads.since(mark).stream()
                        .noneMatch(thread -> thread.name().contains("reader-")));
        subscribers.forEach(subscriber -> subscriber.request(1));
        for (int i = 0; i < 20; i += 2) {
            subscribers.get(i).awaitCount(1);
        }
        subscribers.forEach(Recorder::cancel);
        scene.r.discard();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("a demand of 0 or less gives onError(IllegalArgumentException); the receiver can be read further")
    void demandOfNothing(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (long wrong : new long[] {0, -1, Long.MIN_VALUE}) {
            for (long before : new long[] {0, 5}) {
                Recorder<String> subscriber = scene.subscribed(Recorder.demanding(before));
                subscriber.request(wrong);
                assertTrue(subscriber
                        .awaitError(IllegalArgumentException.class)
                        .getMessage()
                        .contains("but was " + wrong));
            }
            scene.subscribed(Recorder.<String>demanding(-1)).awaitError(IllegalArgumentException.class);
        }
        long number = scene.desk.dispatch("x");
        assertEquals(new Delivery.Message<>(number, "x"), scene.r.receive());
    }

    // ---- cancelling

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("cancel leaves the receiver readable, at once where no onNext is running")
    void cancelLeavesTheReceiverReadable(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (int i = 1; i <= 20; i++) {
            Recorder<String> subscriber = scene.subscribed(Recorder.demanding(i % 3));
            assertThrows(IllegalStateException.class, scene.r::receive);
            subscriber.cancel();
            scene.desk.dispatch("x");
            assertEquals(new Delivery.Message<>(i, "x"), scene.r.receive());
            subscriber.request(1);
            subscriber.cancel();
            assertEquals(List.of(), subscriber.numbers());
            assertFalse(subscriber.isOver());
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("after a cancel in onNext no more comes; others read on when it has returned, and nothing is lost")
    void cancelInOnNext(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Gate gate = setup.gate();
        AtomicReference<Recorder<String>> self = new AtomicReference<>();
        self.set(Recorder.demandingAll((number, payload) -> {
            self.get().cancel();
            gate.pass();
        }));
        scene.subscribed(self.get());
        scene.desk.send("x");
        gate.awaitArrival();
        scene.desk.send("y");
        Await.eventually("it has come", () -> scene.r.pending() == 1);
        assertEquals(Optional.empty(), scene.r.tryReceive());
        assertEquals(Optional.empty(), scene.r.receive(Duration.ofMillis(1)));
        assertEquals(0, scene.r.drain((number, payload) -> {}, 9));
        scene.r.acknowledge(); // what is in hand is another's
        assertEquals(0, scene.r.clock().time());
        Running<Delivery<String>> reading =
                setup.call("reads", scene.r::receive).staysBlocked();
        gate.open();

        assertEquals(new Delivery.Message<>(2, "y"), reading.result());
        assertEquals(1, scene.r.clock().time());
        assertEquals(List.of(1L), self.get().numbers());
        assertFalse(self.get().isOver());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("in onNext one may cancel and have another subscriber, or a reader, go on from there")
    void handingOnInOnNext(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        List<Long> read = new ArrayList<>();
        Recorder<String> second = Recorder.demanding(2);
        AtomicReference<Recorder<String>> self = new AtomicReference<>();
        self.set(Recorder.demandingAll((number, payload) -> {
            if (number == 2) {
                self.get().cancel();
                scene.subscribed(second);
                scene.subscribed(Recorder.<String>demanding(1)).awaitError(IllegalStateException.class);
            }
        }));
        scene.subscribed(self.get());
        Setup.send(scene.desk, 4);
        second.awaitCount(2);
        assertEquals(List.of(3L, 4L), second.numbers());
        assertEquals(List.of(1L, 2L), self.get().numbers());
        second.cancel();

        AtomicReference<Recorder<String>> third = new AtomicReference<>();
        third.set(Recorder.demandingAll((number, payload) -> {
            third.get().cancel();
            scene.dispatcher.read(scene.r, (next, message) -> read.add(next));
            assertThrows(IllegalStateException.class, () -> scene.dispatcher.read(scene.r, (next, message) -> {}));
        }));
        scene.subscribed(third.get());
        scene.desk.send("x");
        Await.eventually("it reads on", () -> scene.r.clock().time() == 5);
        Setup.send(scene.desk, 2);
        scene.dispatcher.close();
        assertEquals(List.of(5L), third.get().numbers());
        assertEquals(List.of(6L, 7L), read);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN)
    @DisplayName("one that cancels while another's onNext runs that has cancelled leaves nothing behind")
    void cancelBeforeItsTurn(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Gate gate = setup.gate();
        AtomicReference<Recorder<String>> self = new AtomicReference<>();
        self.set(Recorder.demandingAll((number, payload) -> {
            self.get().cancel();
            gate.pass();
        }));
        scene.subscribed(self.get());
        scene.desk.send("x");
        gate.awaitArrival();
        for (long demand : new long[] {0, 1}) {
            Recorder<String> waiting = scene.subscribed(Recorder.demanding(demand));
            scene.subscribed(Recorder.<String>demanding(1)).awaitError(IllegalStateException.class);
            waiting.cancel();
            Await.eventually("its place is free", () -> {
                Recorder<String> next = scene.subscribed(Recorder.demanding(0));
                boolean accepted = !next.isOver();
                next.cancel();
                return accepted;
            });
        }
        Recorder<String> last = scene.subscribed(Recorder.demanding(1));
        scene.desk.send("y");
        gate.open();
        last.awaitCount(1);
        assertEquals(List.of(2L), last.numbers());
    }

    // ---- other readers

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("nobody else can read while it is subscribed, nor can it be subscribed while somebody reads")
    void otherReaders(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (long demand : new long[] {0, 1}) {
            Recorder<String> subscriber = scene.subscribed(Recorder.demanding(demand));
            assertThrows(IllegalStateException.class, scene.r::receive);
            assertThrows(IllegalStateException.class, scene.r::tryReceive);
            assertThrows(IllegalStateException.class, () -> scene.r.drain((number, payload) -> {}, 1));
            assertThrows(IllegalStateException.class, () -> scene.r.forEachMessage((number, payload) -> {}));
            assertThrows(IllegalStateException.class, () -> scene.dispatcher.read(scene.r, (number, payload) -> {}));
            subscriber.cancel();
        }
        Running<Delivery<String>> reading =
                setup.call("reads", scene.r::receiveMessage).awaitBlocked();
        scene.subscribed(Recorder.<String>demanding(1)).awaitError(IllegalStateException.class);
        scene.desk.dispatch("x");
        assertEquals(new Delivery.Message<>(1, "x"), reading.result());
        Recorder<String> next = scene.subscribed(Recorder.demanding(0)); // it takes over what is in hand
        Await.eventually("that is finished", () -> scene.r.clock().time() == 1);
        next.cancel();
        scene.dispatcher.read(scene.r, (number, payload) -> {});
        scene.subscribed(Recorder.<String>demanding(1)).awaitError(IllegalStateException.class);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8)
    @DisplayName("G15 in onNext, a wait for the clock to reach the message in hand is refused")
    void waitingForItself(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Recorder<String> subscriber = scene.subscribed(
                Recorder.demanding(5, (number, payload) -> scene.r.clock().waitUntil(number)));
        scene.desk.send("x");

        FailedException failed = subscriber.awaitError(FailedException.class);
        assertTrue(failed.getCause() instanceof IllegalStateException, failed::getMessage);
        assertTrue(failed.getMessage().contains("deadlock"), failed::getMessage);
        assertThrows(FailedException.class, scene.dispatcher::close);
    }

    @ContractTest(capacities = 8, pumps = Pumps.OWN, threads = Kind.VIRTUAL)
    @DisplayName("G15 two subscribers that wait for each other's clocks are a deadlock, which is found")
    void waitingForEachOther(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher =
                setup.open(builder -> WatchAge.set(builder.name("shop"), Duration.ofMillis(20)));
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Recorder<String> ofA =
                Recorder.demanding(1, (number, payload) -> b.clock().waitUntil(number));
        Recorder<String> ofB =
                Recorder.demanding(1, (number, payload) -> a.clock().waitUntil(number));
        a.publisher().subscribe(ofA);
        b.publisher().subscribe(ofB);
        dispatcher.sender("s", a, b).send("x");
        Await.eventually("both are told", () -> ofA.isOver() && ofB.isOver()); // one as the other has failed

        String told = assertThrows(FailedException.class, dispatcher::close).getMessage();
        assertTrue(told.contains("deadlock: ") && told.contains("shop/reader-"), told);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 8,
            pumps = Pumps.OWN,
            threads = Kind.VIRTUAL)
    @DisplayName("G17 no signal is given, and no thread made, under a lock")
    void noLockIsHeld(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Runnable look = () -> {
            try {
                Thread other = Thread.ofPlatform()
                        .inheritInheritableThreadLocals(false)
                        .start(() -> scene.dispatcher.snapshot());
                assertTrue(other.join(Await.BOUND), "the lock is held");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        InheritableThreadLocal<Runnable> inherited = new InheritableThreadLocal<>() {
            @Override
            protected Runnable childValue(Runnable parent) {
                parent.run();
                return parent;
            }
        };
        AtomicInteger signals = new AtomicInteger();
        inherited.set(look);
        Recorder<String> recorder = Recorder.demanding(1, (number, payload) -> {
            assertSame(look, inherited.get());
            look.run();
        });
        scene.subscribed(new Passing<>(recorder) {
            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                look.run();
                signals.incrementAndGet();
                super.onSubscribe(subscription);
            }

            @Override
            public void onComplete() {
                look.run();
                signals.incrementAndGet();
                super.onComplete();
            }
        });
        inherited.remove();
        Setup.send(scene.desk, 3);
        for (int i = 1; i <= 3; i++) {
            recorder.awaitCount(i);
            recorder.request(1);
        }
        scene.desk.close();
        recorder.awaitComplete();

        assertEquals(2, signals.get());
        assertNotEquals(recorder.threads().get(0), Thread.currentThread());
    }

    /** A subscriber that passes all signals on. */
    private static class Passing<T> implements Flow.Subscriber<Delivery.Message<T>> {
        private final Recorder<T> to;

        Passing(Recorder<T> to) {
            this.to = to;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(Delivery.Message<T> message) {
            to.onNext(message);
        }

        @Override
        public void onError(Throwable throwable) {
            to.onError(throwable);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }
}
