package io.github.clockeddispatch.engine.waiting;

import java.util.List;
import java.util.Map;

/**
 * The messages that one sender had accepted and nobody will be given, for the exception that {@code close} throws.
 *
 * @param messages how many messages
 * @param where where they stood, or why they were given up
 * @see "docs/design.md: Ends"
 */
public record Loss(long messages, String where) {

    /** Adds the loss of a later sender of the same name. */
    public Loss and(Loss later) {
        return new Loss(messages + later.messages, later.where);
    }

    /** Returns a text for each, by what its sender is called. */
    public static List<String> describe(Map<String, Loss> losses) {
        return losses.entrySet().stream()
                .map(loss -> loss.getValue().describe(loss.getKey()))
                .toList();
    }

    private String describe(String sender) {
        return messages + (messages == 1 ? " message of " : " messages of ") + sender
                + (messages == 1 ? " was" : " were") + " not delivered (" + where + ")";
    }
}
