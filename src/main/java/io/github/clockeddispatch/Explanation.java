package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Clock;
import io.github.clockeddispatch.engine.waiting.Causes;
import java.time.Duration;
import java.util.List;

/**
 * The reason why a clock has not reached a number, at the moment at which {@link LogicalClock#explain} was called. What it tells of goes on
 * meanwhile.
 *
 * @param time the number at which the clock stands
 * @param behind how far that is behind the number that was asked for; 0 where the clock has reached it
 * @param causes what is in the way: each is the cause of the one before, and the last one tells what must happen first; empty where the
 *     clock has reached the number
 */
public record Explanation(long time, long behind, List<Cause> causes) {

    /** How many times the causes are looked for, if each time they have gone by the time it is their turn. */
    private static final int TRIES = 3;

    /** The kinds of causes. */
    public enum Kind {
        /** The reader of a receiver has the message in hand: it is in a handler or a stage, or was given it and has not finished it. */
        HANDLING,

        /** The reader of a receiver has the message in hand, and waits in a call of this library: for a clock, or for room. */
        WAITING,

        /** There is no room: in a receiver's inbox, a sender's channel, a forwarder's buffer. */
        NO_ROOM,

        /** The message is in the inbox, or due in a merge, and nobody reads it. */
        NOT_READ,

        /** The number has not been given. */
        NOT_NUMBERED,

        /** A source of a merge that has not promised the number, or a merge that was not started, holds it back. */
        HELD_BACK,

        /** A handler has failed, and is to be called again with the message. */
        RETRYING,

        /** A receiver, or a dispatcher, has failed. */
        FAILED,

        /** A receiver was discarded, or a dispatcher is closed. */
        CLOSED
    }

    /**
     * One thing that is in the way of a clock.
     *
     * @param kind its kind
     * @param name the name of the receiver, sender, source or dispatcher at which it is
     * @param sequence the number that it is about: that of the message, the one up to which a source has promised, or the last one that was
     *     given; 0 for none
     * @param since for how long it has been so, at least; zero if that is not known. How long a message is in hand is not measured: it is
     *     known from the second call of {@code explain} on
     * @param detail this cause in words; of a reader, with the line at which its thread is
     */
    public record Cause(Kind kind, String name, long sequence, Duration since, String detail) {

        /**
         * Returns this cause in words.
         *
         * @return the detail
         */
        @Override
        public String toString() {
            return detail;
        }

        private static Cause of(Causes.Cause cause) {
            return new Cause(
                    Kind.valueOf(cause.kind().name()),
                    cause.name(),
                    cause.sequence(),
                    Duration.ofNanos(cause.nanos()),
                    cause.detail());
        }

        /** Returns this as the engine has it, which puts a row of causes into words. */
        private Causes.Cause words() {
            return new Causes.Cause(Causes.Kind.valueOf(kind.name()), name, sequence, 0, detail);
        }
    }

    /** Makes an explanation, with a copy of the list. */
    public Explanation {
        causes = List.copyOf(causes);
    }

    static Explanation of(Clock clock, long sequence) {
        for (int tries = 1; ; tries++) {
            long time = clock.timeUpTo(sequence);
            if (clock.hasReached(sequence)) {
                return new Explanation(clock.time(), 0, List.of());
            }
            List<Cause> causes =
                    Causes.of(clock, sequence).stream().map(Cause::of).toList();
            if (!causes.isEmpty() || tries == TRIES) {
                return new Explanation(time, sequence - time, causes.isEmpty() ? List.of(goesOn(clock)) : causes);
            }
        }
    }

    private static Cause goesOn(Clock clock) {
        return new Cause(Kind.NOT_READ, clock.name(), 0, Duration.ZERO, "the reader is about to go on");
    }

    /**
     * Returns this explanation in words: where the clock stands, how far that is behind, and the causes.
     *
     * @return a text of one line, if no cause has line breaks
     */
    @Override
    public String toString() {
        return behind == 0
                ? "reached, at " + time
                : "at " + time + ", " + behind + " behind: "
                        + Causes.describe(causes.stream().map(Cause::words).toList());
    }
}
