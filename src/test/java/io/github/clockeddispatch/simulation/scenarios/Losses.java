package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A merge is closed while those below go on: they learn of what was lost with it, and of nothing else (G4, F8, F9). {@link Nets} does the
 * same in any shape; here are shapes in which that came to light.
 */
public final class Losses {
    private Losses() {}

    /** Of the two that lead to the last merge, one comes by way of others, one directly: that one takes the clock past what is lost. */
    private static final class Bottom {
        final ForwardingDispatcher<String> merge;
        final Receiver<String> end;
        final Set<Long> read = ConcurrentHashMap.newKeySet();

        Bottom(Life life, Receiver<String> byOthers, Receiver<String> directly) {
            merge = Merges.small(life);
            end = merge.receiver("end");
            merge.link(byOthers, end);
            merge.link(directly, end);
            merge.read(end, (n, m) -> read.add(n));
        }

        /** Returns whether the clock got there; if so, it has been read. */
        boolean awaitRead(long number) throws Exception {
            try {
                end.clock().waitUntil(number);
            } catch (ClosedException | FailedException e) {
                return false;
            }
            check(read.contains(number), "told that " + number + " was read, but " + read + " were");
            return true;
        }

        Life.Body dispatches(Sender<String> sender) {
            return () -> Kit.unlessStopped(() -> {
                for (int i = 0; i < 2; i++) {
                    awaitRead(sender.dispatch("x"));
                }
            });
        }
    }

    private static String closed(AutoCloseable merge) throws Exception {
        try {
            merge.close();
            return "";
        } catch (DispatchException e) {
            return e.getMessage();
        }
    }

    /** A receiver above is discarded, or fails, beside the close of a merge between. */
    public static void cutOffBesideAClose(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> middle = Merges.small(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> directly = top.receiver("directly");
        Receiver<String> between = middle.receiver("between");
        middle.link(from, between);
        Bottom bottom = new Bottom(life, between, directly);
        Receiver<String> victim = life.chance(2) ? from : between;
        boolean fails = life.chance(2);
        AutoCloseable closed = List.of(top, middle, bottom.merge).get(life.upTo(3));
        life.together(
                bottom.dispatches(top.sender("s", from)),
                bottom.dispatches(top.sender("d", directly)),
                () -> Kit.closeAnyhow(closed),
                () -> {
                    if (life.chance(2)) {
                        life.pause();
                    }
                    if (fails) {
                        victim.fail(new IllegalStateException("on purpose"));
                    } else {
                        victim.discard();
                    }
                });
        Kit.closeAnyhow(bottom.merge);
        Kit.closeAnyhow(middle);
        Kit.closeAnyhow(top);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** The way down is blocked by a receiver that another branch does not read; the close of this branch has no time for that. */
    public static void aBranchClosedInHaste(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Dispatcher.open();
        ForwardingDispatcher<String> fork = Merges.tiny();
        ForwardingDispatcher<String> branch = hasty(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> directly = top.receiver("directly");
        Receiver<String> to = fork.receiver("to");
        Receiver<String> aside = fork.receiver("aside");
        Receiver<String> below = branch.receiver("below");
        fork.link(from, to, aside);
        branch.link(to, below);
        Bottom bottom = new Bottom(life, below, directly);
        Sender<String> sender = top.sender("s", from);
        sender.dispatch("x");
        long last = sender.dispatch("x");
        top.sender("d", directly).dispatch("y");
        if (life.chance(2)) {
            life.pause();
        }
        String[] told = {""};
        Kit.interrupted(life.chance(3), () -> told[0] = closed(branch));
        aside.discard();
        check(bottom.awaitRead(last) || !told[0].isEmpty(), "failed below, and nothing told");
        Kit.closeAnyhow(bottom.merge);
        Kit.closeAnyhow(fork);
        Kit.closeAnyhow(top);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    private static ForwardingDispatcher<String> hasty(Life life) {
        return ForwardingDispatcher.builder()
                .channelCapacity(1 + life.upTo(2))
                .drainTimeout(life.briefly())
                .open();
    }

    private static Bottom belowAChain(
            Life life,
            Receiver<String> from,
            ForwardingDispatcher<String> upper,
            ForwardingDispatcher<String> lower,
            Receiver<String> directly) {
        Receiver<String> a = upper.receiver("a");
        Receiver<String> b = lower.receiver("b");
        upper.link(from, a);
        lower.link(a, b);
        return new Bottom(life, b, directly);
    }

    /** Two merges of a chain are closed beside one another, in haste or by interrupted threads: what either loses is learnt below. */
    public static void aChainLosesInItsMidst(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> upper = life.chance(2) ? hasty(life) : Merges.small(life);
        ForwardingDispatcher<String> lower = life.chance(2) ? hasty(life) : Merges.small(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> directly = top.receiver("directly");
        Bottom bottom = belowAChain(life, from, upper, lower, directly);
        List<Life.Body> bodies = new ArrayList<>(
                List.of(bottom.dispatches(top.sender("s", from)), bottom.dispatches(top.sender("d", directly))));
        for (AutoCloseable merge : List.of(upper, lower)) {
            boolean interrupts = life.chance(3);
            bodies.add(() -> Kit.interrupted(interrupts, () -> Kit.closeAnyhow(merge)));
        }
        life.together(bodies.toArray(Life.Body[]::new));
        Kit.closeAnyhow(bottom.merge);
        Kit.closeAnyhow(top);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** Two merges of a chain are closed beside one another, with all there: nobody below fails. */
    public static void twoClosedBesideEachOther(Life life) throws Exception {
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> upper = Merges.small(life);
        ForwardingDispatcher<String> lower = Merges.small(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> directly = top.receiver("directly");
        Bottom bottom = belowAChain(life, from, upper, lower, directly);
        long number = top.sender("s", from).dispatch("x");
        life.together(upper::close, lower::close);
        check(bottom.awaitRead(number), "failed below, though nothing was lost");
        bottom.merge.close();
        top.close();
    }

    /** A stage has a message in hand, of which nothing comes, as its merge is closed in haste: told, or nobody below fails. */
    public static void aStageWithoutResults(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> upper = ForwardingDispatcher.builder()
                .drainTimeout(life.chance(2) ? Duration.ZERO : life.briefly())
                .open();
        ForwardingDispatcher<String> lower = Merges.small(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> between = upper.receiver("between");
        Receiver<String> end = lower.receiver("end");
        upper.stage(
                from,
                (n, m) -> {
                    if (life.chance(2)) {
                        life.pause();
                    }
                    return List.of();
                },
                between);
        lower.link(between, end);
        lower.read(end, (n, m) -> {});
        Sender<String> sender = top.sender("s", from);
        String[] told = {""};
        life.together(() -> Kit.unlessStopped(() -> sender.dispatch("x")), () -> told[0] = closed(upper));
        String below = closed(lower);
        check(below.isEmpty() || !told[0].isEmpty(), "nothing was told above, yet below: " + below);
        Kit.closeAnyhow(top);
    }

    /** A message to two has no number, as one of them has no slot for it, when the merge below the other is closed in haste. */
    public static void aMessageToSeveralWithoutNumber(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.tiny();
        ForwardingDispatcher<String> middle = hasty(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> aside = top.receiver("aside");
        Receiver<String> directly = top.receiver("directly");
        Receiver<String> between = middle.receiver("between");
        middle.link(from, between);
        Bottom bottom = new Bottom(life, between, directly);
        Sender<String> both = top.sender("both", List.of(from, aside));
        both.dispatch("x");
        CompletableFuture<Long> second = both.dispatchAsync("x");
        String[] told = {""};
        Thread closes = life.go("closes", () -> {
            told[0] = closed(middle);
            Thread.interrupted();
        });
        if (life.chance(2)) {
            life.together(() -> {
                life.pause();
                closes.interrupt();
            });
        }
        closes.join();
        aside.drain((n, m) -> {}, 2);
        long number = second.get();
        Kit.unlessStopped(() -> top.sender("d", directly).dispatch("y"));
        check(bottom.awaitRead(number) || !told[0].isEmpty(), "failed below, and nothing told");
        Kit.closeAnyhow(bottom.merge);
        aside.discard();
        Kit.closeAnyhow(top);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }
}
