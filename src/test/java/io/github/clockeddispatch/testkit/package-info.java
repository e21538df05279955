/**
 * What the contract's tests are made of.
 *
 * <ul>
 *   <li>{@link io.github.clockeddispatch.testkit.ContractTest} runs a test over a matrix of kinds of dispatchers, capacities,
 *       kinds of threads and pump executors; each run is given a {@link io.github.clockeddispatch.testkit.Setup} that makes the
 *       dispatchers and threads, and closes, joins and checks them afterwards.
 *   <li>{@link io.github.clockeddispatch.testkit.NothingLeaks} is registered for every test of this project and fails the
 *       one that leaves a thread behind.
 *   <li>{@link io.github.clockeddispatch.testkit.Await} waits for conditions. No test sleeps.
 * </ul>
 */
package io.github.clockeddispatch.testkit;
