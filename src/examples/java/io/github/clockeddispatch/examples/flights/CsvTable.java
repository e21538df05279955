package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads a small table of comma-separated values strictly: the header must be the one expected, no line may be blank. */
final class CsvTable {
    private final String file;
    private final BufferedReader reader;
    private final int columns;

    /** The number of the line read last, from 1. */
    private int line;

    CsvTable(String file, BufferedReader reader, String header) throws IOException, InputException {
        this.file = file;
        this.reader = reader;
        this.columns = header.split(",").length;
        String first = reader.readLine();
        line = 1;
        if (first == null) {
            throw new InputException(file, "empty, where the header \"" + header + "\" was expected");
        }
        if (!first.equals(header)) {
            throw problem("expected the header \"" + header + "\" but found " + InputException.quote(first));
        }
    }

    /** The fields of the next line; none at the end of the file. */
    List<String> next() throws IOException, InputException {
        String text = reader.readLine();
        if (text == null) {
            return List.of();
        }
        line++;
        List<String> fields = split(text);
        if (fields.size() != columns) {
            throw problem(
                    "expected " + columns + " fields but found " + fields.size() + ": " + InputException.quote(text));
        }
        return fields;
    }

    int line() {
        return line;
    }

    /** What is wrong with the line read last. */
    InputException problem(String what) {
        return new InputException(file, line, what);
    }

    private List<String> split(String text) throws InputException {
        List<String> fields = new ArrayList<>();
        StringBuilder field = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(c);
            }
        }
        if (quoted) {
            throw problem("a quotation mark is not closed: " + InputException.quote(text));
        }
        fields.add(field.toString());
        return fields;
    }
}
