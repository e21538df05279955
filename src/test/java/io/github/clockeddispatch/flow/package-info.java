/**
 * Receivers as publishers and senders as subscribers of {@code java.util.concurrent.Flow}: clause by clause, and by the Reactive
 * Streams TCK, which {@link io.github.clockeddispatch.flow.TckTest} runs.
 */
package io.github.clockeddispatch.flow;
