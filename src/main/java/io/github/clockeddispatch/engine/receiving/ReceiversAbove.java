package io.github.clockeddispatch.engine.receiving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The receivers from which something can get to others, by any number of links.
 *
 * @see "docs/design.md: The merge, Ends"
 */
public final class ReceiversAbove {
    private ReceiversAbove() {}

    /**
     * Returns these receivers, and all from which something can get there, but nothing above one that has stopped. Each comes after those
     * above it, as messages go.
     */
    public static Set<Endpoint<?>> with(Collection<? extends Endpoint<?>> lowest) {
        Set<Endpoint<?>> all = new LinkedHashSet<>();
        Set<Endpoint<?>> begun = new HashSet<>();
        Deque<Endpoint<?>> path = new ArrayDeque<>(lowest);
        while (!path.isEmpty()) {
            Endpoint<?> next = path.element();
            if (begun.add(next)) {
                if (next.stop == null) {
                    List<Endpoint<?>> above = new ArrayList<>();
                    next.addAbove(above);
                    above.forEach(path::push);
                }
            } else {
                path.pop();
                all.add(next);
            }
        }
        return all;
    }
}
