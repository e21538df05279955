/**
 * What the tests and the documentation of the Rust crate clocked-dispatch 4.0.2 show, one test here for each test or example
 * there; its name there is the display name, {@code lib.rs tests::…} or {@code lib.rs docs, …}. Where this library differs on
 * purpose, the test shows the difference, and says so with "there … here …".
 */
package io.github.clockeddispatch.parity;
