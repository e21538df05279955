package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Inbox;
import org.jspecify.annotations.Nullable;

/**
 * The counter as a clock that can be waited for: that of a receiver that nothing is for, and that has not joined. It is made when somebody
 * first waits for it. Guarded by the core's lock.
 *
 * @see "docs/design.md: Several clocks"
 */
final class CounterClock<T> {

    private final Core<T> core;
    private final Frontier counter;
    private @Nullable Inbox<T> inbox;

    CounterClock(Core<T> core, Frontier counter) {
        this.core = core;
        this.counter = counter;
    }

    /** Takes the lock. */
    Inbox<T> get() {
        core.lock.lock();
        try {
            Inbox<T> clock = inbox;
            if (clock == null) {
                clock = new Inbox<>(core, core.name(), 1, counter, 0);
                inbox = clock;
            }
            return clock;
        } finally {
            core.lock.unlock();
        }
    }

    /** The counter has ended, and may have met an error when it was about to tell this. */
    void end() {
        if (inbox != null) {
            inbox.waits.numbersEnd();
        }
    }
}
