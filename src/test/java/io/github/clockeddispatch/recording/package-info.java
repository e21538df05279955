/** What the JDK's flight recorder is told: each event with its fields, and that it can be had from outside of a process. */
package io.github.clockeddispatch.recording;
