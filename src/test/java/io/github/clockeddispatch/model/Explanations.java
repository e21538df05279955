package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.BLOCKS;
import static io.github.clockeddispatch.model.CallOutcome.INTERRUPTED;
import static io.github.clockeddispatch.model.CallOutcome.NOTHING;

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
     * @param interrupted whether it was interrupted, where that is not known
     * @param result what it has come to in this state; null while it goes on
     */
    private record Doing(Call call, int steps, Object seen, boolean interrupted, Object result) {
        Doing to(int steps, Object result) {
            return new Doing(call, steps, seen, interrupted, result);
        }

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

        boolean isAtRest() {
            return doing.values().stream().allMatch(d -> d.result == null)
                    && successors().isEmpty();
        }

        private void pump(int source, boolean mayGo, List<State> next) {
            Model changed = model.copy();
            if (changed.pump(changed.sources.get(source), mayGo)) {
                next.add(new State(changed, doing));
            }
        }

        private void steps(int thread, Doing doing, List<State> next) {
            Call call = doing.call;
            Object seen = doing.seen;
            Model changed = model.copy();
            Object result = call.step(changed, doing.steps, thread, seen);
            if (result == Call.NEXT) {
                next.add(with(changed, thread, doing.to(doing.steps + 1, null)));
            } else if (result != BLOCKS && (seen == null || CallOutcome.agree(result, seen))) {
                next.add(with(changed, thread, doing.to(doing.steps, result)));
            }
            if (result == BLOCKS && call.patience() != Call.Patience.EVER && (seen == null || seen == NOTHING)) {
                giveUp(thread, doing, NOTHING, next);
            }
            if (seen == null ? doing.interrupted : seen == INTERRUPTED) {
                giveUp(thread, doing, INTERRUPTED, next);
            }
        }

        private void giveUp(int thread, Doing doing, CallOutcome outcome, List<State> next) {
            Model withdrawn = model.copy();
            if (doing.call.giveUp(withdrawn, doing.steps)) {
                next.add(with(withdrawn, thread, doing.to(doing.steps, outcome)));
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

    /** A call is made; {@code seen} is what it will return, or null, and then it may have been interrupted. */
    void invoked(int thread, Call call, Object seen, boolean interrupted) {
        Map<String, State> next = new LinkedHashMap<>();
        for (State state : states.values()) {
            put(next, state.with(state.model, thread, new Doing(call, 0, seen, interrupted, null)));
        }
        states = next;
    }

    /** A call has returned. False, with nothing changed, where that cannot be. */
    boolean returned(int thread, Object seen) {
        grow();
        Map<String, State> next = new LinkedHashMap<>();
        for (State state : states.values()) {
            Doing done = state.doing.get(thread);
            if (done.result != null && CallOutcome.agree(done.result, seen)) {
                Model model = state.model.copy();
                done.call.forget(model);
                put(next, state.with(model, thread, null));
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

    /** Whether it may be that nothing moves any more: whatever call is under way waits for what has not come. */
    boolean mayBeAtRest(Predicate<Model> what) {
        grow();
        return states.values().stream().anyMatch(s -> what.test(s.model) && s.isAtRest());
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
