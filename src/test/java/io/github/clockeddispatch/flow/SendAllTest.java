package io.github.clockeddispatch.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

/** {@code Sender.sendAll}, clause by clause. */
@DisplayName("Flow: sendAll")
class SendAllTest {

    /** A dispatcher with one path. */
    private static final class Scene {
        final Setup setup;
        final Dispatcher<String> dispatcher;
        final Receiver<String> r;
        final Sender<String> desk;
        final Source<String> source = new Source<>();

        Scene(Setup setup) {
            this.setup = setup;
            dispatcher = setup.open(builder -> builder.name("shop"));
            r = dispatcher.receiver("r");
            desk = dispatcher.sender("desk", r);
        }

        /** What is sent, which the source publishes by hand. */
        CompletableFuture<Long> sending() {
            CompletableFuture<Long> sent = desk.sendAll(source);
            source.awaitDemand(1);
            return sent;
        }

        void publish(String... messages) {
            for (String message : messages) {
                source.subscriber().onNext(message);
            }
        }

        /** Publishes all that can be demanded while nobody reads. Returns how much that is. */
        int publishUntilFull() {
            int count = setup.pathCapacity() + setup.capacity(); // which half buffers divide
            for (int i = 1; i <= count; i++) {
                source.awaitDemand(i);
                publish("m" + i);
            }
            Await.eventually("all places are taken", this::isFull);
            return count;
        }

        private boolean isFull() {
            Snapshot now = dispatcher.snapshot();
            return r.pending() == setup.capacity()
                    && now.senders().getFirst().queued() == setup.capacity()
                    && now.waits().size() == 1;
        }
    }

    private static List<String> threadsSince(long mark) {
        return LiveThreads.since(mark).stream()
                .map(LiveThreads.Live::name)
                .filter(name -> name.contains("sendAll"))
                .toList();
    }

    private static Throwable failureOf(CompletableFuture<?> future) {
        Await.eventually("the future is completed", future::isDone);
        return future.exceptionNow();
    }

    private static long resultOf(CompletableFuture<Long> future) {
        Await.eventually("the future is completed", future::isDone);
        return future.resultNow();
    }

    // ---- all of it

    @ContractTest
    @DisplayName(
            "it sends all that is published, in order, and tells how many once all are accepted; the sender stays open")
    void sendsAll(Setup setup) throws Exception {
        Scene scene = new Scene(setup);
        Reading<String> reading = setup.read(scene.r);
        List<String> messages = IntStream.range(0, 3_000).mapToObj(i -> "m" + i).toList();
        CompletableFuture<Long> sent;
        try (SubmissionPublisher<String> publisher = new SubmissionPublisher<>()) {
            sent = scene.desk.sendAll(publisher);
            messages.forEach(publisher::submit);
            assertFalse(sent.isDone());
        }
        assertEquals(3_000, resultOf(sent));
        scene.desk.send("last");
        scene.desk.close();

        List<String> expected = new ArrayList<>(messages);
        expected.add("last");
        assertEquals(expected, Reading.payloads(reading.all()));
    }

    @ContractTest
    @DisplayName("of a publisher that publishes nothing it is none")
    void sendsNothing(Setup setup) {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> sent = scene.sending();
        scene.source.subscriber().onComplete();

        assertEquals(0, resultOf(sent));
        assertFalse(scene.source.isCancelled());
        assertEquals(0, resultOf(scene.desk.sendAll(Flow.Subscriber::onComplete)), "without a subscription");
    }

    @ContractTest
    @DisplayName("several may do so at once, beside other senders: each in its order")
    void severalAtOnce(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Reading<String> reading = setup.read(scene.r);
        List<CompletableFuture<Long>> sent = new ArrayList<>();
        List<Running<Void>> publishing = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            SubmissionPublisher<String> publisher = new SubmissionPublisher<>();
            sent.add(scene.desk.sendAll(publisher));
            publishing.add(setup.run("publishes " + name, () -> {
                for (int i = 0; i < 500; i++) {
                    publisher.submit(name + i);
                }
                publisher.close();
            }));
        }
        for (int i = 0; i < 500; i++) {
            scene.desk.send("d" + i);
        }
        publishing.forEach(Running::result);
        sent.forEach(each -> assertEquals(500, resultOf(each)));
        scene.desk.close();

        List<String> all = Reading.payloads(reading.all());
        assertEquals(2_000, all.size());
        for (String name : List.of("a", "b", "c", "d")) {
            assertEquals(
                    IntStream.range(0, 500).mapToObj(i -> name + i).toList(),
                    all.stream().filter(message -> message.startsWith(name)).toList());
        }
    }

    // ---- its buffer

    @ContractTest
    @DisplayName("it demands as much as its buffer has room for, channelCapacity, and again what was accepted")
    void demandIsBounded(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        int capacity = setup.capacity();
        CompletableFuture<Long> sent = scene.sending();
        scene.source.awaitDemand(capacity);
        Await.never("more is demanded", () -> scene.source.demanded() > capacity);
        int filled = setup.call("publishes", scene::publishUntilFull).result(); // it never waits for room
        assertEquals(filled, scene.source.demanded());
        for (int i = 0; i < capacity; i++) {
            scene.r.receiveMessage();
        }
        scene.source.awaitDemand(filled + 1);
        assertTrue(scene.source.demanded() <= filled + capacity);
        setup.read(scene.r);
        scene.source.subscriber().onComplete();
        assertEquals(filled, resultOf(sent));
        scene.desk.close();
    }

    @ContractTest
    @DisplayName("it reserves no place in the channel")
    void reservesNoPlace(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> sent = scene.sending();
        scene.source.awaitDemand(setup.capacity());
        for (int i = 0; i < setup.pathCapacity(); i++) {
            assertTrue(scene.desk.send("m" + i, Await.BOUND));
        }
        assertFalse(scene.desk.trySend("too much"));
        sent.cancel(false);
        setup.read(scene.r);
        scene.desk.close();
    }

    @ContractTest
    @DisplayName("a publisher that publishes in request, without an end, holds nobody up")
    void synchronousPublisher(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        AtomicLong next = new AtomicLong();
        AtomicReference<Thread> caller = new AtomicReference<>(Thread.currentThread());
        CompletableFuture<Long> sent = scene.desk.sendAll(subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                assertNotSame(caller.get(), Thread.currentThread());
                for (long i = 0; i < n; i++) {
                    subscriber.onNext("m" + next.getAndIncrement());
                }
            }

            @Override
            public void cancel() {}
        }));
        for (int i = 0; i < 3_000; i++) {
            assertEquals("m" + i, payload(scene.r));
        }
        assertTrue(sent.cancel(false));
        setup.read(scene.r);
        scene.desk.close();
    }

    private static String payload(Receiver<String> receiver) throws InterruptedException {
        return receiver.receiveMessage() instanceof Delivery.Message<String> message ? message.payload() : "the end";
    }

    // ---- how it fails

    @ContractTest
    @DisplayName("its error fails it, once what came before is accepted; the sender stays open")
    void errorFails(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Exception cause = new Exception("broken");
        CompletableFuture<Long> sent = scene.sending();
        scene.publish("m1");
        scene.source.subscriber().onError(cause);

        assertSame(cause, failureOf(sent));
        assertFalse(scene.source.isCancelled());
        assertEquals("m1", payload(scene.r));
        scene.desk.send("m2");
        assertEquals("m2", payload(scene.r));
    }

    @ContractTest
    @DisplayName(
            "a sender that is closed fails it at once, says how many were sent, and cancels: idle, or waiting for room")
    void closingTheSenderFails(Setup setup) throws InterruptedException {
        for (boolean isFull : new boolean[] {false, true}) {
            Scene scene = new Scene(setup);
            CompletableFuture<Long> sent = scene.sending();
            int count = isFull ? setup.pathCapacity() : 0;
            if (isFull) {
                scene.publishUntilFull();
            }
            scene.desk.close();

            String told = failureOf(sent).getMessage();
            assertSame(ClosedException.class, sent.exceptionNow().getClass());
            assertEquals("sender \"desk\" is closed; sendAll had sent " + count, told);
            assertTrue(scene.source.isCancelled());
            assertEquals(count, setup.read(scene.r).all().size());
        }
    }

    @ContractTest
    @DisplayName("likewise a receiver that fails or is discarded, and a dispatcher that fails")
    void failingSendsFail(Setup setup) {
        Exception cause = new Exception("broken");
        for (boolean isFull : new boolean[] {false, true}) {
            Scene failed = new Scene(setup);
            CompletableFuture<Long> first = failed.sending();
            Scene discarded = new Scene(setup);
            CompletableFuture<Long> second = discarded.sending();
            Scene allFailed = new Scene(setup);
            CompletableFuture<Long> third = allFailed.sending();
            if (isFull) {
                failed.publishUntilFull();
                discarded.publishUntilFull();
                allFailed.publishUntilFull();
            }
            failed.r.fail(cause);
            discarded.r.discard();
            allFailed.dispatcher.fail(cause);

            assertSame(cause, failureOf(first).getCause());
            assertTrue(first.exceptionNow().getMessage().contains("; sendAll had sent "));
            assertSame(ClosedException.class, failureOf(second).getClass());
            assertSame(cause, failureOf(third).getCause());
            assertSame(FailedException.class, third.exceptionNow().getClass());
            assertTrue(failed.source.isCancelled() && discarded.source.isCancelled() && allFailed.source.isCancelled());
            assertThrows(FailedException.class, allFailed.dispatcher::close);
            if (isFull) {
                Setup.abandon(failed.dispatcher);
            }
        }
    }

    @ContractTest
    @DisplayName("closing the dispatcher ends one that never ends: ClosedException, cancelled, no thread left")
    void closingTheDispatcherEnds(Setup setup) {
        for (boolean isFull : new boolean[] {false, true}) {
            long mark = LiveThreads.mark();
            Scene scene = new Scene(setup);
            CompletableFuture<Long> sent = scene.sending();
            if (isFull) {
                scene.publishUntilFull();
                setup.read(scene.r);
            }
            scene.dispatcher.close();

            assertTrue(sent.isDone());
            assertSame(ClosedException.class, sent.exceptionNow().getClass());
            assertTrue(scene.source.isCancelled());
            assertEquals(List.of(), threadsSince(mark));
            scene.publish("late");
            scene.source.subscriber().onComplete();
        }
    }

    @ContractTest
    @DisplayName("a closed sender fails it at once, and nothing is subscribed to")
    void closedSender(Setup setup) {
        Scene scene = new Scene(setup);
        scene.desk.close();
        CompletableFuture<Long> sent = scene.desk.sendAll(scene.source);

        assertSame(ClosedException.class, sent.exceptionNow().getClass());
        assertFalse(scene.source.hasSubscriber());
    }

    // ---- how it is cancelled

    @ContractTest
    @DisplayName("cancelling it cancels the subscription, and nothing more is sent; the sender stays open")
    void cancelling(Setup setup) throws InterruptedException {
        for (boolean isFull : new boolean[] {false, true}) {
            long mark = LiveThreads.mark();
            Scene scene = new Scene(setup);
            CompletableFuture<Long> sent = scene.sending();
            int count = isFull ? setup.pathCapacity() : 0;
            if (isFull) {
                scene.publishUntilFull();
            }
            assertTrue(sent.cancel(false));
            assertTrue(scene.source.isCancelled());
            scene.publish("late");
            Await.eventually("its thread ends", () -> threadsSince(mark).isEmpty());
            assertThrows(CancellationException.class, sent::join);
            Reading<String> reading = setup.read(scene.r);
            scene.desk.send("more");
            scene.desk.close();

            assertEquals(count + 1, reading.all().size());
            assertEquals("more", Reading.payloads(reading.all()).getLast());
        }
    }

    @ContractTest
    @DisplayName("so does any other completion, such as a time-out")
    void otherCompletions(Setup setup) {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> late = scene.sending().orTimeout(1, TimeUnit.MILLISECONDS);
        assertSame(TimeoutException.class, failureOf(late).getClass());
        Await.eventually("it is cancelled", scene.source::isCancelled);

        Scene other = new Scene(setup);
        CompletableFuture<Long> completed = other.sending();
        assertTrue(completed.complete(7L));
        assertTrue(other.source.isCancelled());
        assertEquals(7, resultOf(completed));
    }

    @ContractTest
    @DisplayName("one that is cancelled before it has a subscription cancels that")
    void cancelledBeforeItsSubscription(Setup setup) {
        Scene scene = new Scene(setup);
        AtomicReference<Flow.Subscriber<? super String>> subscriber = new AtomicReference<>();
        CompletableFuture<Long> sent = scene.desk.sendAll(subscriber::set);
        sent.cancel(true);
        Source<String> late = new Source<>();
        late.subscribe(subscriber.get());

        assertTrue(late.isCancelled());
        assertEquals(0, late.demanded());
    }

    // ---- publishers that break rules

    @ContractTest
    @DisplayName("more than was demanded fails it, once what was demanded is accepted, and cancels")
    void moreThanDemanded(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> sent = scene.sending();
        int demanded = scene.publishUntilFull();
        scene.publish("too much");
        assertTrue(scene.source.isCancelled());
        assertFalse(sent.isDone());
        Reading<String> reading = setup.read(scene.r);

        assertTrue(failureOf(sent).getMessage().contains("more than was demanded"));
        assertSame(IllegalStateException.class, sent.exceptionNow().getClass());
        scene.desk.close();
        assertEquals(demanded, reading.all().size());
        assertFalse(Reading.payloads(reading.all()).contains("too much"));
    }

    @ContractTest
    @DisplayName("null is refused and fails it; so is an exception of the publisher's, and what comes after its end")
    void brokenRules(Setup setup) {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> withNull = scene.sending();
        assertThrows(NullPointerException.class, () -> scene.source.subscriber().onNext(null));
        assertSame(NullPointerException.class, failureOf(withNull).getClass());
        assertTrue(scene.source.isCancelled());

        IllegalStateException cause = new IllegalStateException("broken");
        assertSame(cause, failureOf(scene.desk.sendAll(subscriber -> {
            throw cause;
        })));
        assertSame(cause, failureOf(scene.desk.sendAll(subscriber -> subscriber.onSubscribe(failing(cause)))));

        Scene other = new Scene(setup);
        CompletableFuture<Long> sent = other.sending();
        other.publishUntilFull();
        other.source.subscriber().onComplete();
        other.publish("too late");
        setup.read(other.r);
        assertTrue(failureOf(sent).getMessage().contains("after it had completed"));
        other.desk.close();
    }

    private static Flow.Subscription failing(RuntimeException cause) {
        return new Flow.Subscription() {
            @Override
            public void request(long n) {
                throw cause;
            }

            @Override
            public void cancel() {}
        };
    }

    @ContractTest
    @DisplayName("a second subscription is cancelled, the first goes on")
    void secondSubscription(Setup setup) {
        Scene scene = new Scene(setup);
        setup.read(scene.r);
        CompletableFuture<Long> sent = scene.sending();
        Source<String> second = new Source<>();
        second.subscribe(scene.source.subscriber());
        assertTrue(second.isCancelled());
        scene.publish("x");
        scene.source.subscriber().onComplete();
        assertEquals(1, resultOf(sent));
        scene.desk.close();
    }

    // ---- threads

    @ContractTest
    @DisplayName("the future is completed on a thread of its own, under no lock")
    void completedOnItsOwnThread(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        AtomicReference<Thread> on = new AtomicReference<>();
        CompletableFuture<Void> dependent = scene.sending().thenRun(() -> {
            on.set(Thread.currentThread());
            Thread other = Thread.ofPlatform().start(scene.dispatcher::snapshot);
            try {
                assertTrue(other.join(Await.BOUND), "the lock is held");
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            scene.dispatcher.close();
        });
        scene.source.subscriber().onComplete();
        Await.eventually("it is completed", dependent::isDone);

        assertEquals(null, dependent.resultNow());
        assertNotSame(Thread.currentThread(), on.get());
        assertTrue(on.get().isVirtual());
    }

    // ---- pipes

    @ContractTest
    @DisplayName("a receiver of one dispatcher flows into a sender of another, to the end")
    void pipe(Setup setup) throws InterruptedException {
        Scene upper = new Scene(setup);
        Scene lower = new Scene(setup);
        Reading<String> reading = setup.read(lower.r);
        CompletableFuture<Long> sent = lower.desk.sendAll(new Payloads<>(upper.r.publisher()));
        for (int i = 0; i < 2_000; i++) {
            upper.desk.send("m" + i);
        }
        upper.desk.close();
        assertEquals(2_000, resultOf(sent));
        lower.desk.close();

        assertEquals(IntStream.range(0, 2_000).mapToObj(i -> "m" + i).toList(), Reading.payloads(reading.all()));
        assertEquals(2_000, upper.r.clock().time());
    }

    @ContractTest
    @DisplayName("cancelling a pipe leaves the receiver above readable; closing above or below ends it")
    void pipeEnds(Setup setup) throws InterruptedException {
        Scene upper = new Scene(setup);
        Scene lower = new Scene(setup);
        setup.read(lower.r);
        CompletableFuture<Long> sent = lower.desk.sendAll(new Payloads<>(upper.r.publisher()));
        upper.desk.dispatch("x");
        upper.r.clock().waitUntil(1, Await.BOUND);
        sent.cancel(true);
        Await.eventually("it is cancelled, also beside a request", () -> isReadable(upper.r));
        upper.desk.dispatch("y");
        assertEquals("y", payload(upper.r));

        CompletableFuture<Long> again = lower.desk.sendAll(new Payloads<>(upper.r.publisher()));
        lower.dispatcher.close();
        assertSame(ClosedException.class, failureOf(again).getClass());
        upper.desk.dispatch("z");
        assertEquals("z", payload(upper.r));

        Scene next = new Scene(setup);
        setup.read(next.r);
        CompletableFuture<Long> last = next.desk.sendAll(new Payloads<>(upper.r.publisher()));
        next.desk.send("before");
        Await.eventually("it demands something, else it is told of the close", () -> isDemanded(upper));
        upper.dispatcher.close();
        assertEquals(0, resultOf(last));
        next.desk.close();
    }

    private static boolean isDemanded(Scene scene) {
        return scene.dispatcher.snapshot().receivers().getFirst().activity() == Snapshot.ReceiverState.Activity.IDLE;
    }

    private static boolean isReadable(Receiver<?> receiver) {
        try {
            receiver.acknowledge();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @ContractTest
    @DisplayName("a receiver can flow into its own dispatcher")
    void pipeIntoItself(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        CompletableFuture<Long> round = scene.desk.sendAll(new Payloads<>(scene.r.publisher()));
        scene.desk.send("x");
        scene.r.clock().waitUntil(100, Await.BOUND);
        assertTrue(round.cancel(true)); // which gives it up where it is in the buffer
        Await.eventually("it is cancelled, also beside a request", () -> isReadable(scene.r));
        scene.desk.send("y");
        String next = payload(scene.r);
        assertEquals("y", next.equals("x") ? payload(scene.r) : next);
        scene.desk.close();
    }

    /** What a receiver publishes, without numbers. */
    private record Payloads<T>(Flow.Publisher<Delivery.Message<T>> messages) implements Flow.Publisher<T> {
        @Override
        public void subscribe(Flow.Subscriber<? super T> subscriber) {
            messages.subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscriber.onSubscribe(subscription);
                }

                @Override
                public void onNext(Delivery.Message<T> message) {
                    subscriber.onNext(message.payload());
                }

                @Override
                public void onError(Throwable throwable) {
                    subscriber.onError(throwable);
                }

                @Override
                public void onComplete() {
                    subscriber.onComplete();
                }
            });
        }
    }
}
