/**
 * Where numbers are given: channels, the pumps that empty them, the routes to the inboxes, and the {@code Sequencer}, which gives the
 * numbers. Above it are seen only the {@code Sequencer} and the {@code SendPort} of a sender.
 */
@NullMarked
package io.github.clockeddispatch.engine.sending;

import org.jspecify.annotations.NullMarked;
