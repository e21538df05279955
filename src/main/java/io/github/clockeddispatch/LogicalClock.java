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
 * The progress of a receiver: the greatest number such that every message for it up to there has been finished, whether or not anything up
 * to there was for it at all. It never falls. It rises when the receiver's reader finishes messages and, while nothing is unfinished, with
 * the numbers that the dispatcher gives, or that a merge's sources promise. Only the read side is here, so a clock can be handed to
 * anybody. A clock {@linkplain #allOf of several receivers} stands where the least of them stands.
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
     * All that is said of a clock holds. If one of them stops, waits end at once, with an exception that names its receiver.
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
     * Returns the number at which this clock stands. Takes no lock, with two exceptions, each for a moment: the clock of a sender to a
     * {@link Group} or to all, and that of a merge's receiver after a source has joined. In a merge, it takes time in proportion to the
     * number of sources that can reach the receiver.
     *
     * @return the number, from {@link Receiver#joinedAt()} to {@link Dispatcher#sequence()}; of several clocks, the least
     */
    public long time() {
        return clock.time();
    }

    /**
     * Returns whether this clock has reached a number. Takes locks where {@link #time()} does.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return whether it has; once true, it is true for ever
     * @throws IllegalArgumentException if there can be no such number
     */
    public boolean hasReached(long sequence) {
        return clock.hasReached(Arguments.sequence(sequence));
    }

    /**
     * Waits until this clock reaches a number, also one that has not been given yet.
     *
     * <p>It waits for messages to this clock's receiver only: if the message with that number was for others, nothing is missing here. To
     * wait until all that a message was for have finished it, wait for {@link Sender#clock() its sender's clock}.
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
     * Waits until this clock reaches a number, but no longer than a time.
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
     * Returns a future that is completed with a number when this clock reaches it, on a thread of its own. If the number can no longer be
     * reached, it fails with the {@link ClosedException} or {@link FailedException} that {@link #waitUntil(long)} would throw. Completing
     * it in any other way, as by cancelling it, ends the wait.
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return the future; already completed where the number has been reached
     * @throws IllegalArgumentException if there can be no such number
     */
    public CompletableFuture<Long> whenReached(long sequence) {
        return clock.whenReached(Arguments.sequence(sequence));
    }

    /**
     * Returns why this clock has not reached a number: what the receiver's reader does and where its thread is, what that thread waits for,
     * which receiver is not read, which source holds something back, and so on up to what must happen first. It does not wait, and costs
     * nothing while nobody asks.
     *
     * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="explain"}
     *
     * @param sequence from 0 to {@code Long.MAX_VALUE - 1}
     * @return the reason; without causes where the clock has reached the number
     * @throws IllegalArgumentException if there can be no such number
     */
    public Explanation explain(long sequence) {
        return Explanation.of(clock, Arguments.sequence(sequence));
    }

    /**
     * Returns how far this clock is behind the number at which it would stand if nothing were unfinished. That number is the greatest one
     * given; in a merge, the one up to which all sources that can reach the receiver have promised. The lag of several clocks is the
     * greatest of theirs.
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
