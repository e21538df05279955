package io.github.clockeddispatch.examples.flights;

/** What was given cannot be used. The message is one line that says where, and what is wrong. */
final class InputException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_QUOTE = 60;

    InputException(String file, String problem) {
        super(file + ": " + problem);
    }

    InputException(String file, int line, String problem) {
        super(file + ":" + line + ": " + problem);
    }

    /** The text in quotes, on one line and not too long, whatever is in it. */
    static String quote(String text) {
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "...";
        return '"' + shown.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
