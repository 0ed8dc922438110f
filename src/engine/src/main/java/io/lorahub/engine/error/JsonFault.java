package io.lorahub.engine.error;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Describes a JSON error without the parser's internal names, which mean nothing to the reader of the file. */
public final class JsonFault {

    private JsonFault() {}

    /** Formats the error as "line 3, column 5: what is wrong", without a full stop. */
    public static String of(JsonProcessingException e) {
        return place(e) + words(e);
    }

    /** Describes the error without its position. */
    public static String words(JsonProcessingException e) {
        String message = e.getOriginalMessage().replaceAll("(?s)\\s*\\R.*", "");
        if (message.startsWith("Trailing token")) return "something follows the end of the JSON value";
        return message.replaceAll("\\s*\\((start marker|for [^()]*starting) at \\[Source:[^\\]]*\\]\\)", "")
                .replaceAll("\\s*(at )?\\[Source:[^\\]]*\\]", "")
                .replaceAll(", from `[^`]*`", "")
                .replaceAll(": (enable|not allowed as per) `[^`]*`( to allow)?", "");
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null || e.getLocation().getLineNr() < 1
                ? ""
                : "line %d, column %d: "
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }
}
