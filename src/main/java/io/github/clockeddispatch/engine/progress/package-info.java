/**
 * How far things have come, as structures of numbers alone: the counter ({@code Frontier}), the waits ordered by what they wait for
 * ({@code SequenceHeap}), and the least of many streams ({@code WinnerTree}). They start no thread, take no lock, and know no message.
 */
@NullMarked
package io.github.clockeddispatch.engine.progress;

import org.jspecify.annotations.NullMarked;
