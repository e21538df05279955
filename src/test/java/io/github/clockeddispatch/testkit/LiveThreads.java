package io.github.clockeddispatch.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All threads that live now. {@link Thread#getAllStackTraces()} knows no virtual threads, so they are read from a dump of
 * the virtual machine.
 */
public final class LiveThreads {
    /** How a thread begins in a dump: its identifier, its name, and whether it is virtual. */
    private static final Pattern HEAD = Pattern.compile("#(\\d+) \"(.*)\"( virtual)?.*");

    /** Threads that the virtual machine and the tools start when they like and keep for themselves. */
    private static final Pattern FOREIGN =
            Pattern.compile("ForkJoinPool.*|VirtualThread-un.*|CompletableFutureDelayScheduler.*"
                    + "|.*Cleaner.*|process reaper.*|Attach Listener|JFR .*|Signal Dispatcher|Notification Thread|surefire-.*"
                    + "|ping-.*|junit-.*|awaitility.*|RMI .*|C\\d CompilerThread.*|idle-timeout-task");

    /**
     * A thread that was alive when the dump was made.
     *
     * @param id its {@link Thread#threadId()}; later threads have greater ones
     * @param text its part of the dump: identifier, name, kind and stack
     */
    public record Live(long id, String name, boolean virtual, String text) {}

    private LiveThreads() {}

    /** Every thread that is made after this call has an identifier above the returned one. */
    public static long mark() {
        return Thread.ofVirtual().unstarted(() -> {}).threadId();
    }

    /** The living threads that were made after the mark, without those of the virtual machine and of the tools. */
    public static List<Live> since(long mark) {
        List<Live> found = new ArrayList<>();
        for (String text : dump().split("\\R\\R")) {
            parse(text)
                    .filter(live ->
                            live.id > mark && !FOREIGN.matcher(live.name).matches())
                    .ifPresent(found::add);
        }
        return found;
    }

    /** All threads with their stacks, virtual ones too. */
    public static String dump() {
        try {
            Path directory = Files.createTempDirectory("threads");
            Path file = directory.resolve("dump.txt");
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

    private static Optional<Live> parse(String text) {
        Matcher head = HEAD.matcher(text.strip().lines().findFirst().orElse(""));
        return head.matches()
                ? Optional.of(
                        new Live(Long.parseLong(head.group(1)), head.group(2), head.group(3) != null, text.strip()))
                : Optional.empty();
    }
}
