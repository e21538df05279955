/**
 * The state of dispatchers as Micrometer meters.
 *
 * @see io.github.clockeddispatch.micrometer.DispatcherMetrics
 */
module io.github.clockeddispatch.micrometer {
    requires transitive io.github.clockeddispatch;
    requires transitive micrometer.core;
    requires static org.jspecify;

    exports io.github.clockeddispatch.micrometer;
}
