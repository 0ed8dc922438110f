package io.lorahub.engine.checkpoint;

/** What is wrong inside a file, as the rest of a sentence; whoever opened the file adds its path. */
final class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedException(String reason) {
        super(reason);
    }

    /** A text from a file as it may stand in a message: short, and without characters that confuse a terminal. */
    static String quoted(String text) {
        String clipped = text.length() <= 200 ? text : text.substring(0, 200) + "…";
        return '"' + clipped.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
