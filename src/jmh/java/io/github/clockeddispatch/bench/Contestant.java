package io.github.clockeddispatch.bench;

/**
 * One way to do what a dispatcher does: to give messages dense numbers, to deliver them to their receivers in the order of
 * these through bounded buffers, and to tell from any thread how far a receiver is.
 */
public interface Contestant {

    /**
     * Makes one.
     *
     * @param receivers how many; they are called 0, 1, ...
     * @param capacity of each buffer on the way
     */
    Mesh open(int receivers, int capacity);

    /** The threads that suit it. */
    default Thread.Builder threads() {
        return Thread.ofVirtual();
    }

    /** Senders and receivers with one counter. */
    interface Mesh extends AutoCloseable {

        /**
         * Opens a way to some receivers, for any number of threads.
         *
         * @param to the receivers, none for all
         */
        Port port(int... to);

        /**
         * Reads so many messages, in the calling thread; each is finished when the handler has returned, and published. Who waits
         * for it is woken at the latest at the end of the batch that it came with.
         */
        void read(int receiver, long count, Handler handler) throws InterruptedException;

        /** How far the receiver is. */
        Clock clock(int receiver);

        @Override
        void close();
    }

    /** A way to receivers. */
    interface Port {

        /** Waits for room; the message has its number now or later. */
        void send(Object payload) throws InterruptedException;

        /** Waits for room, and for the number. */
        long dispatch(Object payload) throws InterruptedException;

        /** No more will be sent. */
        default void close() {}
    }

    /** What is done with a message. */
    interface Handler {
        void handle(long number, Object payload);
    }

    /** Tells how far all is finished for a receiver, where it has nothing to do, too. */
    interface Clock {
        long time();

        void waitUntil(long number) throws InterruptedException;
    }
}
