package io.github.clockeddispatch.engine.waiting;

/**
 * A search for deadlocks among the waits that arm it.
 *
 * @see "docs/design.md: Deadlocks"
 */
public interface Watch {

    /** A wait has begun that may be part of a deadlock: looks, unless it does already. May be called with a lock. */
    void arm();
}
