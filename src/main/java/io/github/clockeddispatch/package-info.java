@NullMarked
package io.github.clockeddispatch;

import org.jspecify.annotations.NullMarked;
