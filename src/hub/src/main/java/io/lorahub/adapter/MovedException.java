package io.lorahub.adapter;

/** Something that the viewer can see has another name now. */
public final class MovedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String from;
    private final String to;

    /** @param from the former name, as the request has it */
    public MovedException(String from, String to) {
        super("%s is called %s now.".formatted(from, to));
        this.from = from;
        this.to = to;
    }

    String from() {
        return from;
    }

    String to() {
        return to;
    }
}
