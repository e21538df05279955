package io.github.clockeddispatch.simulation;

/** A small program, and what must hold in every order of its steps. It must end by itself. */
@FunctionalInterface
public interface Scenario {
    void run(Life life) throws Exception;
}
