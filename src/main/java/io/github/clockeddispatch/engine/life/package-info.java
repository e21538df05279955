/**
 * How a dispatcher lives and ends: readers of its own, closing, and the watch for deadlocks. It knows the rooms that it ends, through
 * what they have in common.
 */
@NullMarked
package io.github.clockeddispatch.engine.life;

import org.jspecify.annotations.NullMarked;
