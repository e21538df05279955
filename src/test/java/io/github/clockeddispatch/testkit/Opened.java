package io.github.clockeddispatch.testkit;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Snapshot;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A dispatcher of either kind, as far as the kit needs it.
 *
 * @param oneCounter whether all its receivers stand at one counter; in a merge each has a bound of its own
 */
record Opened(
        boolean oneCounter,
        Supplier<Snapshot> snapshot,
        LongSupplier sequence,
        Consumer<Throwable> failing,
        Runnable closing) {

    static Opened of(Dispatcher<?> dispatcher) {
        return new Opened(true, dispatcher::snapshot, dispatcher::sequence, dispatcher::fail, dispatcher::close);
    }

    static Opened of(ForwardingDispatcher<?> merge) {
        return new Opened(false, merge::snapshot, merge::sequence, merge::fail, merge::close);
    }

    void close() {
        closing.run();
    }

    void fail() {
        failing.accept(new Abandoned());
    }

    /** Stops it, though it may still hold something, and its close would say so. */
    void abandon() {
        fail();
        try {
            close();
        } catch (DispatchException e) {
            // as it should
        }
    }

    /** Why an abandoned dispatcher stops. */
    private static final class Abandoned extends Exception {
        private static final long serialVersionUID = 1;
    }
}
