package io.github.clockeddispatch.engine.recording;

/**
 * How a sender stands, a forwarder, or a link.
 *
 * @param kind which of these it is
 * @param state where it is in its life
 * @param capacity of its channel or buffer
 * @param queued how many messages are in there
 * @param blocked how many threads wait for room there
 * @param blockedNanos for how long it has waited for room at a receiver; 0 where it does not
 * @param waitsFor the receivers without room; empty for none
 * @param promise what a forwarder or a link has promised; 0 for a sender
 * @see "docs/design.md: Flight recorder"
 */
public record SenderSample(
        String dispatcher,
        String name,
        String kind,
        String state,
        int capacity,
        int queued,
        int blocked,
        long blockedNanos,
        String waitsFor,
        long promise) {}
