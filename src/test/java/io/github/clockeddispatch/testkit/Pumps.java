package io.github.clockeddispatch.testkit;

/** Where the pumps run. */
public enum Pumps {
    /** On virtual threads of the dispatcher's own. */
    OWN,
    /** On an executor that the test gives, which runs each on a platform thread. */
    GIVEN
}
