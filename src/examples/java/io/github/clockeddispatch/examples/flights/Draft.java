package io.github.clockeddispatch.examples.flights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that is seen under its name only when it is whole: until published it has another, and closing deletes it. */
final class Draft implements AutoCloseable {
    private final Path target;
    private final Path path;

    Draft(Path target) {
        this.target = target;
        this.path = target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
    }

    Path path() {
        return path;
    }

    void publish() throws IOException {
        Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
