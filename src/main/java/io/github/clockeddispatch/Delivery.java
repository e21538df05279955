package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.waiting.Arguments;
import java.util.Objects;

/**
 * A delivery of a {@link Receiver} to its reader: a message, a notice that the system has moved on, or the end.
 *
 * @param <T> the type of the messages
 */
public sealed interface Delivery<T> {

    /**
     * Returns the number that this delivery tells: that of the message, or that at which the receiver's clock stands.
     *
     * @return the number, from 0 ("nothing yet") to {@code Long.MAX_VALUE - 1}
     */
    long sequence();

    /**
     * A message with its number.
     *
     * @param sequence its number, at least 1
     * @param payload what was sent
     * @param <T> the type of the messages
     */
    record Message<T>(long sequence, T payload) implements Delivery<T> {
        /**
         * Makes a message.
         *
         * @throws IllegalArgumentException if a message can have no such number
         * @throws NullPointerException if the payload is null
         */
        public Message {
            Arguments.messageSequence(sequence);
            Objects.requireNonNull(payload, "payload");
        }
    }

    /**
     * A tick: the system has moved on to this number, and nothing up to it that was not given already is for this receiver. One
     * tick may tell of many numbers.
     *
     * @param sequence where the receiver's clock stands
     * @param <T> the type of the messages
     */
    record Tick<T>(long sequence) implements Delivery<T> {
        /**
         * Makes a tick.
         *
         * @throws IllegalArgumentException if there can be no such number
         */
        public Tick {
            Arguments.sequence(sequence);
        }
    }

    /**
     * The end: nothing more will come.
     *
     * @param sequence where the receiver's clock stands
     * @param <T> the type of the messages
     */
    record End<T>(long sequence) implements Delivery<T> {
        /**
         * Makes an end.
         *
         * @throws IllegalArgumentException if there can be no such number
         */
        public End {
            Arguments.sequence(sequence);
        }
    }
}
