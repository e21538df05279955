/** The programs of the simulation, by theme; what must hold in every order of their steps is checked in the midst of them. */
package io.github.clockeddispatch.simulation.scenarios;
