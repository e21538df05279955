package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.Collection;
import java.util.concurrent.locks.Condition;

/**
 * A thread that waits for a {@link JointClock}.
 *
 * @see "docs/design.md: Several clocks"
 */
final class ThreadJointWait extends JointWait implements Wait.Target {
    private final Condition told = lock.newCondition();

    ThreadJointWait(JointClock clock, long sequence) {
        super(clock, sequence);
    }

    @Override
    void settled(Part part) {
        part.endpoint.core.lock.settled(part);
    }

    @Override
    void signal(Core<?> core) {
        told.signal();
    }

    boolean await(Deadline deadline) throws InterruptedException {
        var waiting = new Wait(this, lock, told, deadline);
        try {
            boolean late = false;
            boolean begun = false;
            while (!late) {
                if (deadline.isNever()) {
                    checkNotInOwnHand();
                }
                look();
                if (isReached()) {
                    return true;
                }
                if (!begun) {
                    waiting.begin();
                    begun = true;
                }
                late = !awaitTold(waiting);
                if (isReached()) {
                    return true;
                }
            }
            return clock.hasReached(sequence);
        } finally {
            waiting.end();
            giveUp();
        }
    }

    private boolean awaitTold(Wait waiting) throws InterruptedException {
        lock.lock();
        try {
            boolean late = false;
            while (!mayBeOver() && !late) {
                late = !waiting.await();
            }
            return !late;
        } finally {
            lock.unlock();
        }
    }

    private void checkNotInOwnHand() {
        clock.visit(sequence, new Clock.Visitor() {
            @Override
            public boolean notGiven(Endpoint<?> counter) {
                return true;
            }

            @Override
            public void receiver(Endpoint<?> receiver, long needed) {
                if (receiver.reader() == Thread.currentThread()) {
                    receiver.core.lock.lock();
                    try {
                        receiver.waits.checkNotInOwnHand(needed, () -> describe());
                    } finally {
                        receiver.core.lock.unlock();
                    }
                }
            }

            @Override
            public void stopped(StopReason why) {
                // this is told anyhow
            }
        });
    }

    @Override
    public Watch watch() {
        return clock.core().watch();
    }

    @Override
    public Wait.Kind kind() {
        return Wait.Kind.CLOCK;
    }

    @Override
    public String name() {
        return clock.name();
    }

    @Override
    public String describe() {
        return clock.describe(sequence);
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public void addBlockers(Collection<Thread> threads) {
        if (!clock.hasReached(sequence)) {
            Blockers blockers = new Blockers(threads);
            blockers.add(clock, sequence);
            blockers.askAll();
        }
    }

    @Override
    public void explain(Causes causes) {
        causes.then(clock, sequence);
    }
}
