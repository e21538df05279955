/**
 * G17 and G14 for everything that is public: each method with each bad input.
 *
 * <p>The rows are in {@link io.github.clockeddispatch.badinput.DispatcherRows},
 * {@link io.github.clockeddispatch.badinput.MergeRows}, {@link io.github.clockeddispatch.badinput.ReceiverRows} (run with
 * both dispatchers) and {@link io.github.clockeddispatch.badinput.ValueRows}; which there must be, {@link
 * io.github.clockeddispatch.badinput.RequiredRows} finds out by reflection.
 */
package io.github.clockeddispatch.badinput;
