package io.github.clockeddispatch.engine.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who is told of the frontier's rise, and when. */
class FrontierTest {

    private final Frontier frontier = new Frontier(0);
    private final List<String> told = new ArrayList<>();

    private Frontier.Watcher watcher(String name) {
        return new Frontier.Watcher() {
            @Override
            public void reached() {
                told.add(name);
            }
        };
    }

    @Test
    void tellsThoseWhoseNumberIsReachedOnce() {
        frontier.watch(watcher("five"), 5);
        frontier.watch(watcher("two"), 2);
        frontier.publish(1);
        frontier.tell();
        assertEquals(List.of(), told);
        frontier.publish(3);
        assertEquals(List.of(), told);
        frontier.tell();
        assertEquals(List.of("two"), told);
        frontier.publish(7);
        frontier.tell();
        frontier.tell();
        assertEquals(List.of("two", "five"), told);
    }

    @Test
    void aWatcherHasOneNumberAndCanGiveUp() {
        Frontier.Watcher watcher = watcher("a");
        frontier.watch(watcher, 5);
        frontier.watch(watcher, 9);
        frontier.publish(6);
        frontier.tell();
        assertEquals(List.of(), told);
        frontier.watch(watcher, Long.MAX_VALUE);
        frontier.publish(20);
        frontier.tell();
        assertEquals(List.of(), told);
    }

    @Test
    void atTheEndItTellsAll() {
        frontier.watch(watcher("a"), 5);
        frontier.watch(watcher("b"), 6);
        frontier.end();
        assertEquals(List.of("a", "b"), told);
    }
}
