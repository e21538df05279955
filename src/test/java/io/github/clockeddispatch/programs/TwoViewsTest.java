package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A request that reads its own write from two views. */
class TwoViewsTest {

    @Test
    @DisplayName(
            "a request waits for two views, by the sender's clock or by a clock of both, and finds its write in both")
    void waitsForBoth() throws Exception {
        Map<Integer, Long> cache = new ConcurrentHashMap<>();
        Set<Integer> index = ConcurrentHashMap.newKeySet();
        try (Dispatcher<Integer> dispatcher = Dispatcher.open();
                var requests = Executors.newVirtualThreadPerTaskExecutor()) {
            Receiver<Integer> toCache = dispatcher.receiver("cache");
            Receiver<Integer> toIndex = dispatcher.receiver("index");
            Receiver<Integer> aside = dispatcher.receiver("aside"); // nobody reads it, and nobody here waits for it
            dispatcher.sender("aside", aside).send(-1);
            dispatcher.read(toCache, (sequence, id) -> cache.put(id, sequence));
            dispatcher.read(toIndex, (sequence, id) -> {
                Thread.yield(); // the slower one
                index.add(id);
            });
            Sender<Integer> desk = dispatcher.sender("desk", toCache, toIndex);
            LogicalClock both = LogicalClock.allOf(toCache.clock(), toIndex.clock());

            List<Future<Boolean>> answers = new ArrayList<>();
            for (int request = 0; request < 200; request++) {
                int id = request;
                answers.add(requests.submit(() -> {
                    long number = desk.dispatch(id);
                    (id % 2 == 0 ? both : desk.clock()).waitUntil(number);
                    return cache.get(id) == number && index.contains(id);
                }));
            }
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            assertThat(aside.clock().time()).isLessThan(both.time());
            aside.discard();
        }
    }
}
