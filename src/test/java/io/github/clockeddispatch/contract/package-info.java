/** The tests of the contract, one class for each guarantee. */
package io.github.clockeddispatch.contract;
