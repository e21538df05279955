package io.github.clockeddispatch.bench;

/**
 * One way to merge streams of numbered messages in the order of their numbers, each message only when all sources have promised
 * that nothing lower will come.
 */
public interface Merging {

    /**
     * Makes one.
     *
     * @param sources how many streams
     * @param capacity of the buffer of each
     */
    Funnel open(int sources, int capacity);

    /** Sources, and one reader. */
    interface Funnel extends AutoCloseable {
        /** For the thread of a source: a message, rising. */
        void forward(int source, long number, Object payload) throws InterruptedException;

        /** For the thread of a source: nothing at or below the number will come any more. */
        void advance(int source, long number) throws InterruptedException;

        /** For the thread of a source: nothing will come any more. */
        void end(int source) throws InterruptedException;

        /** Reads until all sources have ended; each message is finished when the handler has returned, and published. */
        void read(Contestant.Handler handler) throws InterruptedException;

        /** How far all is finished. */
        long time();

        @Override
        void close();
    }
}
