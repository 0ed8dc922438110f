package io.lorahub.engine.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.Set;
import java.util.TreeSet;

/**
 * The tokens at which a model stops: the tokenizer's eos_token, and eos_token_id of generation_config.json or, where
 * that is missing, config.json.
 *
 * @param main the one that ends an output whose format has no end of its own
 */
record EndTokens(int main, Set<Integer> all) {

    /** Throws EngineException if the model names no end token. */
    static EndTokens of(PromptFiles files, Tokenizer tokenizer) {
        Set<Integer> all = new TreeSet<>();
        JsonNode ids = files.endIds();
        if (ids.isInt()) all.add(ids.intValue());
        for (JsonNode id : ids) {
            if (id.isInt()) all.add(id.intValue());
        }
        tokenizer.specialTokens().end().ifPresent(end -> tokenizer.id(end).ifPresent(all::add));
        if (all.isEmpty()) {
            throw new EngineException(
                    "The model in %s names no end token, so its outputs would never end; add eos_token to tokenizer_config.json or eos_token_id to generation_config.json."
                            .formatted(files.folder()));
        }
        int main = tokenizer
                .specialTokens()
                .end()
                .flatMap(end -> tokenizer.id(end).stream().boxed().findFirst())
                .orElseGet(() -> all.iterator().next());
        return new EndTokens(main, all);
    }
}
