package io.github.clockeddispatch.merge;

import io.github.clockeddispatch.merge.MergeWorld.Setting;
import java.util.List;
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
 * One thread does at random all that can be done to a merge without waiting. What each call returns or throws, and what
 * can be seen now and then, is what the {@link MergeOracle} says.
 */
class MergeProperties {

    @Property(tries = 1000)
    void everyStepIsAsTheOracleSays(@ForAll("steps") ActionChain<MergeWorld> chain) {
        run(chain);
    }

    @Property(tries = 300)
    void whereBuffersAreSmallAndOnlyCloseEndsReceivers(@ForAll("smallSteps") ActionChain<MergeWorld> chain) {
        run(chain);
    }

    @Property(tries = 300)
    void whereAllJoinBeforeTheStart(@ForAll("heldSteps") ActionChain<MergeWorld> chain) {
        run(chain);
    }

    private static void run(ActionChain<MergeWorld> chain) {
        try {
            chain.run().look();
        } finally {
            chain.finalState().ifPresent(MergeWorld::close);
        }
    }

    @Provide
    Arbitrary<ActionChain<MergeWorld>> steps() {
        return steps(new Setting(3, true, false, 0));
    }

    @Provide
    Arbitrary<ActionChain<MergeWorld>> smallSteps() {
        return steps(new Setting(1, false, false, 1_000_000_000_000L));
    }

    @Provide
    Arbitrary<ActionChain<MergeWorld>> heldSteps() {
        return steps(new Setting(3, true, true, 7));
    }

    private static Arbitrary<ActionChain<MergeWorld>> steps(Setting setting) {
        return ActionChain.startWith(() -> new MergeWorld(setting))
                .withAction(8, step("join", (w, a, b) -> w.join()))
                .withAction(8, onReceiver("open forwarder", (w, r, b) -> w.open(List.of(r))))
                .withAction(5, onReceiver("open group", (w, r, b) -> w.open(List.of(r, b % w.receivers.size()))))
                .withAction(4, step("open broadcaster", (w, a, b) -> w.open(List.of())))
                .withAction(40, onForwarder("forward", (w, f, b) -> w.forward(f, b % 6, b > 6)))
                .withAction(15, onForwarder("forward part", (w, f, b) -> w.forwardPart(f, b % 4)))
                .withAction(25, onForwarder("advance", (w, f, b) -> w.advance(f, b)))
                .withAction(30, onReceiver("receive", (w, r, b) -> w.receive(r, b % 3 > 0, b % 2 > 0)))
                .withAction(10, onReceiver("drain", (w, r, b) -> w.drain(r, 1 + b % 4)))
                .withAction(8, onReceiver("acknowledge", (w, r, b) -> w.acknowledge(r)))
                .withAction(8, onReceiver("await", (w, r, b) -> w.await(r, b)))
                .withAction(8, onReceiver("when reached", (w, r, b) -> w.whenReached(r, b)))
                .withAction(3, step("cancel wait", (w, a, b) -> w.cancelWait(a)))
                .withAction(15, step("look", (w, a, b) -> w.look()))
                .withAction(6, onForwarder("close forwarder", (w, f, b) -> w.closeForwarder(f)))
                .withAction(1, onForwarder("fail forwarder", (w, f, b) -> w.failForwarder(f)))
                .withAction(3, onReceiver("discard receiver", (w, r, b) -> w.discardReceiver(r)))
                .withAction(1, onReceiver("fail receiver", (w, r, b) -> w.failReceiver(r)))
                .withAction(3, step("start", (w, a, b) -> w.start()))
                .withAction(1, step("fail merge", (w, a, b) -> w.fail()))
                .withAction(1, step("close merge", (w, a, b) -> w.closeMerge()))
                .withMaxTransformations(80);
    }

    /** What is done, with two numbers from 0 to 11. */
    private interface Deed {
        void act(MergeWorld world, int a, int b);
    }

    private static Action.Independent<MergeWorld> step(String name, Deed deed) {
        Arbitrary<Integer> any = Arbitraries.integers().between(0, 11);
        return () -> Combinators.combine(any, any)
                .as((a, b) -> Transformer.mutate(name + " " + a + " " + b, world -> deed.act(world, a, b)));
    }

    private static Action.Independent<MergeWorld> onForwarder(String name, Deed deed) {
        return step(name, (world, a, b) -> {
            if (!world.forwarders.isEmpty()) {
                deed.act(world, a % world.forwarders.size(), b);
            }
        });
    }

    private static Action.Independent<MergeWorld> onReceiver(String name, Deed deed) {
        return step(name, (world, a, b) -> {
            if (!world.receivers.isEmpty()) {
                deed.act(world, a % world.receivers.size(), b);
            }
        });
    }
}
