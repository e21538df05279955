package io.github.clockeddispatch.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The least promise against a plain list: adding, taking out, rising, asking. */
class PromiseSetProperties {

    private static final class Promise extends PromiseSet.Promise {
        private long value;
        private int reads;

        Promise(long value) {
            this.value = value;
        }

        @Override
        protected long current() {
            reads++;
            return value;
        }
    }

    @Property
    void theLeastIsExactAsFarAsItMatters(@ForAll @Size(max = 200) List<@IntRange(max = 499) Integer> steps) {
        PromiseSet<Promise> set = new PromiseSet<>();
        List<Promise> model = new ArrayList<>();
        for (int step : steps) {
            int number = step % 50;
            Promise chosen = model.isEmpty() ? null : model.get(number % model.size());
            switch (step / 100) {
                case 0 -> {
                    Promise promise = new Promise(number);
                    set.add(promise);
                    model.add(promise);
                }
                case 1 -> {
                    if (chosen != null) {
                        assertTrue(set.remove(chosen));
                        assertFalse(set.remove(chosen));
                        model.remove(chosen);
                    }
                }
                case 2 -> {
                    if (chosen != null) {
                        chosen.value += number; // and tells nobody
                    }
                }
                default -> check(set, model, number);
            }
            assertEquals(model.isEmpty(), set.isEmpty());
        }
        assertEquals(least(model), set.least(Long.MAX_VALUE));
    }

    private static void check(PromiseSet<Promise> set, List<Promise> model, long number) {
        long told = set.least(number);
        long least = least(model);
        assertTrue(told <= least, () -> "says " + told + " where the least is " + least);
        assertEquals(least < number, told < number);
        if (told < number) {
            assertEquals(least, told);
            assertEquals(least, set.first().value);
        }
    }

    private static long least(List<Promise> model) {
        return model.stream().mapToLong(promise -> promise.value).min().orElse(Long.MAX_VALUE);
    }

    @Example
    void readsOnlyWhatStandsInTheWay() {
        PromiseSet<Promise> set = new PromiseSet<>();
        Promise low = new Promise(1);
        Promise high = new Promise(10);
        set.add(low);
        set.add(high);
        low.reads = 0;
        high.reads = 0;
        assertEquals(1, set.least(5));
        assertEquals(1, set.least(1));
        low.value = 7;
        high.value = 20;

        assertEquals(7, set.least(5));
        assertEquals(0, high.reads);
        assertEquals(2, low.reads);
        assertEquals(7, set.least(Long.MAX_VALUE));
        assertEquals(0, high.reads); // 10 as it was read last is above 7
        low.value = 30;
        assertEquals(20, set.least(Long.MAX_VALUE));
        assertEquals(high, set.first());
    }

    @Example
    void anEmptyOneHoldsNobodyUp() {
        PromiseSet<Promise> set = new PromiseSet<>();
        assertEquals(Long.MAX_VALUE, set.least(Long.MAX_VALUE));
        assertThrows(NoSuchElementException.class, set::first);
    }
}
