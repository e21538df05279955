/**
 * Where the order of numbers that were given elsewhere is restored: inputs with their promises, lanes, the winner tree over them, and
 * links. Above it are seen the {@code Merger}, with {@code Joining} and {@code Links}, a {@code MergeInput}, and the {@code Relay} of a
 * link.
 */
@NullMarked
package io.github.clockeddispatch.engine.merging;

import org.jspecify.annotations.NullMarked;
