module consumer {
    requires io.github.clockeddispatch.micrometer;
}
