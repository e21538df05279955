package io.github.clockeddispatch;

/** One that waits for room in an {@link Inbox}. Called under the hub's lock. */
interface RoomWait {

    /** A place is free; or none will ever be needed again, as the inbox has stopped. */
    void placeSeen();
}
