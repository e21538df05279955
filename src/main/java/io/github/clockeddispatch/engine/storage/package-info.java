/**
 * Where messages are kept: rings that grow and shrink. They start no thread, take no lock, and know no other room.
 *
 * <p>{@code Ring} is a queue for one producer and one consumer, of elements with a number; {@code SequencedRing} is what an inbox and a channel are made of; a
 * merge makes its lanes of {@code Ring}.
 */
@NullMarked
package io.github.clockeddispatch.engine.storage;

import org.jspecify.annotations.NullMarked;
