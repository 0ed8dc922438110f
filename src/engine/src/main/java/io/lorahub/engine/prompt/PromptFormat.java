package io.lorahub.engine.prompt;

import io.lorahub.engine.error.EngineException;
import java.time.LocalDate;
import java.util.Optional;

/**
 * How an input and its output become one text for a decoder-only model.
 *
 * @param text   {@code chat} (the model's own template), {@code plain} (input, one space, output), or a text with
 *               {@code {input}} and {@code {output}}
 * @param system the system text of a chat
 * @param date   the day that a chat template tells the model; today if it is empty
 */
public record PromptFormat(String text, Optional<String> system, Optional<LocalDate> date) {

    public static final String CHAT = "chat";
    public static final String PLAIN = "plain";

    static final String INPUT = "{input}";
    static final String OUTPUT = "{output}";

    /**
     * Throws EngineException if a text has no place for input and output, or if there is a system text without chat.
     */
    public PromptFormat {
        if (!text.equals(CHAT) && !text.equals(PLAIN)) requirePlaces(text);
        if (system.isPresent() && !text.equals(CHAT)) {
            throw new EngineException("A system text needs the prompt format chat; leave it out, or choose chat.");
        }
    }

    /** @param system may be null */
    public static PromptFormat of(String text, String system) {
        return new PromptFormat(text, Optional.ofNullable(system), Optional.empty());
    }

    private static void requirePlaces(String text) {
        String quoted = EngineException.quoted(text);
        int output = text.indexOf(OUTPUT);
        if (!text.contains(INPUT)) {
            throw new EngineException(
                    "The prompt format %s has no {input}; use chat, plain, or a text with {input} and {output}."
                            .formatted(quoted));
        }
        if (output < 0) {
            throw new EngineException(
                    "The prompt format %s has no {output}; write {output} where the model's answer belongs."
                            .formatted(quoted));
        }
        if (output < text.lastIndexOf(INPUT) || output != text.lastIndexOf(OUTPUT)) {
            throw new EngineException(
                    "The prompt format %s needs {output} once, after {input}: the model reads what is before it."
                            .formatted(quoted));
        }
    }

    public boolean isChat() {
        return text.equals(CHAT);
    }

    public boolean isPlain() {
        return text.equals(PLAIN);
    }

    /** The same format for a fixed day, so that a run can be repeated on another. */
    public PromptFormat on(LocalDate day) {
        return new PromptFormat(text, system, Optional.of(day));
    }
}
