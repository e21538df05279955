/**
 * Bounded channels with one shared counter, and clocks that tell how far every view has come: start at
 * {@link io.github.clockeddispatch.Dispatcher}.
 */
@NullMarked
package io.github.clockeddispatch;

import org.jspecify.annotations.NullMarked;
