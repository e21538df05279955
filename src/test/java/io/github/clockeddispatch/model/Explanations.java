package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.Outcome.BLOCKS;
import static io.github.clockeddispatch.model.Outcome.INTERRUPTED;
import static io.github.clockeddispatch.model.Outcome.NOTHING;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * All the states in which a dispatcher may be, given what was seen of it: the search of Wing and Gong for a
 * linearization, made in breadth and event by event. Between two events any call under way may take a step, and any pump
 * too. A history that leaves no state is explained by no order of steps.
 */
final class Explanations {

    /**
     * A call under way.
     *
     * @param steps how many steps it has taken
     * @param seen what it will be seen to return, where that is known already; else null
     * @param result what it has come to in this state; null while it goes on
     */
    private record Doing(Call call, int steps, Object seen, Object result) {
        @Override
        public String toString() {
            return call + (result == null ? " after step " + steps : " = " + result);
        }
    }

    private record State(Model model, Map<Integer, Doing> doing) {
        State with(Model changed, int thread, Doing next) {
            Map<Integer, Doing> all = new TreeMap<>(doing);
            if (next == null) {
                all.remove(thread);
            } else {
                all.put(thread, next);
            }
            return new State(changed, all);
        }

        /** What may be next. */
        List<State> successors() {
            List<State> next = new ArrayList<>();
            for (int i = 0; i < model.sources.size(); i++) {
                Source source = model.sources.get(i);
                if (!source.channel.isEmpty()) {
                    pump(i, true, next);
                    if (source.group && !source.waiting && model.isContended(source)) {
                        pump(i, false, next);
                    }
                }
            }
            doing.forEach((thread, doing) -> {
                if (doing.result == null) {
                    steps(thread, doing, next);
                }
            });
            return next;
        }

        private void pump(int source, boolean mayGo, List<State> next) {
            Model changed = model.copy();
            if (changed.pump(changed.sources.get(source), mayGo)) {
                next.add(new State(changed, doing));
            }
        }

        private void steps(int thread, Doing doing, List<State> next) {
            Call call = doing.call;
            Model changed = model.copy();
            Object result = call.step(changed, doing.steps, thread, doing.seen);
            if (result == Call.NEXT) {
                next.add(with(changed, thread, new Doing(call, doing.steps + 1, doing.seen, null)));
            } else if (result != BLOCKS && (doing.seen == null || Outcome.agree(result, doing.seen))) {
                next.add(with(changed, thread, new Doing(call, doing.steps, doing.seen, result)));
            }
            boolean timedOut = result == BLOCKS && call.patience() != Call.Patience.EVER && doing.seen != INTERRUPTED;
            if (timedOut && (doing.seen == null || doing.seen == NOTHING) || doing.seen == INTERRUPTED) {
                Outcome outcome = timedOut ? NOTHING : INTERRUPTED;
                Model withdrawn = model.copy();
                if (call.giveUp(withdrawn, doing.steps)) {
                    next.add(with(withdrawn, thread, new Doing(call, doing.steps, doing.seen, outcome)));
                }
            }
        }

        String key() {
            return model + "\n  calls " + doing;
        }
    }

    private Map<String, State> states = new LinkedHashMap<>();

    Explanations(Model initial) {
        put(states, new State(initial, Map.of()));
    }

    /** Whether something is true in each of the states. */
    boolean always(Predicate<Model> what) {
        return states.values().stream().allMatch(s -> what.test(s.model));
    }

    private static void put(Map<String, State> all, State state) {
        all.putIfAbsent(state.key(), state);
    }

    /** A call is made; {@code seen} is what it will return, or null. */
    void invoked(int thread, Call call, Object seen) {
        Map<String, State> next = new LinkedHashMap<>();
        for (State state : states.values()) {
            put(next, state.with(state.model, thread, new Doing(call, 0, seen, null)));
        }
        states = next;
    }

    /** A call has returned. False, with nothing changed, where that cannot be. */
    boolean returned(int thread, Object seen) {
        grow();
        Map<String, State> next = new LinkedHashMap<>();
        for (State state : states.values()) {
            Object result = state.doing.get(thread).result;
            if (result != null && Outcome.agree(result, seen)) {
                put(next, state.with(state.model, thread, null));
            }
        }
        return replace(next);
    }

    /** Something was seen that holds of the present state. False, with nothing changed, where that cannot be. */
    boolean observed(Predicate<Model> what) {
        grow();
        Map<String, State> next = new LinkedHashMap<>(states);
        next.values().removeIf(state -> !what.test(state.model));
        return replace(next);
    }

    private boolean replace(Map<String, State> next) {
        if (!next.isEmpty()) {
            states = next;
        }
        return !next.isEmpty();
    }

    /** Whether it may be that nothing moves any more. */
    boolean mayBeAtRest(Predicate<Model> what) {
        grow();
        return states.values().stream()
                .anyMatch(s -> what.test(s.model) && s.successors().isEmpty());
    }

    /** Takes in every state that can be reached without another event. */
    private void grow() {
        Deque<State> fresh = new ArrayDeque<>(states.values());
        while (!fresh.isEmpty()) {
            for (State next : fresh.remove().successors()) {
                String key = next.key();
                if (!states.containsKey(key)) {
                    states.put(key, next);
                    fresh.add(next);
                }
            }
        }
    }

    int count() {
        return states.size();
    }

    @Override
    public String toString() {
        return states.keySet().stream().limit(20).collect(Collectors.joining("\n", states.size() + " states:\n", ""));
    }
}
