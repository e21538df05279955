package io.github.clockeddispatch.structured;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Sees that no virtual thread is left. */
public final class VirtualThreads {

    private static final Pattern HEAD = Pattern.compile("^#(\\d+) \"[^\"\n]*\" virtual.*$", Pattern.MULTILINE);

    private VirtualThreads() {}

    /** Threads that are made from now on have greater identifiers than this. */
    public static long mark() {
        return Thread.ofVirtual().unstarted(() -> {}).threadId();
    }

    /** Waits until no virtual thread lives that was made since then. */
    public static void awaitNoneSince(long mark) {
        Awaitility.await().pollInSameThread().until(() -> since(mark), List::isEmpty);
    }

    private static List<String> since(long mark) {
        return HEAD.matcher(dump())
                .results()
                .filter(head -> Long.parseLong(head.group(1)) > mark)
                .map(MatchResult::group)
                .toList();
    }

    /** All threads, also those that are not virtual, with their stacks. */
    public static String dump() {
        try {
            Path directory = Files.createTempDirectory("threads");
            Path file = directory.resolve("dump.txt"); // must not exist yet
            try {
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                        .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
                return Files.readString(file);
            } finally {
                Files.deleteIfExists(file);
                Files.delete(directory);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
