package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The progress of a pump, as the target of a wait: for a slot in its channel, for a number, or until all in the channel is numbered.
 *
 * @see "docs/design.md: Deadlocks"
 */
final class PumpProgress implements Wait.Target {
    private final SenderLifecycle<?> sender;
    private final Wait.Kind kind;
    private final String what;
    private final BooleanSupplier isNeeded;
    private final LongSupplier end;
    private final int least;

    /**
     * Makes a target.
     *
     * @param isNeeded under the core's lock: whether the wait has not ended
     * @param end the position up to which the channel counts
     * @param least how many entries up to there must stay, or the wait can end otherwise
     */
    PumpProgress(
            SenderLifecycle<?> sender,
            Wait.Kind kind,
            String what,
            BooleanSupplier isNeeded,
            LongSupplier end,
            int least) {
        this.sender = sender;
        this.kind = kind;
        this.what = what;
        this.isNeeded = isNeeded;
        this.end = end;
        this.least = least;
    }

    @Override
    public Watch watch() {
        return sender.core.watch();
    }

    @Override
    public Wait.Kind kind() {
        return kind;
    }

    @Override
    public String name() {
        return sender.name;
    }

    @Override
    public String describe() {
        return what + " sender \"" + sender.name + "\"";
    }

    @Override
    public void explain(Causes causes) {
        sender.core.lock.lock();
        try {
            sender.explain(causes);
        } finally {
            sender.core.lock.unlock();
        }
    }

    @Override
    public void addBlockers(Collection<Thread> threads) {
        List<Thread> readers = new ArrayList<>(1);
        List<Thread> dispatching = new ArrayList<>(0);
        long staying;
        sender.core.lock.lock();
        try {
            if (!isNeeded.getAsBoolean() || sender.dead() != null) {
                return;
            }
            sender.route.addBlockers(readers);
            staying = least == 0 ? 0 : sender.channel.staying(end.getAsLong(), dispatching);
        } finally {
            sender.core.lock.unlock();
        }
        staying += dispatching.stream()
                .filter(thread -> !Wait.isInterrupted(thread))
                .count();
        if (staying >= least) {
            threads.addAll(readers);
        }
    }
}
