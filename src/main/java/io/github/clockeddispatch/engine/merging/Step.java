package io.github.clockeddispatch.engine.merging;

import java.util.List;

/**
 * A function that a link calls with each message.
 *
 * @param <S> the type of what comes in
 * @param <T> the type of what goes out
 * @see "docs/design.md: The merge, Links"
 */
@FunctionalInterface
public interface Step<S, T> {

    /** Returns what becomes of a message, all of it with its number. What it throws fails the link. */
    List<? extends T> apply(long sequence, S payload) throws Exception;
}
