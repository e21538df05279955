package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Every call that can wait, {@code close} apart, in a scene where it does. */
enum BlockingCall {
    SEND(On.PATH, scene -> scene.sender.send("late")),
    TIMED_SEND(On.PATH, scene -> scene.sender.send("late", Scene.LONG)),
    DISPATCH_FOR_CHANNEL(On.PATH, scene -> scene.sender.dispatch("late")),
    DISPATCH_ASYNC(On.PATH, scene -> scene.sender.dispatchAsync("late")),
    DISPATCH_FOR_INBOX(On.PATH, scene -> scene.waiting.dispatch("late")),
    TIMED_DISPATCH(On.PATH, scene -> scene.waiting.dispatch("late", Scene.LONG)),
    GROUP_DISPATCH(On.PATH, scene -> scene.group.dispatch("late")),
    RECEIVE(On.EMPTY, scene -> scene.empty.receive()),
    TIMED_RECEIVE(On.EMPTY, scene -> scene.empty.receive(Scene.LONG)),
    RECEIVE_MESSAGE(On.EMPTY, scene -> scene.empty.receiveMessage()),
    TIMED_RECEIVE_MESSAGE(On.EMPTY, scene -> scene.empty.receiveMessage(Scene.LONG)),
    ENDLESS_RECEIVE_MESSAGE(On.EMPTY, scene -> scene.empty.receiveMessage(Scene.FOR_EVER)),
    FOR_EACH_MESSAGE(On.EMPTY, scene -> scene.empty.forEachMessage((number, message) -> {})),
    FOR_EACH_BATCH(On.EMPTY, scene -> scene.empty.forEachBatch(5, messages -> {})),
    WAIT_UNTIL_GIVEN(On.FULL_CLOCK, scene -> scene.full.clock().waitUntil(1)),
    TIMED_WAIT_UNTIL_GIVEN(On.FULL_CLOCK, scene -> scene.full.clock().waitUntil(1, Scene.LONG)),
    WAIT_UNTIL_FUTURE(On.EMPTY_CLOCK, scene -> scene.empty.clock().waitUntil(1_000_000)),
    TIMED_WAIT_UNTIL_FUTURE(On.EMPTY_CLOCK, scene -> scene.empty.clock().waitUntil(1_000_000, Scene.LONG)),
    ENDLESS_WAIT_UNTIL_FUTURE(On.EMPTY_CLOCK, scene -> scene.empty.clock().waitUntil(1_000_000, Scene.FOR_EVER)),
    WAIT_UNTIL_BOTH(On.FULL_CLOCK, scene -> scene.both.waitUntil(1)),
    TIMED_WAIT_UNTIL_BOTH(On.FULL_CLOCK, scene -> scene.both.waitUntil(1, Scene.LONG)),
    AWAIT_FINISHED(On.ALL, scene -> scene.dispatcher.awaitFinished(Scene.LONG));

    /** What a call waits for. */
    enum On {
        /** Room on the way to the receiver {@code full}. */
        PATH,
        /** Something for {@code empty}. */
        EMPTY,
        /** The clock of {@code full}, for a number that was given. */
        FULL_CLOCK,
        /** The clock of {@code empty}, for a number that was not given. */
        EMPTY_CLOCK,
        /** All that was sent. */
        ALL
    }

    private interface Call {
        void run(Scene scene) throws Exception;
    }

    final On on;
    private final Call call;

    BlockingCall(On on, Call call) {
        this.on = on;
        this.call = call;
    }

    /** Makes the call in a thread, and waits until it waits. */
    Running<Void> blockedIn(Scene scene) {
        return startedIn(scene).awaitBlocked();
    }

    /** Makes the call in a thread. */
    Running<Void> startedIn(Scene scene) {
        return scene.setup.run(name(), () -> callIn(scene));
    }

    /** Makes the call in this thread. */
    void callIn(Scene scene) throws Exception {
        call.run(scene);
    }

    /** Those that can be made at the same time: in a merge, a sender is used by one thread at a time. */
    static Set<BlockingCall> atOnce(Setup setup) {
        return setup.over() == DISPATCHER
                ? EnumSet.allOf(BlockingCall.class)
                : EnumSet.complementOf(
                        EnumSet.of(TIMED_SEND, DISPATCH_FOR_CHANNEL, DISPATCH_ASYNC, DISPATCH_FOR_INBOX));
    }

    /**
     * One receiver that nobody reads, with its inbox and the channel of its sender full, in a merge the buffers of all its
     * senders; and one that got nothing, and has been told of that.
     */
    static final class Scene {
        static final Duration LONG = Duration.ofHours(1);
        static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

        final Setup setup;
        final AnyDispatcher<String> dispatcher;
        final Receiver<String> full;
        final Receiver<String> empty;

        /** The clock of both. */
        final LogicalClock both;

        /** To the full one, with a full channel. */
        final AnySender<String> sender;

        /** To the full one, with an empty channel. In a merge, its buffer is full too. */
        final AnySender<String> waiting;

        /** To the full one in a group with itself, with an empty channel. */
        final AnySender<String> group;

        final AnySender<String> toEmpty;

        /** How many messages it holds: those in the inbox, and as many in the channel. */
        final int held;

        Scene(Setup setup) throws InterruptedException {
            this(setup, settings -> {});
        }

        Scene(Setup setup, Consumer<AnyDispatcher.Settings> changes) throws InterruptedException {
            this.setup = setup;
            dispatcher = setup.openAny(changes);
            full = dispatcher.receiver("full");
            empty = dispatcher.receiver("empty");
            both = LogicalClock.allOf(full.clock(), empty.clock());
            sender = dispatcher.sender("sender", full);
            waiting = dispatcher.sender("waiting", full);
            group = dispatcher.sender("group", List.of(full, full));
            toEmpty = dispatcher.sender("to empty", empty);
            setup.fill(sender, full);
            if (setup.over() == DISPATCHER) {
                held = setup.pathCapacity();
                Await.eventually(
                        "the pump waits",
                        () -> dispatcher.snapshot().senders().stream()
                                .anyMatch(state -> !state.waitsFor().isEmpty()));
            } else {
                held = 3 * setup.pathCapacity();
                Setup.send(waiting, setup.pathCapacity());
                Setup.send(group, setup.pathCapacity());
            }
            assertEquals(Optional.of(new Delivery.Tick<>(dispatcher.sequence())), empty.tryReceive());
        }

        void abandon() {
            Setup.abandon(dispatcher);
        }
    }
}
