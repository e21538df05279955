package io.github.clockeddispatch.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The backlog against plain lists, with consumers that come later and pass at paces of their own. */
class BacklogProperties {

    /** What has not left, in order. */
    private record Entry(long number, String element, int[] remaining) {}

    @Property
    void isAQueueThatEachConsumerPasses(
            @ForAll @IntRange(min = 1, max = 4) int first,
            @ForAll @Size(max = 300) List<@IntRange(max = 499) Integer> steps) {
        Backlog<String> backlog = new Backlog<>();
        List<Entry> model = new ArrayList<>(); // all that was ever appended
        List<Long> positions = new ArrayList<>(); // of each consumer
        for (int i = 0; i < first; i++) {
            positions.add(0L);
        }
        for (int step : steps) {
            int consumer = step % positions.size();
            switch (step / 100) {
                case 0, 1 -> {
                    long number = model.size() / 2 + 7; // some share a number
                    String element = "m" + model.size();
                    backlog.reserve();
                    backlog.append(number, element, positions.size());
                    model.add(new Entry(number, element, new int[] {positions.size()}));
                }
                case 4 -> {
                    if (positions.size() < 6) {
                        joins(backlog, model, positions, step);
                    }
                }
                default -> passes(backlog, model, positions, consumer, step % 9);
            }
            check(backlog, model);
        }
        for (int consumer = 0; consumer < positions.size(); consumer++) {
            passes(backlog, model, positions, consumer, model.size());
        }
        assertEquals(0, backlog.size());
    }

    /** Another consumer begins where the last elements that are in it begin. */
    private static void joins(Backlog<String> backlog, List<Entry> model, List<Long> positions, int step) {
        long position = backlog.tail() - (backlog.size() == 0 ? 0 : step % (backlog.size() + 1));
        positions.add(position);
        for (; position < backlog.tail(); position++) {
            if (model.get((int) position).remaining[0] == 0) {
                positions.set(positions.size() - 1, position + 1); // who passed it has forgotten it
            }
        }
        for (long shared = positions.getLast(); shared < backlog.tail(); shared++) {
            backlog.share(shared);
            model.get((int) shared).remaining[0]++;
        }
    }

    private static void passes(
            Backlog<String> backlog, List<Entry> model, List<Long> positions, int consumer, int count) {
        for (int i = 0; i < count && positions.get(consumer) < backlog.tail(); i++) {
            long position = positions.get(consumer);
            Entry entry = model.get((int) position);
            assertEquals(entry.number, backlog.number(position));
            assertEquals(entry.element, backlog.element(position));
            entry.remaining[0]--;
            assertEquals(entry.remaining[0] == 0 ? 1 : 0, backlog.pass(position, position + 1));
            positions.set(consumer, position + 1);
        }
    }

    private static void check(Backlog<String> backlog, List<Entry> model) {
        int head = 0;
        while (head < model.size() && model.get(head).remaining[0] == 0) {
            head++;
        }
        assertEquals(head, backlog.head());
        assertEquals(model.size(), backlog.tail());
        assertEquals(model.size() - head, backlog.size());
    }

    @Example
    void forgetsAnElementAsSoonAsAllHavePassedIt() {
        Backlog<String> backlog = new Backlog<>();
        for (int i = 0; i < 3; i++) {
            backlog.reserve();
            backlog.append(i, "m" + i, 1);
        }
        backlog.pass(1, 2);
        assertEquals(3, backlog.size()); // the first one is still before it
        assertThrows(NullPointerException.class, () -> backlog.element(1));
        backlog.pass(0, 1);
        assertEquals(1, backlog.size());
        assertEquals("m2", backlog.element(2));
    }
}
