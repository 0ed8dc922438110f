package io.lorahub.engine.prompt;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;

/**
 * The user's choice of a prompt format; the model decides what is left open.
 *
 * @param format chat, plain, or a text with {input} and {output}
 * @param system the system text of a chat
 * @param date   the day that a chat template tells the model
 */
public record PromptChoice(Optional<String> format, Optional<String> system, Optional<LocalDate> date) {

    public static final PromptChoice DEFAULT = of(null, null);

    /** Throws EngineException for an unknown format. Both may be null. */
    public static PromptChoice of(String format, String system) {
        PromptChoice choice =
                new PromptChoice(Optional.ofNullable(format), Optional.ofNullable(system), Optional.empty());
        if (format != null) PromptFormat.of(format, system);
        return choice;
    }

    /** Returns the format for the model in a folder: chat if it has a template, or if there is a system text. */
    public PromptFormat in(Path folder) {
        return in(PromptFiles.read(folder));
    }

    PromptFormat in(PromptFiles files) {
        String text = format.orElseGet(() ->
                system.isPresent() ? PromptFormat.CHAT : files.defaultFormat().text());
        return new PromptFormat(text, system, date);
    }
}
