package io.lorahub.moderation;

import io.lorahub.web.ProblemException;

/**
 * A text that a person writes.
 *
 * @param limit in characters
 */
record TextRule(String name, int limit) {

    /** @throws ProblemException with the demand where nothing was written */
    String required(String text, String demand) {
        String written = optional(text);
        if (written.isEmpty()) throw ProblemException.invalid(name, demand);
        return written;
    }

    String optional(String text) {
        String written = text == null ? "" : text.strip();
        if (written.length() > limit) {
            throw ProblemException.invalid(
                    name, "Write at most %,d characters; these are %,d.".formatted(limit, written.length()));
        }
        return written;
    }
}
