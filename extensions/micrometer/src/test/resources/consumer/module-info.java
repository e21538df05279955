module consumer {
    requires io.github.clockeddispatch.micrometer;

    exports consumer;
}
