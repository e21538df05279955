package io.github.clockeddispatch.engine.recording;

/**
 * What is held back at a receiver of a merge while its reader sleeps, as it is recorded.
 *
 * @see "docs/design.md: Flight recorder"
 */
public interface RecordedHold {

    /** The reader begins to sleep, and nothing is held back. May be called under a lock: takes no memory. */
    void sleeps();

    /** Something is held back, from now on if it was not before. By any thread; may be called under a lock: takes no memory. */
    void holds();

    /** The reader has woken up. Returns whether something was held back for long enough to be {@linkplain #record recorded}. */
    boolean wakes();

    /**
     * Records it.
     *
     * @param source who was waited for last; empty where nobody knows
     * @param promised how much that had promised then
     * @param sequence the first message that was held back; 0 where it did not come
     */
    void record(String source, long promised, long sequence);
}
