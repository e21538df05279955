/** Programs as a new user writes them, one class each, by the public API alone: what tripped people, and must not. */
package io.github.clockeddispatch.programs;
