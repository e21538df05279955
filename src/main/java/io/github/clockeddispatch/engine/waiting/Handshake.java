package io.github.clockeddispatch.engine.waiting;

import java.lang.invoke.VarHandle;

/**
 * The arm-and-recheck handshake, by which one who wants to be notified of progress, and one who makes progress without a lock,
 * never miss each other.
 *
 * <pre>
 *  who waits                          who makes progress
 *    arms: writes what is wanted        writes the progress
 *    armed()                            progressed()
 *    looks whether it is there          looks whether somebody has armed
 * </pre>
 *
 * One of the two sees what the other has written. Where one side writes by a volatile write or a compare-and-set, that is its fence. The
 * idea is Dekker's, in E. W. Dijkstra, <i>Cooperating Sequential Processes</i>, 1965, section 2.1. Both sides need a fence:
 * {@code jcstress.Handshakes} shows what is lost where one is left out.
 *
 * @see "docs/design.md: Waits"
 */
public final class Handshake {
    private Handshake() {}

    /** Has the recheck see all progress that was made by those who have not seen what was armed. */
    public static void armed() {
        VarHandle.fullFence();
    }

    /** Has the look see all that was armed by those who have not seen the progress. */
    public static void progressed() {
        VarHandle.fullFence();
    }
}
