package io.github.clockeddispatch.faults;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes each call in a thread that has next to no stack left, with some bytes more each time, then looks from other threads
 * whether everything goes on. A program of its own, as a class of the JDK whose initialiser overflows is lost to its JVM.
 */
final class StackOverflows {
    private static final Duration MOMENT = Duration.ofNanos(1000);
    private static final int CALLS = 500;

    private static long sink;

    private StackOverflows() {}

    /** What is called where the stack ends. Whether it says so or throws: an error means that nothing was done. */
    private enum Call {
        TRY_SEND(scene -> scene.sender.trySend("m")),
        SEND(scene -> {
            scene.sender.send("m");
            return true;
        }),
        TIMED_SEND(scene -> scene.sender.send("m", MOMENT)),
        DISPATCH(scene -> scene.sender.dispatch("m") > 0),
        TIMED_DISPATCH(scene -> scene.sender.dispatch("m", MOMENT) > 0),
        DISPATCH_ASYNC(scene -> scene.sender.dispatchAsync("m") != null),
        FULL_TRY_SEND(scene -> scene.toFull.trySend("m") && false),
        FULL_DISPATCH(scene -> scene.toFull.dispatch("m", MOMENT) < 0),
        RECEIVE(scene -> scene.empty.receive(MOMENT).isEmpty() && false),
        TRY_RECEIVE(scene -> scene.receiver.tryReceive().isEmpty() && false),
        DRAIN(scene -> scene.receiver.drain((number, message) -> {}, 1) < -1),
        ACKNOWLEDGE(scene -> {
            scene.receiver.acknowledge();
            return false;
        }),
        TIME(scene -> scene.receiver.clock().time() < 0),
        HAS_REACHED(scene -> scene.receiver.clock().hasReached(5) && false),
        WAIT_UNTIL(scene -> scene.receiver.clock().waitUntil(1_000_000, MOMENT)),
        WHEN_REACHED(scene -> scene.receiver.clock().whenReached(1_000_000).cancel(true) && false),
        PENDING(scene -> scene.receiver.pending() < 0),
        SNAPSHOT(scene -> scene.dispatcher.snapshot() == null),
        AWAIT_FINISHED(scene -> scene.dispatcher.awaitFinished(MOMENT) && false),
        RECEIVER(scene -> scene.dispatcher.receiver("r" + scene.numbers.incrementAndGet()) == null),
        SENDER(scene -> scene.dispatcher.sender("s" + scene.numbers.incrementAndGet(), scene.receiver) == null),
        CLOSE_SENDER(scene -> {
            scene.spare.close();
            return false;
        }),
        FAIL(scene -> {
            scene.receiver.fail(new Exception("a test's"));
            return false;
        }),
        DISCARD(scene -> {
            scene.receiver.discard();
            return false;
        }),
        FORWARD(scene -> {
            scene.forwarder.forward(scene.numbers.incrementAndGet(), "m");
            return false;
        }),
        TRY_FORWARD(scene -> scene.forwarder.tryForward(scene.numbers.incrementAndGet(), "m") && false),
        ADVANCE(scene -> {
            scene.forwarder.advance(scene.numbers.incrementAndGet());
            return false;
        }),
        TIME_OF_A_MERGE(scene -> scene.below.clock().time() < 0),
        PENDING_OF_A_MERGE(scene -> scene.below.pending() < 0),
        DRAIN_OF_A_MERGE(scene -> scene.below.drain((number, message) -> {}, 1) < -1),
        RECEIVE_OF_A_MERGE(scene -> scene.below.receive(MOMENT).isEmpty() && false);

        private interface Body {
            /** Returns whether a message was accepted for the receiver. */
            boolean run(Scene scene) throws Exception;
        }

        private final Body body;

        Call(Body body) {
            this.body = body;
        }
    }

    private static final class Scene {
        final Dispatcher<String> dispatcher = Dispatcher.<String>builder()
                .channelCapacity(4096)
                .inboxCapacity(4096)
                .drainTimeout(Duration.ofMillis(200))
                .open();
        final Receiver<String> receiver = dispatcher.receiver("receiver");
        final Receiver<String> empty = dispatcher.receiver("empty");
        final Receiver<String> full = dispatcher.receiver("full", 1);
        final Sender<String> sender = dispatcher.sender("sender", receiver);
        final Sender<String> spare = dispatcher.sender("spare", empty);
        final Sender<String> toEmpty = dispatcher.sender("to empty", empty);
        final Sender<String> toFull = dispatcher.sender("to full", full);
        final ForwardingDispatcher<String> merge = ForwardingDispatcher.<String>builder()
                .channelCapacity(4096)
                .drainTimeout(Duration.ofMillis(200))
                .open();
        final Receiver<String> below = merge.receiver("below");
        final Forwarder<String> forwarder = merge.forwarder("forwarder", below);
        final Forwarder<String> other = merge.forwarder("other", below);
        final AtomicLong numbers = new AtomicLong();

        Scene() throws Exception {
            for (int i = 0; i < 20; i++) {
                sender.dispatch("m");
                forwarder.forward(numbers.incrementAndGet(), "m");
            }
            other.advance(1_000_000);
            while (toFull.trySend("m")) {}
        }

        void close() {
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                // it says what has failed, or was not delivered
            }
            try {
                merge.close();
            } catch (DispatchException e) {
                // likewise
            }
        }
    }

    /** Goes to the end of the stack, and makes the call on the way back, a frame of one size or another higher each time. */
    private static final class Deep {
        private final Call call;
        private final Scene scene;
        private int calls;
        int accepted;

        Deep(Call call, Scene scene) {
            this.call = call;
            this.scene = scene;
        }

        void down(int depth) {
            try {
                if (depth % 2 == 0) {
                    down(depth + 1);
                } else {
                    downFurther(depth + 1, 1, 2, 3, 4, 5);
                }
            } catch (StackOverflowError e) {
                // this is where it ends
            }
            make();
        }

        private void downFurther(int depth, long a, long b, long c, long d, long e) {
            try {
                down(depth);
            } catch (StackOverflowError overflow) {
                // likewise
            }
            sink += a + b + c + d + e;
            make();
        }

        private void make() {
            if (calls < CALLS) {
                calls++;
                try {
                    accepted += call.body.run(scene) ? 1 : 0;
                } catch (Throwable e) {
                    // has done nothing
                }
            }
        }
    }

    /**
     * Runs.
     *
     * @param args how many rounds; whether on virtual threads
     */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        boolean virtual = Boolean.parseBoolean(args[1]);
        for (long number = -200; number < 2000; number++) {
            sink += Long.valueOf(number); // what is initialised now cannot overflow later
        }
        for (Call call : Call.values()) {
            Scene scene = new Scene();
            try {
                call.body.run(scene);
            } catch (TimeoutException e) {
                // as it may
            }
            scene.close();
        }
        int failed = 0;
        for (Call call : Call.values()) {
            for (int round = 0; round < rounds; round++) {
                String problem = within(20, () -> run(call, virtual));
                if (!problem.isEmpty()) {
                    System.out.println(call + " in round " + round + ": " + problem);
                    failed++;
                    break;
                }
            }
        }
        System.out.println(failed + " calls leave something behind");
        System.exit(failed == 0 ? 0 : 1);
    }

    private static String run(Call call, boolean virtual) throws Exception {
        Scene scene = new Scene();
        Deep deep = new Deep(call, scene);
        Runnable body = () -> deep.down(0);
        Thread thread = virtual
                ? Thread.ofVirtual().unstarted(body)
                : new Thread(null, body, "deep", 200_000 + Math.floorMod(System.nanoTime(), 50) * 1024);
        thread.start();
        thread.join();
        String problem = goesOn(scene, deep.accepted);
        scene.close();
        return problem;
    }

    /** Each is to return, or to say that it has failed. */
    private static String goesOn(Scene scene, int accepted) throws Exception {
        boolean whole = true;
        for (Callable<?> step : Arrays.<Callable<?>>asList(
                () -> scene.sender.trySend("last"),
                () -> scene.toEmpty.dispatch("m", Duration.ofSeconds(5)),
                () -> scene.toFull.trySend("m"),
                () -> scene.full.tryReceive(),
                () -> scene.empty.tryReceive(),
                () -> scene.below.tryReceive(),
                () -> scene.other.tryForward(2_000_000, "m"),
                () -> scene.forwarder.tryForward(1_000_000, "m"),
                () -> scene.below.receive(MOMENT),
                () -> scene.dispatcher.snapshot(),
                () -> scene.merge.snapshot(),
                () -> scene.dispatcher.receiver("late"),
                () -> scene.merge.receiver("late"))) {
            try {
                step.call();
            } catch (DispatchException e) {
                whole = false;
            }
        }
        if (!whole || accepted == 0) {
            return "";
        }
        int read = 0;
        while (!scene.receiver
                .receiveMessage(Duration.ofSeconds(5))
                .filter(delivery -> delivery.toString().contains("last"))
                .isPresent()) {
            read++;
        }
        return read == 20 + accepted || fails(scene)
                ? ""
                : read + " messages are given, where " + (20 + accepted) + " were accepted";
    }

    /** Whether it does so in a moment, by a thread of its own. */
    private static boolean fails(Scene scene) throws InterruptedException {
        try {
            scene.empty.clock().waitUntil(1_000_000, Duration.ofSeconds(5));
            return false;
        } catch (FailedException e) {
            return true;
        }
    }

    private static String within(int seconds, Callable<String> body) throws Exception {
        var task = new FutureTask<>(body);
        Thread thread = Thread.ofPlatform().daemon().start(task);
        try {
            return task.get(seconds, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "hangs, " + Arrays.toString(thread.getStackTrace());
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        }
    }
}
