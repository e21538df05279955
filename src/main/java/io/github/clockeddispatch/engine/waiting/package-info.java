/**
 * What everything below the API stands on: the lock and the threads of a dispatcher, deadlines, waits and who waits for whom, why something
 * stopped, and what was lost with it. It knows nothing of messages, and no other room.
 *
 * <p>All of its types are used by the rooms above: a wait, with its {@code Deadline}, names its {@code Target} and is looked at by a
 * {@code Watch}; what stopped has a {@code StopReason}, of which {@code Exceptions} makes what callers get.
 */
@NullMarked
package io.github.clockeddispatch.engine.waiting;

import org.jspecify.annotations.NullMarked;
