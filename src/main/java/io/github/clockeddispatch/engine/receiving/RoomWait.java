package io.github.clockeddispatch.engine.receiving;

/** One that waits for {@link Room} in an inbox. Called under the hub's lock. */
public interface RoomWait {

    /** A place is free; or none will ever be needed again, as the inbox has stopped. */
    void placeSeen();
}
