package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Recoverer.Verdict;
import io.github.clockeddispatch.engine.receiving.Recoverer.Verdict.Kind;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Texts;
import java.time.Duration;
import java.util.Objects;

/** The decision of a {@link FailurePolicy}: stop, skip the message, or handle it again. */
public final class Recovery {

    private static final Recovery STOP = new Recovery(new Verdict(Kind.STOP, Duration.ZERO));
    private static final Recovery SKIP = new Recovery(new Verdict(Kind.SKIP, Duration.ZERO));

    final Verdict verdict;

    private Recovery(Verdict verdict) {
        this.verdict = verdict;
    }

    /**
     * Returns the decision to stop the receiver at this message, as without a policy: the clock does not pass it, and whoever waits for
     * more gets a {@link FailedException}.
     *
     * @return the decision
     */
    public static Recovery stop() {
        return STOP;
    }

    /**
     * Returns the decision to skip the message: it is finished without having been handled. {@link Receiver#skipped()} counts it.
     *
     * @return the decision
     */
    public static Recovery skip() {
        return SKIP;
    }

    /**
     * Returns the decision to handle the same message again. Until then it is unfinished, the clock stands, and
     * {@link Snapshot.ReceiverState#attempt()} tells of it. The wait ends at once if the thread is interrupted, which stops the receiver,
     * or if the receiver stops.
     *
     * @param delay how long to wait; at zero or less it does not wait
     * @return the decision
     */
    public static Recovery retryAfter(Duration delay) {
        return new Recovery(new Verdict(Kind.RETRY, Objects.requireNonNull(delay, "delay")));
    }

    /** Returns whether another object is the same decision, with the same delay. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Recovery recovery && verdict.equals(recovery.verdict);
    }

    /** Returns a hash code that goes with {@link #equals}. */
    @Override
    public int hashCode() {
        return verdict.hashCode();
    }

    /**
     * Returns the decision in words.
     *
     * @return "stop", "skip", or "retry after" a time
     */
    @Override
    public String toString() {
        return switch (verdict.kind()) {
            case STOP -> "stop";
            case SKIP -> "skip";
            case RETRY -> "retry after " + Texts.duration(Deadline.nanos(verdict.delay()));
        };
    }
}
