package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.simulation.Life;
import java.util.List;

/** Dispatchers linked in any shape, of which some are closed while others go on: no clock passes what was lost (G4, G13, F8, F9). */
public final class Nets {
    private Nets() {}

    /** All are closed while messages are under way. */
    public static void closed(Life life) throws Exception {
        closed(life, false, 0);
    }

    public static void closedInHaste(Life life) throws Exception {
        closed(life, true, 0);
    }

    public static void closedByInterrupted(Life life) throws Exception {
        closed(life, true, 3);
    }

    private static void closed(Life life, boolean inHaste, int interrupts) throws Exception {
        life.longWaitsAreRight();
        Net net = new Net(life, 2 + life.upTo(3), inHaste, interrupts);
        net.send(true, false);
        net.close(net.all());
        net.checkTold(net.checkEnd());
    }

    /** All had been accepted before: nothing is lost, nothing told; nor does anybody fail who goes on below. */
    public static void someClosedWithAllThere(Life life) throws Exception {
        life.longWaitsAreRight();
        Net net = new Net(life, 2 + life.upTo(2), false, 0);
        net.send(false, true);
        net.close(net.someFromTop());
        check(net.told().isEmpty(), "all was there, but " + net);
        net.awaitAllRead();
        net.close(net.all());
        checkEquals(0, net.checkEnd(), "missing");
        check(net.told().isEmpty(), "all was there, but " + net);
    }

    /** Some are closed meanwhile; the rest goes on, or has failed where something was told. */
    public static void someClosedMeanwhile(Life life) throws Exception {
        life.longWaitsAreRight();
        Net net = new Net(life, 2 + life.upTo(2), life.chance(2), 0);
        net.send(true, false);
        net.close(net.someFromTop());
        net.checkNoneFailed();
        net.close(net.all());
        int missing = net.checkEnd();
        check(missing == 0 || !net.told().isEmpty(), missing + " missing, and nothing told; " + net);
    }

    public static void oneDiscardedBeside(Life life) throws Exception {
        Net net = sending(life);
        Receiver<String> victim = net.anyAbove();
        net.beside(victim::discard);
        closeSomeThenAll(life, net);
        net.checkEnd();
    }

    public static void oneFailedBeside(Life life) throws Exception {
        Net net = sending(life);
        Receiver<String> victim = net.anyAbove();
        net.beside(() -> victim.fail(new IllegalStateException("on purpose")));
        closeSomeThenAll(life, net);
        net.checkEnd();
    }

    public static void aMergeFailedBeside(Life life) throws Exception {
        Net net = sending(life);
        var victim = net.anyMerge();
        net.beside(() -> victim.fail(new IllegalStateException("on purpose")));
        closeSomeThenAll(life, net);
        net.checkEnd();
    }

    /** What a link leaves behind, as it is closed, is given up on purpose: nobody fails with it. */
    public static void aLinkClosedBeside(Life life) throws Exception {
        life.longWaitsAreRight();
        Net net = new Net(life, 2 + life.upTo(2), false, 0);
        net.send(false, false);
        Link victim = net.anyLink();
        net.beside(victim::close);
        net.close(net.someFromTop());
        net.checkNoneFailed();
        net.close(net.all());
        check(
                net.told().stream().noneMatch(text -> text.contains("has failed"))
                        || net.told().stream().anyMatch(text -> text.contains("did not close cleanly")),
                "failed, though nothing was lost; " + net);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    private static Net sending(Life life) throws InterruptedException {
        life.longWaitsAreRight();
        Net net = new Net(life, 2 + life.upTo(2), life.chance(2), life.chance(3) ? 3 : 0);
        net.send(true, false);
        return net;
    }

    private static void closeSomeThenAll(Life life, Net net) throws Exception {
        if (life.chance(2)) {
            net.close(net.someFromTop());
        }
        net.close(net.all());
    }
}
