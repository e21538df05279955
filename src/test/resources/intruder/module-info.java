module intruder {
    requires io.github.clockeddispatch;
}
