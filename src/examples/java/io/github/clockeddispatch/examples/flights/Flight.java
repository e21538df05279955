package io.github.clockeddispatch.examples.flights;

import java.time.LocalDateTime;

/**
 * A departure.
 *
 * @param line the line of the file that it came from, which identifies it
 * @param scheduled when it should have left, by the clock of its origin
 * @param delayMinutes how late it was; negative where it was early
 * @param distanceMiles how far it went
 * @param origin where it came from
 * @param destination where it went
 */
record Flight(
        int line, LocalDateTime scheduled, int delayMinutes, int distanceMiles, Airport origin, Airport destination) {}
