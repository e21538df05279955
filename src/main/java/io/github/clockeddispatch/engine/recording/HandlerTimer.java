package io.github.clockeddispatch.engine.recording;

/**
 * The timer of what a reader does with messages. It times calls of the handler in rows, as to look at the time takes longer than a short
 * call: a row is one call long as long as these take their time, and grows while all of it is short. So what is slow is timed alone, unless
 * it comes in the midst of what is fast, and then with those that were called before and after it. A row ends before the reader waits.
 * Called by the reader.
 *
 * @see "docs/design.md: Flight recorder"
 */
public final class HandlerTimer {

    /** What is recorded of a row. */
    interface Row {
        void begin();

        void end(long first, long last, long messages);
    }

    /** How many calls a row has at most. */
    static final int LONGEST = 256;

    /** What takes less than this, in nanoseconds, is to be twice as long: to look at the time four times takes some hundredth of it. */
    static final long SHORT = 8_000;

    /** What takes longer than this, in nanoseconds, is followed by a row of one call. */
    static final long LONG = 64_000;

    private final Row row;

    /** How many calls the next row has. */
    private int calls = 1;

    private int left;
    private long first;
    private long more;
    private long begin;

    HandlerTimer(Row row) {
        this.row = row;
    }

    /** A row begins with a call of the handler for this message. */
    public void begin(long sequence) {
        first = sequence;
        left = calls;
        more = 0;
        row.begin();
        begin = System.nanoTime();
    }

    /**
     * A call has returned.
     *
     * @return whether the row is to {@linkplain #end end}
     */
    public boolean called() {
        return --left == 0;
    }

    /** The call that has returned was for so many more messages than one. */
    public void more(int handled) {
        more += handled;
    }

    /**
     * The row ends.
     *
     * @param last the last message that was handled, or was to be
     */
    public void end(long last) {
        long nanos = System.nanoTime() - begin;
        row.end(first, last, calls - left + more);
        if (nanos > LONG) {
            calls = 1;
        } else if (nanos < SHORT && left == 0) {
            calls = Math.min(2 * calls, LONGEST);
        }
    }
}
