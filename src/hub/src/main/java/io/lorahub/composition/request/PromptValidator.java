package io.lorahub.composition.request;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds problems with a run's prompt format and system text, and fills in the base model's default. */
@ApplicationScoped
public class PromptValidator {

    private static final String FORMAT = "prompt";
    private static final String SYSTEM = "system";

    /** An input for trying formats. */
    private static final String WORD = "Hello";

    private final CompositionConfig limits;
    private final ModelTokenizers tokenizers;
    private final DatabaseClock clock;

    PromptValidator(CompositionConfig limits, ModelTokenizers tokenizers, DatabaseClock clock) {
        this.limits = limits;
        this.tokenizers = tokenizers;
        this.clock = clock;
    }

    /**
     * A checked prompt format.
     *
     * @param spec   the settings, with the format that the base model has by default if none was given
     * @param faults also empty if the base model's tokenizer is unavailable; then the worker finds any faults
     */
    record Checked(RunSpec spec, List<FieldError> faults) {}

    /**
     * All errors in the prompt format. Do not call this in a transaction: the tokenizer may have to be fetched first.
     *
     * @param base empty if it is not known yet
     */
    public List<FieldError> faults(RunSpec spec, Optional<BaseModelRecord> base) {
        List<FieldError> texts = texts(spec);
        return texts.isEmpty() && base.isPresent() ? check(spec, base.get()).faults() : texts;
    }

    /** Errors that do not depend on the base model. */
    List<FieldError> texts(RunSpec spec) {
        List<FieldError> causes = new ArrayList<>();
        text(FORMAT, spec.prompt(), causes);
        text(SYSTEM, spec.system(), causes);
        if (!causes.isEmpty() || spec.prompt() == null) return causes;
        try {
            PromptFormat.of(spec.prompt(), null);
        } catch (EngineException e) {
            return List.of(new FieldError(FORMAT, e.getMessage()));
        }
        try {
            PromptFormat.of(spec.prompt(), spec.system());
        } catch (EngineException e) {
            return List.of(new FieldError(SYSTEM, e.getMessage()));
        }
        return causes;
    }

    private void text(String field, String text, List<FieldError> causes) {
        if (text == null) return;
        if (text.length() > limits.characters()) {
            causes.add(new FieldError(field, "Write at most %,d characters.".formatted(limits.characters())));
        } else if (!ExampleValidator.isText(text)) {
            causes.add(new FieldError(field, "Remove the half character (a lone surrogate) or the null character."));
        }
    }

    /** Checks a format without errors in its texts for a base model. */
    Checked check(RunSpec spec, BaseModelRecord base) {
        LocalDate today = clock.now().atZone(ZoneOffset.UTC).toLocalDate();
        return tokenizers
                .with(base, prompts -> check(spec, base.name, prompts, today))
                .orElse(new Checked(spec, List.of()));
    }

    private static Checked check(RunSpec spec, String model, ModelPrompts prompts, LocalDate today) {
        if (prompts.files().isEncoderDecoder()) return new Checked(spec, ofEncoderDecoder(spec, model));
        if (!prompts.files().hasChatTemplate()) {
            Optional<FieldError> needed = withoutTemplate(spec, model);
            if (needed.isPresent()) return new Checked(spec, List.of(needed.get()));
        }
        try {
            PromptEncoder encoder =
                    prompts.encoder(spec.withPrompt(spec.prompt(), null, today).promptChoice());
            encoder.encode(WORD, "an input of one word");
            if (spec.system() != null) {
                Optional<String> fault = ofSystem(spec, model, prompts, today, encoder);
                if (fault.isPresent()) return wrong(spec, SYSTEM, fault.get());
            }
            return new Checked(
                    spec.withPrompt(encoder.format().text(), spec.system(), encoder.readsDate() ? today : null),
                    List.of());
        } catch (EngineException e) {
            return wrong(spec, FORMAT, e.getMessage());
        }
    }

    /** What asks for a chat, if the model has no template for one. */
    public static Optional<FieldError> withoutTemplate(RunSpec spec, String model) {
        if (PromptFormat.CHAT.equals(spec.prompt())) {
            return Optional.of(new FieldError(
                    FORMAT,
                    "%s has no chat template. Choose plain, or a text with {input} and {output}.".formatted(model)));
        }
        if (spec.system() == null) return Optional.empty();
        return Optional.of(new FieldError(
                SYSTEM, "%s has no chat template, so it takes no system text. Leave it out.".formatted(model)));
    }

    private static Checked wrong(RunSpec spec, String field, String message) {
        return new Checked(spec, List.of(new FieldError(field, message)));
    }

    private static List<FieldError> ofEncoderDecoder(RunSpec spec, String model) {
        List<FieldError> causes = new ArrayList<>();
        if (spec.prompt() != null) {
            causes.add(new FieldError(
                    FORMAT, "%s reads inputs as they are. Leave the prompt format out.".formatted(model)));
        }
        if (spec.system() != null) {
            causes.add(
                    new FieldError(SYSTEM, "%s reads inputs as they are. Leave the system text out.".formatted(model)));
        }
        return causes;
    }

    /** Why the chat template can't use such a system text: it refuses or ignores it, or has too little room for it. */
    private static Optional<String> ofSystem(
            RunSpec spec, String model, ModelPrompts prompts, LocalDate today, PromptEncoder without) {
        try {
            int[] ids = encoded(spec, spec.system(), prompts, today);
            if (!Arrays.equals(ids, without.encode(WORD, WORD))) return Optional.empty();
            // the same as without: it is the template's own text, or the template ignores it
            return Arrays.equals(ids, encoded(spec, spec.system() + " " + WORD, prompts, today))
                    ? Optional.of("The chat template of %s ignores a system text. Leave it out.".formatted(model))
                    : Optional.empty();
        } catch (EngineException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static int[] encoded(RunSpec spec, String system, ModelPrompts prompts, LocalDate today) {
        return prompts.encoder(spec.withPrompt(PromptFormat.CHAT, system, today).promptChoice())
                .encode(WORD, "this system text and one word");
    }
}
