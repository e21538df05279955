package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.NumberHeap;
import io.github.clockeddispatch.progress.PromiseSet;
import org.jspecify.annotations.Nullable;

/**
 * The way from one source's buffer to one receiver: how far the receiver has got in there. Written under the hub's lock.
 *
 * <p>While it has something to give it stands in its {@link Gate}'s heap at the number of that, and, among those with the
 * same number, in the order in which the sources have joined. Its promise stands in the gate's other heap for as long as
 * the source is open.
 */
final class Lane<T> extends NumberHeap.Node {

    final Source<T> source;
    final Gate<T> gate;

    /** The position in the source's buffer of what comes next here. The forwarder's thread reads it without the lock. */
    volatile long position;

    /** Whether its gate is to look at it. Set with the word seized, cleared by the gate before it looks. */
    volatile boolean isNews;

    /** The one that became news before it; while it is news. */
    @Nullable
    Lane<T> olderNews;

    /** What stands there or behind will not be given. */
    long end = Long.MAX_VALUE;

    final Promise promise = new Promise();

    Lane(Source<T> source, Gate<T> gate, long position) {
        super(0, source.order());
        this.source = source;
        this.gate = gate;
        this.position = position;
    }

    /** What its source promises. */
    final class Promise extends PromiseSet.Promise {
        Source<T> source() {
            return source;
        }

        @Override
        protected long current() {
            long promised = source.promised();
            gate.look(Lane.this); // what is put before it is promised is seen after that
            return promised;
        }
    }
}
