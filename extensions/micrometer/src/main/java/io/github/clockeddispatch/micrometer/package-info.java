/**
 * The state of dispatchers as Micrometer meters: {@link io.github.clockeddispatch.micrometer.DispatcherMetrics}.
 */
@NullMarked
package io.github.clockeddispatch.micrometer;

import org.jspecify.annotations.NullMarked;
