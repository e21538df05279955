package io.github.clockeddispatch.testkit;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Fails each test that leaves a thread behind, virtual or not. It is found through {@code META-INF/services}, and so comes
 * before all other extensions: its last word is after theirs.
 */
public final class NothingLeaks implements BeforeEachCallback, AfterEachCallback {
    /** The configuration parameter for how many milliseconds a thread that was told to end may take for it. */
    static final String PATIENCE = "testkit.patience";

    @Override
    public void beforeEach(ExtensionContext context) {
        context.getStore(Namespace.create(NothingLeaks.class)).put("mark", LiveThreads.mark());
    }

    @Override
    public void afterEach(ExtensionContext context) {
        long mark = context.getStore(Namespace.create(NothingLeaks.class)).get("mark", long.class);
        long patience =
                context.getConfigurationParameter(PATIENCE, Long::valueOf).orElse(5_000L);
        check(mark, Duration.ofMillis(patience));
    }

    /** Fails if threads that were made after the mark are alive and stay so. */
    static void check(long mark, Duration patience) {
        if (!Await.holdsWithin(patience, () -> LiveThreads.since(mark).isEmpty())) {
            List<LiveThreads.Live> left = LiveThreads.since(mark);
            if (!left.isEmpty()) {
                throw new AssertionError(left.size() + " threads are left:\n"
                        + left.stream().map(LiveThreads.Live::text).collect(Collectors.joining("\n\n")));
            }
        }
    }
}
