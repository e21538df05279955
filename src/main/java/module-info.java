/**
 * Bounded channels with one shared counter, and clocks that tell how far every view has come.
 *
 * @see io.github.clockeddispatch.Dispatcher
 */
module io.github.clockeddispatch {
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.github.clockeddispatch;
}
