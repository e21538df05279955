package io.github.clockeddispatch.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How busy the machine was with other things: from Linux' {@code /proc}, where there is one. */
final class Load {
    private static final Path ALL = Path.of("/proc/stat");
    private static final Path OWN = Path.of("/proc/self/stat");

    private final long busy;
    private final long total;
    private final long own;

    private Load(long busy, long total, long own) {
        this.busy = busy;
        this.total = total;
        this.own = own;
    }

    /** Where the counters stand now. */
    static Load now() {
        if (!Files.exists(ALL)) {
            return new Load(0, 0, 0);
        }
        try {
            String[] all = Files.readString(ALL).lines().findFirst().orElse("").split(" +");
            long total = 0;
            for (int i = 1; i <= 8; i++) {
                total += Long.parseLong(all[i]);
            }
            long idle = Long.parseLong(all[4]) + Long.parseLong(all[5]);
            String stat = Files.readString(OWN);
            String[] own = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return new Load(total - idle, total, Long.parseLong(own[11]) + Long.parseLong(own[12]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The share of all processors, from 0 to 1, that others have used since; what a hypervisor took is theirs too. */
    double ofOthersSince(Load before) {
        long time = total - before.total;
        long others = busy - before.busy - (own - before.own);
        return time == 0 ? 0 : Math.clamp((double) others / time, 0, 1);
    }

    /** The processor time of this process since, in nanoseconds; in steps of 10 ms. */
    long ownNanosSince(Load before) {
        return (own - before.own) * 10_000_000;
    }
}
