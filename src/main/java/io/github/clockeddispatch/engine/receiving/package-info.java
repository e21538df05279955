/**
 * What a receiver owns: its inbox, who reads it, its clock and the waits for it, what can reach it, and how it stops. It does not know
 * where numbers come from: what sends reaches it as a {@code Producer}, the sending half of its dispatcher as an {@code Ingress}, and
 * what takes its messages down to a merge as a {@code Downstream}.
 *
 * <p>{@code Core} is what all receivers of a dispatcher have in common; {@code Endpoint} is one of them, with its {@code ReadSide} and
 * {@code ClockWaits}; {@code Inbox} is the kind whose numbers are given here.
 */
@NullMarked
package io.github.clockeddispatch.engine.receiving;

import org.jspecify.annotations.NullMarked;
