/** What the library promises when something goes wrong that is not its fault: the table is in {@code docs/faults.md}. */
package io.github.clockeddispatch.faults;
