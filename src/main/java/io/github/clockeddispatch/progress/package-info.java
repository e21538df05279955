/**
 * How far things have come: the pure structures under the dispatcher. Nothing in here starts a thread, waits, or knows
 * what a message is. The package is not exported.
 */
@NullMarked
package io.github.clockeddispatch.progress;

import org.jspecify.annotations.NullMarked;
