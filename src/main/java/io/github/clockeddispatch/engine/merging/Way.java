package io.github.clockeddispatch.engine.merging;

/**
 * The lane of a source to a receiver.
 *
 * @see "docs/design.md: The merge"
 */
final class Way<T> extends Lane<T> {
    final MergeInput<T> source;
    final MergeGate<T> to;

    /** Makes one with nothing on it, whose first message is to stand at a position. */
    Way(MergeInput<T> source, MergeGate<T> to, long start) {
        super(source, start);
        this.source = source;
        this.to = to;
    }
}
