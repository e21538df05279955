package io.github.clockeddispatch.engine.recording;

/**
 * The waits of a pump for room, one after the other, as they are recorded. Called by the pump.
 *
 * @see "docs/design.md: Flight recorder"
 */
public interface RecordedPumpWait {

    /**
     * It begins to wait, unless it waits already. May be called under a lock: takes no memory.
     *
     * @param at a receiver that has no room
     * @param receivers how many have none
     */
    void begin(String at, int receivers);

    /** If it has waited, that is over. */
    void end(int moved);
}
