/**
 * What the JDK's flight recorder is told: the events, and a {@code Recorder} through which the engine speaks to them. Where the
 * {@code jdk.jfr} module is not there, or nobody has ever recorded, that does nothing, and no class is loaded that needs the module.
 */
@NullMarked
package io.github.clockeddispatch.engine.recording;

import org.jspecify.annotations.NullMarked;
