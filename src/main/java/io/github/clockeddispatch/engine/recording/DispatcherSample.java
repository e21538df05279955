package io.github.clockeddispatch.engine.recording;

/**
 * How a dispatcher stands.
 *
 * @param sequence the greatest number given
 * @param receivers how many receivers there are
 * @param unfinished how many of them have something unfinished
 * @param failed how many of them have failed
 * @param senders how many senders there are
 * @see "docs/design.md: Flight recorder"
 */
public record DispatcherSample(String name, long sequence, int receivers, int unfinished, int failed, int senders) {}
