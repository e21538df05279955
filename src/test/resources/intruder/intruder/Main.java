package intruder;

import io.github.clockeddispatch.engine.progress.*;

/** Must not compile: the package is not exported. */
public class Main {
    private Main() {}
}
