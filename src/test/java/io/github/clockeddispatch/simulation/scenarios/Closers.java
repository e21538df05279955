package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Those who close dispatchers, in any order, by one thread or by one each, and what they were told. */
final class Closers {
    final AtomicInteger lost = new AtomicInteger();
    final List<String> texts = Collections.synchronizedList(new ArrayList<>());
    volatile boolean isInexact;
    private volatile boolean failed;

    private final int interrupted;

    /** @param interrupted one of how many is closed by a thread that is interrupted; 0 for none */
    Closers(int interrupted) {
        this.interrupted = interrupted;
    }

    Life.Body of(Life life, AutoCloseable dispatcher) {
        return () -> {
            boolean interrupts = interrupted > 0 && life.chance(interrupted);
            Kit.interrupted(interrupts, () -> {
                try {
                    dispatcher.close();
                } catch (DispatchException e) {
                    note(e);
                }
            });
        };
    }

    private void note(DispatchException e) {
        texts.add(e.getMessage());
        lost.addAndGet(Kit.lost(e.getMessage()));
        if (e instanceof FailedException) {
            failed = true;
        }
        // what was due is not counted where its reader has failed, or was interrupted
        if (e instanceof FailedException || e.getMessage().contains("was interrupted")) {
            isInexact = true;
        }
    }

    /**
     * F9, G12: each message is handled, or one close tells that it was lost.
     *
     * @param before whether all of them were accepted before anything was closed: then none is lost
     */
    void check(int accepted, int handled, boolean before) {
        String what = "told of a loss, with " + accepted + " accepted, " + handled + " handled, told " + texts;
        Life.check(accepted == handled || texts.size() > 0, what);
        Life.check(!before || texts.size() == 0, "though it was there before, " + what);
        // who reads below a merge that was closed before, with a loss, has failed
        Life.check(!failed || interrupted > 0 || lost.get() > 0, "failed, " + what);
        if (!isInexact) {
            checkEquals(accepted - handled, lost.get(), "how many, " + what);
        }
    }

    /** Closes them, by one thread or by one each; the lowest first, or in any order. */
    void all(Life life, AutoCloseable... fromTop) throws Exception {
        List<AutoCloseable> order = new ArrayList<>(List.of(fromTop));
        if (life.chance(2)) {
            Collections.reverse(order);
        } else {
            Collections.shuffle(order, new Random(life.upTo(1000)));
        }
        if (life.chance(2)) {
            for (AutoCloseable one : order) {
                of(life, one).run();
            }
        } else {
            life.together(order.stream().map(one -> of(life, one)).toArray(Life.Body[]::new));
        }
    }
}
