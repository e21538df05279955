package io.github.clockeddispatch.testkit;

/** What kind of dispatcher a test is run over. */
public enum Over {
    DISPATCHER,
    MERGE
}
