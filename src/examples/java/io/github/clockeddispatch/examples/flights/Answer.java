package io.github.clockeddispatch.examples.flights;

/**
 * What a passenger was told about a flight that had left.
 *
 * @param staleAtOnce whether the board did not show it when asked at once
 * @param staleWithClock whether it did not show it when asked after the board's clock had reached the flight's number
 */
record Answer(boolean staleAtOnce, boolean staleWithClock) {}
