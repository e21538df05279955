/**
 * Whole dispatchers under a scheduler whose every decision comes from a seed: docs/maintainers/simulation.md.
 *
 * <p>{@link io.github.clockeddispatch.simulation.Launcher} starts a JVM of its own with {@link
 * io.github.clockeddispatch.simulation.Simulation} in it, which runs the programs of {@code scenarios}, one after the other, each with
 * one {@link io.github.clockeddispatch.simulation.Scheduler}.
 */
package io.github.clockeddispatch.simulation;
