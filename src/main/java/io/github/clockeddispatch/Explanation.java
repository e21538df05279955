package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Clock;
import io.github.clockeddispatch.engine.waiting.Causes;
import java.time.Duration;
import java.util.List;

/**
 * The reason why a clock has not reached a number, at the moment at which {@link LogicalClock#explain} was asked. Others go on meanwhile.
 *
 * @param time where the clock stands
 * @param behind how far that is behind the number; 0 where it has reached it
 * @param causes what is in the way: each is the cause of the one before, and the last one tells who must act first; empty where the clock
 *     has reached the number
 */
public record Explanation(long time, long behind, List<Cause> causes) {

    /** How often the causes are looked for, where they go while they are. */
    private static final int TRIES = 3;

    /** The kinds of causes. */
    public enum Kind {
        /** The reader of a receiver has the message in hand: it is in a handler or a stage, or was given it and has not come back. */
        HANDLING,

        /** The reader of a receiver has the message in hand, and waits in a call of this library: for a clock, or for room. */
        WAITING,

        /** There is no room: in a receiver's inbox, a sender's channel, a forwarder's buffer. */
        NO_ROOM,

        /** The message is there, and nobody reads it. */
        NOT_READ,

        /** The number has not been given. */
        NOT_NUMBERED,

        /** A source of a merge, or a merge that was not started, holds it back. */
        HELD_BACK,

        /** A handler has failed, and is called with the message again after a while. */
        RETRYING,

        /** A receiver, or a dispatcher, has failed. */
        FAILED,

        /** A receiver was discarded, or a dispatcher is closed. */
        CLOSED
    }

    /**
     * A cause.
     *
     * @param kind what it is
     * @param name whose it is: the name of a receiver; of a sender, a source, or a dispatcher, where it is one of those
     * @param sequence the number that it is about: of the message, of what a source has promised, the last that was given; 0 for none
     * @param since for how long it has been so, at least; zero if nobody knows. Nobody measures how long messages are in hand: that is
     *     known from the second time on that somebody asks
     * @param detail it in words; of a reader also where its thread is
     */
    public record Cause(Kind kind, String name, long sequence, Duration since, String detail) {

        /**
         * Returns it in words.
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

        /** As what the words of all are made of. */
        private Causes.Cause words() {
            return new Causes.Cause(Causes.Kind.valueOf(kind.name()), name, sequence, 0, detail);
        }
    }

    /** Makes one; the list is copied. */
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
     * Returns it in words.
     *
     * @return one line
     */
    @Override
    public String toString() {
        return behind == 0
                ? "reached, at " + time
                : "at " + time + ", " + behind + " behind: "
                        + Causes.describe(causes.stream().map(Cause::words).toList());
    }
}
