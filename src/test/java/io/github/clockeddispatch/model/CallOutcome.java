package io.github.clockeddispatch.model;

/** What a call comes to that returns no value. */
enum CallOutcome {
    DONE,
    /** Nothing has happened; it may be tried again. */
    BLOCKS,
    /** It gave up: false, an empty result or a time-out. */
    NOTHING,
    CLOSED,
    FAILED,
    /** One of those around, where several are true. */
    GONE,
    ILLEGAL_STATE,
    INTERRUPTED;

    /** Whether this, said by the model, and what was seen are the same. */
    static boolean agree(Object expected, Object seen) {
        return expected.equals(seen) || expected == GONE && (seen == CLOSED || seen == FAILED || seen == ILLEGAL_STATE);
    }
}
