package io.github.clockeddispatch.engine.recording;

/**
 * How a thread stands that waits in a call.
 *
 * @param waitsFor what it waits for
 * @param heldUpBy the threads that must go on before, as far as that can be told; empty for none
 * @param nanos for how long it has waited
 * @param timed whether it has a limit of time
 * @see "docs/design.md: Flight recorder"
 */
public record WaitSample(
        String dispatcher, String thread, String waitsFor, String heldUpBy, long nanos, boolean timed) {}
