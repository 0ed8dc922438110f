package io.lorahub.composition.request;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.UnknownCharacters;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.prompt.PromptFormat;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.FieldError;
import io.lorahub.web.Format;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Finds problems with what a base model reads in a run: the prompt format and system text, for which it fills in the model's
 * default, and the examples, in their text and in their tokens.
 */
@ApplicationScoped
public class PromptValidator {

    private static final String FORMAT = "prompt";
    private static final String SYSTEM = "system";

    /** An input for trying formats. */
    private static final String WORD = "Hello";

    /** Maximum number of faults reported per kind; more than that usually repeat the same mistake. */
    private static final int SHOWN = 5;

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
        List<FieldError> texts = promptTexts(spec);
        return texts.isEmpty() && base.isPresent() ? check(spec, base.get()).faults() : texts;
    }

    /** Errors that do not depend on the base model. */
    List<FieldError> promptTexts(RunSpec spec) {
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
        } else if (!isText(text)) {
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

    List<FieldError> exampleTexts(RunSpec spec) {
        List<FieldError> causes = new ArrayList<>();
        texts("examples", spec.examples(), limits.examples(), causes);
        texts("held_out", spec.heldOut(), limits.heldOut(), causes);
        requireUnseen(spec, causes);
        if (spec.examples().isEmpty()) {
            causes.add(new FieldError(
                    "examples", "Give a few examples of the task: an input, and the output it should have."));
        }
        return causes;
    }

    /** An accuracy on examples that the search has seen is meaningless. */
    private static void requireUnseen(RunSpec spec, List<FieldError> causes) {
        Set<Example> seen = new HashSet<>(spec.examples());
        List<Integer> leaked = IntStream.range(0, spec.heldOut().size())
                .filter(i -> seen.contains(spec.heldOut().get(i)))
                .mapToObj(i -> i + 1)
                .toList();
        if (leaked.isEmpty()) return;
        String some = leaked.stream().limit(SHOWN).map(i -> "%,d".formatted(i)).collect(Collectors.joining(", "));
        String further = leaked.size() > SHOWN ? " and %,d others".formatted(leaked.size() - SHOWN) : "";
        causes.add(new FieldError(
                "held_out",
                "%s also among the examples; what the search has seen cannot be held out."
                        .formatted(
                                leaked.size() == 1
                                        ? "No. %s is".formatted(some)
                                        : "Nos. %s%s are".formatted(some, further))));
    }

    private void texts(String field, List<Example> examples, int limit, List<FieldError> causes) {
        if (examples.size() > limit) {
            causes.add(new FieldError(
                    field, "These are %,d examples; at most %,d are allowed.".formatted(examples.size(), limit)));
        }
        for (int i = 0; i < Math.min(limit, examples.size()); i++) {
            Example example = examples.get(i);
            if (example.input() == null
                    || example.input().isBlank()
                    || example.output() == null
                    || example.output().isBlank()) {
                causes.add(new FieldError(field, "Example %d needs an input and an output.".formatted(i + 1)));
            } else if (Math.max(example.input().length(), example.output().length()) > limits.characters()) {
                causes.add(new FieldError(
                        field,
                        "Example %d is too long; %,d characters are allowed.".formatted(i + 1, limits.characters())));
            } else if (!isText(example.input()) || !isText(example.output())) {
                causes.add(new FieldError(
                        field,
                        "Example %d contains half a character (a lone surrogate) or a null character. Remove it."
                                .formatted(i + 1)));
            }
        }
    }

    /** Whether the text can be stored and shown: it contains no lone surrogates and no null characters. */
    static boolean isText(String text) {
        return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * The results of tokenizing the examples for the base model.
     *
     * @param faults   also empty if the tokenizer is unavailable; then the worker finds any faults
     * @param warnings reasons why the run is unlikely to give the result that its owner expects, each a sentence
     */
    record Tokens(List<FieldError> faults, List<String> warnings) {
        static final Tokens UNKNOWN = new Tokens(List.of(), List.of());
    }

    /** Do not call this in a transaction: the tokenizer may have to be fetched first. */
    Tokens tokens(RunSpec spec, BaseModelRecord base) {
        return new Tokens(faults(spec, base), warnings(spec, Optional.of(base)));
    }

    private List<FieldError> faults(RunSpec spec, BaseModelRecord base) {
        return tokenizers
                .with(base, prompts -> {
                    PromptEncoder encoder = prompts.encoder(spec.promptChoice());
                    List<FieldError> causes = new ArrayList<>();
                    tokens("examples", "example", spec.examples(), encoder, prompts.tokenizer(), causes);
                    tokens("held_out", "held-out example", spec.heldOut(), encoder, prompts.tokenizer(), causes);
                    return causes;
                })
                .orElse(List.of());
    }

    private static void tokens(
            String field,
            String what,
            List<Example> examples,
            PromptEncoder encoder,
            Tokenizer tokenizer,
            List<FieldError> causes) {
        int most = encoder.isEncoderDecoder() ? tokenizer.maxLength() : Integer.MAX_VALUE;
        int before = causes.size();
        for (int i = 0; i < examples.size() && causes.size() < before + SHOWN; i++) {
            Example example = examples.get(i);
            String name = "%s %d".formatted(what, i + 1);
            try {
                EncodedPair pair = encoder.encode(example.input(), example.output(), name);
                length(field, "input of " + name, pair.prompt(), most, causes);
                length(field, "output of " + name, pair.output(), most, causes);
            } catch (EngineException e) {
                causes.add(new FieldError(field, e.getMessage()));
            }
        }
    }

    private static void length(String field, String what, int[] ids, int most, List<FieldError> causes) {
        if (ids.length <= most) return;
        causes.add(new FieldError(
                field, "The %s has %,d tokens; the limit is %,d. Shorten it.".formatted(what, ids.length, most)));
    }

    /**
     * Reasons why the run is unlikely to give the result that its owner expects, each a sentence.
     *
     * @param base empty if it isn't known yet
     */
    List<String> warnings(RunSpec spec, Optional<BaseModelRecord> base) {
        List<Example> all =
                Stream.concat(spec.examples().stream(), spec.heldOut().stream()).toList();
        List<String> warnings = new ArrayList<>(repeated(spec.examples()));
        base.flatMap(model -> tokenizers.with(
                        model,
                        prompts -> Stream.of(
                                        UnknownCharacters.sentence(prompts.tokenizer(), all),
                                        cutOff(spec, all, prompts))
                                .flatMap(Optional::stream)
                                .toList()))
                .ifPresent(warnings::addAll);
        return warnings;
    }

    /** Finds outputs that no mix can write as a whole. */
    private static Optional<String> cutOff(RunSpec spec, List<Example> examples, ModelPrompts prompts) {
        int most = spec.maxNewTokens();
        List<Integer> tooLong;
        try {
            PromptEncoder encoder = prompts.encoder(spec.promptChoice());
            tooLong = examples.stream()
                    .map(e -> encoder.encode(e.input(), e.output(), "example").output().length - 1)
                    .filter(tokens -> tokens > most)
                    .toList();
        } catch (EngineException e) {
            return Optional.empty(); // a fault of its own
        }
        return tooLong.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "Predictions end after %s, so %,d of the %,d outputs can't come out right: the longest has %,d. Choose a longer Longest prediction (max_new_tokens)."
                                .formatted(
                                        Format.count(most, "token"),
                                        tooLong.size(),
                                        examples.size(),
                                        Collections.max(tooLong)));
    }

    /** Finds equal inputs: with different outputs, which no weights can satisfy, or with the same. */
    private static List<String> repeated(List<Example> examples) {
        Map<String, Integer> first = new HashMap<>();
        List<String> repeated = new ArrayList<>();
        for (int i = 0; i < examples.size() && repeated.size() < SHOWN; i++) {
            Example example = examples.get(i);
            if (example.input().isBlank() || example.output().isBlank()) continue; // still being typed
            Integer before = first.putIfAbsent(example.input().strip(), i);
            if (before == null) continue;
            String fault = examples.get(before).output().equals(example.output())
                    ? "Examples %d and %d are the same; the second one tells the search nothing new."
                    : "Examples %d and %d have the same input but different outputs; no weights can meet both.";
            repeated.add(fault.formatted(before + 1, i + 1));
        }
        return repeated;
    }
}
