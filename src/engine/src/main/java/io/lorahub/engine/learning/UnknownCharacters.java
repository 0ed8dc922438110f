package io.lorahub.engine.learning;

import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Reports the characters in examples that a base model can neither distinguish nor write. */
public final class UnknownCharacters {

    private static final int SHOWN = 12;

    private UnknownCharacters() {}

    /** Returns a sentence, or empty if the tokenizer has a token for every character. */
    public static Optional<String> sentence(Tokenizer tokenizer, Collection<Example> examples) {
        Set<String> unknown = new LinkedHashSet<>();
        examples.stream()
                .flatMap(e -> Stream.of(e.input(), e.output()))
                .forEach(text -> unknown.addAll(tokenizer.unknownCharacters(text)));
        return unknown.isEmpty() ? Optional.empty() : Optional.of(sentence(unknown));
    }

    private static String sentence(Set<String> characters) {
        List<String> some = characters.stream().limit(SHOWN).toList();
        int more = characters.size() - some.size();
        boolean one = characters.size() == 1;
        return "The base model's tokenizer has no token for %s%s: the model reads %s as one and the same unknown token, and cannot write %s."
                .formatted(
                        String.join(" ", some),
                        more > 0 ? " and %d more".formatted(more) : "",
                        one ? "it" : "them",
                        one ? "it" : "any of them");
    }
}
