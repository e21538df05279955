/** The programs of the simulation, by theme; each checks what must hold in every order of its steps. */
package io.github.clockeddispatch.simulation.scenarios;
