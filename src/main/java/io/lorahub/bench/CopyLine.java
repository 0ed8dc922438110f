package io.lorahub.bench;

import java.util.List;

/** A row in the text format of PostgreSQL's COPY. */
final class CopyLine {

    private final StringBuilder line = new StringBuilder();

    CopyLine add(Object value) {
        if (line.length() > 0) line.append('\t');
        line.append(escaped(value.toString()));
        return this;
    }

    /** An array; its values must hold no quotes and no backslashes. */
    CopyLine add(List<String> values) {
        StringBuilder array = new StringBuilder("{");
        for (String value : values) {
            if (array.length() > 1) array.append(',');
            array.append('"').append(value).append('"');
        }
        return add(array.append('}'));
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    String text() {
        return line.append('\n').toString();
    }
}
