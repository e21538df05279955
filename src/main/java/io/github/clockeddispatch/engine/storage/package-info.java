/**
 * Where messages are kept: rings that grow and shrink. They start no thread, take no lock, and know no other room.
 *
 * <p>{@code Ring} is a queue for one producer and one consumer, of elements with a number; {@code SequencedRing} is what an inbox is made
 * of; a merge makes its lanes of {@code Ring}. A channel has a ring of its own.
 */
@NullMarked
package io.github.clockeddispatch.engine.storage;

import org.jspecify.annotations.NullMarked;
