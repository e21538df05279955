package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Subscribers of receivers, and publishers of what is sent. */
public final class Flows {
    private Flows() {}

    /** A dispatcher of either kind with one path. */
    private interface Path {
        Receiver<String> receiver();

        /** Sends number n. */
        void send(long n) throws Exception;

        /** The last sender leaves. */
        void leave();

        AutoCloseable dispatcher();

        Thread read(MessageHandler<String> handler);

        void fail(Throwable cause);
    }

    private static Path path(Life life) {
        return life.chance(2) ? new OfDispatcher(Kit.small(life)) : new OfMerge(Merges.small(life));
    }

    private static final class OfDispatcher implements Path {
        private final Dispatcher<String> dispatcher;
        private final Receiver<String> receiver;
        private final Sender<String> sender;

        OfDispatcher(Dispatcher<String> dispatcher) {
            this.dispatcher = dispatcher;
            this.receiver = dispatcher.receiver("r");
            this.sender = dispatcher.sender("s", receiver);
        }

        @Override
        public Receiver<String> receiver() {
            return receiver;
        }

        @Override
        public void send(long n) throws Exception {
            sender.send("m" + n);
        }

        @Override
        public void leave() {
            sender.close();
        }

        @Override
        public AutoCloseable dispatcher() {
            return dispatcher;
        }

        @Override
        public Thread read(MessageHandler<String> handler) {
            return dispatcher.read(receiver, handler);
        }

        @Override
        public void fail(Throwable cause) {
            dispatcher.fail(cause);
        }
    }

    /** Two forwarders, by turns. */
    private static final class OfMerge implements Path {
        private final ForwardingDispatcher<String> merge;
        private final Receiver<String> receiver;
        private final List<Forwarder<String>> sources;

        OfMerge(ForwardingDispatcher<String> merge) {
            this.merge = merge;
            this.receiver = merge.receiver("r");
            this.sources = List.of(merge.forwarder("a", receiver), merge.forwarder("b", receiver));
        }

        @Override
        public Receiver<String> receiver() {
            return receiver;
        }

        @Override
        public void send(long n) throws Exception {
            sources.get((int) ((n + 1) % 2)).advance(n);
            sources.get((int) (n % 2)).forward(n, "m" + n);
        }

        @Override
        public void leave() {
            sources.forEach(Forwarder::close);
        }

        @Override
        public AutoCloseable dispatcher() {
            return merge;
        }

        @Override
        public Thread read(MessageHandler<String> handler) {
            return merge.read(receiver, handler);
        }

        @Override
        public void fail(Throwable cause) {
            merge.fail(cause);
        }
    }

    /** What is done by a subscriber with each message. */
    @FunctionalInterface
    private interface Step {
        void with(Watched self, long number) throws Exception;
    }

    /** A subscriber that sees to the rules of signals. */
    private static final class Watched implements Flow.Subscriber<Delivery.Message<String>> {
        private final Receiver<String> receiver;
        private final long first;
        private final Step step;
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
        final List<Long> numbers = Collections.synchronizedList(new ArrayList<>());

        /** COMPLETE, or an exception. */
        final AtomicReference<Object> end = new AtomicReference<>();

        Watched(Receiver<String> receiver, long first, Step step) {
            this.receiver = receiver;
            this.first = first;
            this.step = step;
        }

        Watched subscribe() {
            receiver.publisher().subscribe(this);
            return this;
        }

        Flow.Subscription subscription() {
            return subscription.get();
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            enter();
            check(subscription.getAndSet(given) == null, "subscribed twice");
            if (first > 0) {
                given.request(first);
            }
            inside.decrementAndGet();
        }

        @Override
        public void onNext(Delivery.Message<String> message) {
            enter();
            long number = message.sequence();
            check(receiver.clock().time() < number, "finished before it was handled");
            check(numbers.isEmpty() || numbers.get(numbers.size() - 1) < number, "not in order");
            numbers.add(number);
            try {
                step.with(this, number);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void onError(Throwable problem) {
            end(problem);
        }

        @Override
        public void onComplete() {
            end("complete");
        }

        private void end(Object how) {
            enter();
            check(subscription.get() != null, "ended before it was subscribed");
            end.set(how);
            inside.decrementAndGet();
        }

        private void enter() {
            check(inside.getAndIncrement() == 0, "two signals at once");
            check(end.get() == null, "a signal after the last");
        }

        void awaitEnd(Life life) {
            while (end.get() == null) {
                life.untilAllWait();
                check(end.get() != null, "never told of an end");
            }
        }

        boolean isComplete() {
            return "complete".equals(end.get());
        }
    }

    private static List<Long> upTo(long last) {
        List<Long> all = new ArrayList<>();
        for (long n = 1; n <= last; n++) {
            all.add(n);
        }
        return all;
    }

    private static Thread sends(Life life, Path path, int count, boolean leaves) {
        return life.go("sends", () -> {
            for (int n = 1; n <= count; n++) {
                path.send(n);
            }
            if (leaves) {
                path.leave();
            }
        });
    }

    /** Demand raised by several threads, and by itself, is met in full, and no more is given. */
    public static void demand(Life life) throws Exception {
        Path path = path(life);
        int before = life.upTo(2);
        int more = life.upTo(3);
        int times = life.upTo(3);
        Watched subscriber = new Watched(path.receiver(), before, (self, number) -> {
                    if (number == 1 && more > 0) {
                        self.subscription().request(more);
                    }
                })
                .subscribe();
        Life.Body requests = () -> {
            for (int i = 0; i < times; i++) {
                subscriber.subscription().request(1);
            }
        };
        int all = before + 2 * times;
        all += all > 0 ? more : 0;
        Thread sends = sends(life, path, all + 1, false);
        life.together(requests, requests);
        life.untilAllWait();
        checkEquals(upTo(all), subscriber.numbers, "given");
        subscriber.subscription().request(1);
        sends.join();
        life.untilAllWait();
        checkEquals(upTo(all + 1), subscriber.numbers, "given");
        checkEquals(all + 1L, path.receiver().clock().time(), "the clock");
        subscriber.subscription().cancel();
        path.dispatcher().close();
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
    }

    /** Tiny: all was given, and the last sender leaves; it is completed, whatever it demands. */
    public static void completes(Life life) throws Exception {
        Path path = path(life);
        int count = life.upTo(3);
        Watched subscriber = new Watched(path.receiver(), count + life.upTo(2), (self, number) -> {}).subscribe();
        Thread sends = sends(life, path, count, true);
        sends.join();
        subscriber.awaitEnd(life);
        check(subscriber.isComplete(), "not complete: " + subscriber.end);
        checkEquals(upTo(count), subscriber.numbers, "given");
    }

    /** One subscriber after the other, each cancelled by itself or by another thread; then a reader: each message once, in order. */
    public static void inTurn(Life life) throws Exception {
        Path path = path(life);
        Receiver<String> receiver = path.receiver();
        int count = 4 + life.upTo(4);
        Thread sends = sends(life, path, count, true);
        List<Watched> subscribers = Collections.synchronizedList(new ArrayList<>());
        int byItself = life.upTo(3);
        Step step = (self, number) -> {
            if (byItself == 0 || (byItself == 1 && number % 2 == 0)) {
                self.subscription().cancel();
                Watched next = new Watched(receiver, 9, (other, n) -> {});
                subscribers.add(next);
                next.subscribe();
            }
        };
        Watched first = new Watched(receiver, 1 + life.upTo(9), step);
        subscribers.add(first);
        first.subscribe();
        for (int i = life.upTo(3); i > 0; i--) {
            life.pause();
            Watched last = subscribers.get(subscribers.size() - 1);
            if (last.subscription() != null) {
                last.subscription().cancel();
            }
            Watched next = new Watched(receiver, life.upTo(3), step);
            subscribers.add(next);
            next.subscribe();
        }
        life.pause();
        Kit.Log log = new Kit.Log(receiver);
        boolean reads = false;
        while (!reads) { // one that has just subscribed in onNext must be cancelled too
            List<Watched> all = new ArrayList<>(subscribers);
            all.forEach(one -> {
                if (one.subscription() != null) {
                    one.subscription().cancel();
                }
            });
            try {
                log.readAll(life);
                reads = true;
            } catch (IllegalStateException e) {
                life.pause();
            }
        }
        sends.join();
        List<Long> given = new ArrayList<>();
        List.copyOf(subscribers).forEach(one -> given.addAll(one.numbers));
        Collections.sort(given);
        given.addAll(log.numbers);
        checkEquals(upTo(count), given, "given");
    }

    /** Cancelled by another thread at any moment: a reader waits for its turn, and is given all the rest. */
    public static void cancelled(Life life) throws Exception {
        Path path = path(life);
        int count = 3 + life.upTo(3);
        Watched subscriber = new Watched(path.receiver(), life.upTo(count + 1), (self, number) -> {}).subscribe();
        Thread sends = sends(life, path, count, true);
        life.pause();
        subscriber.subscription().cancel();
        Kit.Log log = new Kit.Log(path.receiver());
        switch (life.upTo(3)) {
            case 0 -> log.readAll(life);
            case 1 -> path.receiver().forEachMessage(log);
            default -> path.read(log).join();
        }
        sends.join();
        List<Long> given = new ArrayList<>(subscriber.numbers);
        given.addAll(log.numbers);
        checkEquals(upTo(count), given, "given");
        check(subscriber.end.get() == null || subscriber.isComplete(), "told of " + subscriber.end);
        path.dispatcher().close();
    }

    /** Closed at any moment, while others demand: told once; what was not given stays, or is told as lost. */
    public static void closed(Life life) throws Exception {
        Path path = path(life);
        AtomicInteger accepted = new AtomicInteger();
        Watched subscriber = new Watched(path.receiver(), life.upTo(3), (self, number) -> {
                    if (life.chance(2)) {
                        self.subscription().request(1);
                    }
                })
                .subscribe();
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessStopped(() -> {
                    for (int n = 1; n <= 4; n++) {
                        path.send(n);
                        accepted.incrementAndGet();
                    }
                }));
        Thread demands = life.go("demands", () -> {
            for (int i = life.upTo(4); i > 0; i--) {
                subscriber.subscription().request(1 + life.upTo(2));
            }
        });
        life.longWaitsAreRight(); // nobody may read
        life.pause();
        AtomicInteger lost = new AtomicInteger();
        try {
            path.dispatcher().close();
        } catch (DispatchException e) {
            check(!(e instanceof FailedException), "failed: " + e);
            lost.set(Kit.lost(e.getMessage()));
        }
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
        check(subscriber.end.get() != null, "not told by the time close has returned");
        sends.join();
        demands.join();
        Kit.Log log = new Kit.Log(path.receiver());
        if (!Kit.unlessClosed(log::readOn)) {
            throw Life.finding("cut off, told " + subscriber.end + " given " + subscriber.numbers);
        }
        check(
                subscriber.isComplete() ? log.size() == 0 : subscriber.end.get() instanceof ClosedException,
                subscriber.end + " with " + log.size() + " left");
        List<Long> given = new ArrayList<>(subscriber.numbers);
        given.addAll(log.numbers);
        checkEquals(upTo(given.size()), given, "given");
        checkEquals(accepted.get(), given.size() + lost.get(), "given or told");
    }

    /** Subscribers come, go and come back while it is being closed, and publishers: all are told, no thread is left. */
    public static void openedAsItCloses(Life life) throws Exception {
        Path path = path(life);
        List<Watched> subscribers = Collections.synchronizedList(new ArrayList<>());
        List<CompletableFuture<Long>> futures = Collections.synchronizedList(new ArrayList<>());
        Thread sends = life.go("sends", () -> Kit.unlessStopped(() -> path.send(1)));
        Thread subscribes = life.go("subscribes", () -> {
            for (int i = 0; i < 3; i++) {
                Watched one = new Watched(path.receiver(), life.upTo(2), (self, number) -> {}).subscribe();
                if (i < 2 && life.chance(2)) {
                    one.subscription().cancel();
                } else {
                    subscribers.add(one);
                }
            }
        });
        Thread publishes = life.go("publishes", () -> {
            if (path instanceof OfDispatcher own) {
                for (int i = 0; i < 2; i++) {
                    futures.add(own.sender.sendAll(new Source()));
                }
            }
        });
        life.longWaitsAreRight();
        life.pause();
        Kit.closeAnyhow(path.dispatcher());
        subscribes.join();
        publishes.join();
        sends.join();
        life.untilAllWait();
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
        for (Watched one : subscribers) {
            check(one.end.get() != null, "not told");
        }
        for (CompletableFuture<Long> future : futures) {
            check(future.isCompletedExceptionally(), "not failed: " + future);
        }
    }

    /** It, its dispatcher or nothing fails, or it is discarded, at any moment: told once, in time. */
    public static void stopped(Life life) throws Exception {
        Path path = path(life);
        Receiver<String> receiver = path.receiver();
        Exception cause = new Exception("broken");
        boolean throwsItself = life.chance(4);
        Watched subscriber = new Watched(receiver, life.upTo(3), (self, number) -> {
                    if (throwsItself && number == 2) {
                        throw cause;
                    }
                })
                .subscribe();
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessStopped(() -> {
                    for (int n = 1; n <= 3; n++) {
                        path.send(n);
                    }
                }));
        Thread demands = life.go("demands", () -> subscriber.subscription().request(1));
        life.pause();
        int how = life.upTo(3);
        switch (how) {
            case 0 -> receiver.fail(cause);
            case 1 -> receiver.discard();
            default -> path.fail(cause);
        }
        demands.join();
        subscriber.awaitEnd(life);
        Object end = subscriber.end.get();
        check(
                how == 1 && !throwsItself ? end instanceof ClosedException : end instanceof DispatchException,
                "told " + end);
        sends.join();
        Kit.closeAnyhow(path.dispatcher());
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
    }

    /** A publisher whose rules are seen to, and that publishes in threads of its own. */
    private static final class Source implements Flow.Publisher<String>, Flow.Subscription {
        private final AtomicLong demanded = new AtomicLong();
        private final AtomicInteger inside = new AtomicInteger();
        private final AtomicReference<Flow.Subscriber<? super String>> subscriber = new AtomicReference<>();
        volatile boolean cancelled;
        private volatile Thread publishing;

        @Override
        public void subscribe(Flow.Subscriber<? super String> given) {
            subscriber.set(given);
            given.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            check(inside.getAndIncrement() == 0, "two calls at once");
            check(n > 0, "requests " + n);
            demanded.addAndGet(n);
            LockSupport.unpark(publishing);
            inside.decrementAndGet();
        }

        @Override
        public void cancel() {
            check(inside.getAndIncrement() == 0, "two calls at once");
            cancelled = true;
            LockSupport.unpark(publishing);
            inside.decrementAndGet();
        }

        /** Publishes so many, as they are demanded, and ends, unless it is cancelled. Returns how many. */
        int publish(int count, Throwable problem) {
            publishing = Thread.currentThread();
            for (int i = 1; i <= count; i++) {
                while (demanded.get() == 0 && !cancelled) {
                    LockSupport.park(this);
                }
                if (cancelled) {
                    return i - 1;
                }
                demanded.decrementAndGet();
                subscriber.get().onNext("m" + i);
            }
            if (problem == null) {
                subscriber.get().onComplete();
            } else {
                subscriber.get().onError(problem);
            }
            return count;
        }
    }

    /** All is sent, in order, and the future tells how many; the publisher's error comes after what was before it. */
    public static void sendAll(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Source source = new Source();
        int count = life.upTo(6);
        Exception problem = life.chance(3) ? new Exception("broken") : null;
        CompletableFuture<Long> sent = sender.sendAll(source);
        Thread publishes = life.go("publishes", () -> source.publish(count, problem));
        Thread reads = life.go("reads", () -> {
            Kit.Log log = new Kit.Log(receiver);
            log.readAll(life);
            checkEquals(upTo(count), log.numbers, "given");
            for (int i = 1; i <= count; i++) {
                checkEquals("m" + i, log.messages.get(i - 1), "in order");
            }
        });
        publishes.join();
        if (problem == null) {
            checkEquals((long) count, sent.get(), "sent");
        } else {
            Throwable told = Kit.expect(java.util.concurrent.ExecutionException.class, sent::get)
                    .getCause();
            check(told == problem, "told " + told);
        }
        check(!source.cancelled, "cancelled though it has ended");
        sender.close();
        reads.join();
        dispatcher.close();
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
    }

    /** Stopped at any moment: the future ends, the publisher is cancelled or had ended, no thread is left. */
    public static void sendAllStopped(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Source source = new Source();
        int count = 1 + life.upTo(6);
        CompletableFuture<Long> sent = sender.sendAll(source);
        boolean isSilent = life.chance(3);
        AtomicInteger published = new AtomicInteger();
        Thread publishes = life.go("publishes", () -> {
            if (!isSilent) {
                published.set(source.publish(count, null));
            }
        });
        Kit.Log log = new Kit.Log(receiver);
        int readable = life.upTo(count + 1);
        Thread reads = life.go(
                "reads",
                () -> Kit.unlessStopped(() -> {
                    for (int i = 0; i < readable && !log.ended; i++) {
                        log.given(receiver.receiveMessage());
                    }
                }));
        life.longWaitsAreRight();
        life.pause();
        AtomicInteger lost = new AtomicInteger();
        int how = life.upTo(5);
        switch (how) {
            case 0 -> sent.cancel(true);
            case 1 -> sender.close();
            case 2 -> receiver.discard();
            case 3 -> dispatcher.fail(new Exception("broken"));
            default -> lost.addAndGet(lostWith(dispatcher));
        }
        long result = -1;
        try {
            result = sent.get();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.CancellationException e) {
            // as it may be
        }
        if (isSilent) {
            checkEquals(-1L, result, "sent of what was silent");
        }
        publishes.join();
        life.untilAllWait();
        check(result == -1 ? source.cancelled || published.get() == count : result == count, "not cancelled");
        lost.addAndGet(lostWith(dispatcher));
        reads.join();
        if (how == 0 || how == 1 || how == 4) {
            log.readOn();
            checkEquals(upTo(log.size()), log.numbers, "in order");
            int known = log.size() + lost.get();
            check(result == -1 || known == result, result + " sent, " + known + " given or told");
        }
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
    }

    /** Closes it. Returns how many messages it has lost, as it says. */
    private static int lostWith(Dispatcher<String> dispatcher) {
        try {
            dispatcher.close();
            return 0;
        } catch (DispatchException e) {
            return Kit.lost(e.getMessage());
        }
    }

    /** From one dispatcher into another, closed from above: nothing is lost. */
    public static void pipe(Life life) throws Exception {
        Path above = path(life);
        Dispatcher<String> below = Kit.small(life);
        Receiver<String> receiver = below.receiver("r");
        Sender<String> sender = below.sender("s", receiver);
        int count = life.upTo(6);
        CompletableFuture<Long> sent =
                sender.sendAll(subscriber -> above.receiver().publisher().subscribe(new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscriber.onSubscribe(subscription);
                    }

                    @Override
                    public void onNext(Delivery.Message<String> message) {
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
                }));
        Kit.Log log = new Kit.Log(receiver);
        Thread reads = life.go("reads", () -> log.readAll(life));
        sends(life, above, count, true).join();
        checkEquals((long) count, sent.get(), "sent");
        sender.close();
        reads.join();
        for (int i = 1; i <= count; i++) {
            checkEquals("m" + i, log.messages.get(i - 1), "in order");
        }
        above.dispatcher().close();
        below.close();
        checkEquals(List.of(), life.threadsOfOthers(), "threads after the close");
    }
}
