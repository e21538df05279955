package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Clock;
import io.github.clockeddispatch.engine.receiving.LeastClock;
import io.github.clockeddispatch.engine.waiting.Arguments;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * The progress of a receiver: the greatest number such that every message for it up to there has been finished, whether
 * or not anything up to there was for it at all. It is the read side of that progress and can be handed to
 * anybody; only the receiver's reader advances it. It never falls. A clock {@linkplain #allOf of several receivers} stands where the least
 * of them stands.
 *
 * <p>It is a low watermark of finished numbers (as in Akidau et al., <i>The Dataflow Model</i>, VLDB 2015, section 2.3),
 * not a Lamport clock: it is not advanced by what others tell, and two clocks of one dispatcher can be compared.
 *
 * <p><b>Memory consistency.</b> What the receiver's reader did up to finishing every message numbered up to {@code s}
 * <i>happens before</i> the return of {@code waitUntil(s)}, the completion of {@code whenReached(s)}, and any return of
 * {@link #time()} at {@code s} or more and of {@code hasReached(s)} with true, in any thread.
 *
 * <p>All methods may be called by any thread.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="read-your-write"}
 */
public final class LogicalClock {

    private final Clock clock;

    LogicalClock(Clock clock) {
        this.clock = clock;
    }

    /**
     * Returns the clock of several, which stands where the least of them stands. They may be of different dispatchers, and of merges.
     * All that is said of a clock holds; where one of them stops, whoever waits is told at once, and by whom.
     *
     * @param clocks the clocks, at least one; one that is named twice counts once
     * @return the clock of all of them
     * @throws IllegalArgumentException if there is none
     */
    public static LogicalClock allOf(LogicalClock... clocks) {
        Objects.requireNonNull(clocks, "clocks");
        if (clocks.length == 0) {
            throw new IllegalArgumentException("allOf needs at least one clock, but got []");
        }
        return new LogicalClock(LeastClock.of(Arrays.stream(clocks)
                .map(one -> Objects.requireNonNull(one, "clock").clock)
                .toList()));
    }

    /**
     * Returns where it stands. Takes no lock, except in a merge, where a source may just have joined, and for the clock of a sender to a
     * group or to all, for a moment; that of a merge's receiver has promises read.
     *
     * @return the number, from where the receiver joined to {@link Dispatcher#sequence()}; of several clocks, the least
     */
    public long time() {
        return clock.time();
    }

    /**
     * Returns whether it has reached a number. Takes locks where {@link #time()} does.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return true if so, for ever
     * @throws IllegalArgumentException if there can be no such number
     */
    public boolean hasReached(long sequence) {
        return clock.hasReached(Arguments.sequence(sequence));
    }

    /**
     * Waits until it reaches a number, also one that has not been given yet.
     *
     * <p>Of a receiver that the message with that number was not for, it returns at once: nothing is missing there. To wait
     * until all that it was for have finished it, wait for {@link Sender#clock() its sender's clock}.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalArgumentException if there can be no such number
     * @throws IllegalStateException if the calling thread is the reader of a receiver whose clock this is, and has in hand a message up
     *     to that number that it has not finished; or if this wait is part of a deadlock and was chosen to break it
     * @throws ClosedException if the receiver, or one of several, was discarded below that number, or the dispatcher closed before it was
     *     given
     * @throws FailedException if the receiver, or one of several, or the dispatcher has failed below that number
     */
    public void waitUntil(long sequence) throws InterruptedException {
        boolean reached = await(sequence, Deadline.NEVER);
        assert reached;
    }

    /**
     * Waits until it reaches a number, but no longer than a time.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @param timeout how long at most; at zero or less it does not wait
     * @return whether it has reached the number
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalArgumentException if there can be no such number
     * @throws IllegalStateException as {@link #waitUntil(long)}, if the time is too long to represent, and so for ever
     * @throws ClosedException as {@link #waitUntil(long)}
     * @throws FailedException as {@link #waitUntil(long)}
     */
    public boolean waitUntil(long sequence, Duration timeout) throws InterruptedException {
        return await(sequence, Deadline.in(timeout));
    }

    private boolean await(long sequence, Deadline deadline) throws InterruptedException {
        boolean reached = hasReached(sequence);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return reached || clock.await(sequence, deadline);
    }

    /**
     * Tells when it reaches a number. The future is completed with that number, on a thread of its own; where the number
     * can no longer be reached, with the {@link ClosedException} or {@link FailedException} that {@link #waitUntil(long)}
     * would throw. To complete it otherwise, as by cancelling it, frees what waits.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return the future; already completed where the number has been reached
     * @throws IllegalArgumentException if there can be no such number
     */
    public CompletableFuture<Long> whenReached(long sequence) {
        return clock.whenReached(Arguments.sequence(sequence));
    }

    /**
     * Tells why it has not reached a number: what its reader does and where its thread is, what that waits for, who does not read, which
     * source holds back, and so on up to who must act first. It does not wait, and costs nothing while nobody asks.
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="explain"}
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return the reason; with no causes where it has reached the number
     * @throws IllegalArgumentException if there can be no such number
     */
    public Explanation explain(long sequence) {
        return Explanation.of(clock, Arguments.sequence(sequence));
    }

    /**
     * Returns how far it stands behind: the greatest number that it could have reached, if nothing were unfinished, less {@link #time()}.
     * That is the greatest number given; in a merge, the one up to which all that can reach the receiver have promised; of several
     * clocks, it is the greatest lag.
     *
     * @return how many numbers, 0 or more
     */
    public long lag() {
        return clock.lag();
    }

    /**
     * Returns a string that tells whose clock this is, and where it stands.
     *
     * @return a text with the receiver's name and the number
     */
    @Override
    public String toString() {
        return clock.name() + "@" + time();
    }
}
