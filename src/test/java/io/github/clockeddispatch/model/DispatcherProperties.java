package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.CLOSED;
import static io.github.clockeddispatch.model.CallOutcome.FAILED;

import io.github.clockeddispatch.model.Call.Patience;
import io.github.clockeddispatch.model.ModelWorld.Setting;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/**
 * One thread does at random all that can be done without waiting. After each step it waits until the pumps are at rest;
 * then numbers, clocks, what is pending, discarded, given and thrown are as the {@link Model} says.
 */
class DispatcherProperties {

    @Property(tries = 300)
    void everyStepIsAsTheModelSays(@ForAll("steps") ActionChain<ModelWorld> chain) {
        run(chain);
    }

    @Property(tries = 100)
    void whereOnlyCloseEndsReceivers(@ForAll("stepsWithoutEnds") ActionChain<ModelWorld> chain) {
        run(chain);
    }

    @Property(tries = 100)
    void whereNumbersRunOut(@ForAll("lastSteps") ActionChain<ModelWorld> chain) {
        run(chain);
    }

    private static void run(ActionChain<ModelWorld> chain) {
        try {
            chain.run();
        } finally {
            chain.finalState().ifPresent(ModelWorld::close);
        }
    }

    @Provide
    Arbitrary<ActionChain<ModelWorld>> steps() {
        return steps(new Setting(1, true, 0));
    }

    @Provide
    Arbitrary<ActionChain<ModelWorld>> stepsWithoutEnds() {
        return steps(new Setting(2, false, 1_000_000_000_000L));
    }

    @Provide
    Arbitrary<ActionChain<ModelWorld>> lastSteps() {
        return steps(new Setting(2, true, Model.LAST - 5));
    }

    private static Arbitrary<ActionChain<ModelWorld>> steps(Setting setting) {
        return ActionChain.startWith(() -> new ModelWorld(setting))
                .withAction(8, step("join", (w, a, b) -> w.make(new Call.Join(1 + a % 3))))
                .withAction(8, onReceiver("open sender", (w, r, b) -> w.make(new Call.Open(Set.of(r)))))
                .withAction(5, onReceiver("open group", (w, r, b) -> w.make(new Call.Open(w.group(r, b)))))
                .withAction(3, step("open broadcaster", (w, a, b) -> w.make(new Call.Open(Set.of()))))
                .withAction(30, onSender("send", (w, s, b) -> w.make(new Call.Send(s, w.payload(s), now(b)))))
                .withAction(8, onSender("dispatch", (w, s, b) -> w.make(new Call.Dispatch(s, w.payload(s), now(b)))))
                .withAction(12, onSender("dispatchAsync", (w, s, b) -> w.dispatchAsync(s)))
                .withAction(5, step("cancel dispatch", (w, a, b) -> w.cancelDispatch(a)))
                .withAction(30, onReceiver("read", (w, r, b) -> w.make(new Call.Read(r, b % 4 < 3, now(b)))))
                .withAction(8, onReceiver("drain", (w, r, b) -> w.make(new Call.Drain(r, 1 + b % 4))))
                .withAction(8, onReceiver("acknowledge", (w, r, b) -> w.make(new Call.Acknowledge(r))))
                .withAction(8, onReceiver("await", (w, r, b) -> w.make(new Call.Await(r, w.number(b), Patience.NOW))))
                .withAction(8, onReceiver("whenReached", (w, r, b) -> w.whenReached(r, w.number(b))))
                .withAction(3, step("cancel wait", (w, a, b) -> w.cancelWait(a)))
                .withAction(4, onSender("close sender", (w, s, b) -> w.make(new Call.CloseSender(s))))
                .withAction(3, onReceiver("discard receiver", (w, r, b) -> w.make(new Call.Stop(r, CLOSED))))
                .withAction(2, onReceiver("fail receiver", (w, r, b) -> w.make(new Call.Stop(r, FAILED))))
                .withAction(1, step("fail", (w, a, b) -> w.make(new Call.Fail())))
                .withAction(1, step("close", (w, a, b) -> w.make(new Call.Close())))
                .withMaxTransformations(60);
    }

    /** What is done, with two numbers from 0 to 11. */
    private interface Deed {
        void act(ModelWorld world, int a, int b);
    }

    private static Action.Independent<ModelWorld> step(String name, Deed deed) {
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 11);
        return () -> Combinators.combine(any, any)
                .as((a, b) -> Transformer.mutate(name + " " + a + " " + b, world -> deed.act(world, a, b)));
    }

    private static Action.Independent<ModelWorld> onSender(String name, Deed deed) {
        return step(name, (world, a, b) -> {
            if (!world.real.senders.isEmpty()) {
                deed.act(world, a % world.real.senders.size(), b);
            }
        });
    }

    private static Action.Independent<ModelWorld> onReceiver(String name, Deed deed) {
        return step(name, (world, a, b) -> {
            if (!world.real.receivers.isEmpty()) {
                deed.act(world, a % world.real.receivers.size(), b);
            }
        });
    }

    private static Patience now(int b) {
        return b % 2 == 0 ? Patience.TRY : Patience.NOW;
    }
}
