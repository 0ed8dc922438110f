package io.lorahub.engine.generation;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.model.decoding.MixedAdapter;
import java.util.List;

/**
 * What to generate.
 *
 * @param prompt       token ids of the text to continue, or of the input of an encoder-decoder model
 * @param mix          the adapters with their weights; empty for the base model. They must stay open until the generation
 *                     has ended. Requests that name the same opened adapter share its factors in memory
 * @param maxTokens    the number of tokens after which the text is cut off
 * @param stops        strings that end the text, which then doesn't contain them; they can begin and end within tokens
 * @param alternatives number of most probable tokens to report with each token
 * @param owner        on whose behalf; keys and values of a common beginning are shared between requests of the same owner only,
 *                     because the time that they save tells what others have asked
 */
public record GenerationRequest(
        int[] prompt,
        List<MixedAdapter> mix,
        int maxTokens,
        Sampling sampling,
        List<String> stops,
        int alternatives,
        String owner) {

    /** The most alternatives of a token that can be reported. */
    public static final int MOST_ALTERNATIVES = 20;

    public GenerationRequest {
        prompt = prompt.clone();
        mix = List.copyOf(mix);
        stops = List.copyOf(stops);
        if (maxTokens < 1) {
            throw new EngineException("The number of tokens must be at least 1, but is %d.".formatted(maxTokens));
        }
        if (stops.contains("")) throw new EngineException("A stop string must not be empty.");
        if (alternatives < 0 || alternatives > MOST_ALTERNATIVES) {
            throw new EngineException("The number of alternatives must be from 0 to %d, but is %d."
                    .formatted(MOST_ALTERNATIVES, alternatives));
        }
    }

    /** Greedy decoding without stop strings. */
    public static GenerationRequest of(int[] prompt, List<MixedAdapter> mix, int maxTokens) {
        return new GenerationRequest(prompt, mix, maxTokens, Sampling.GREEDY, List.of(), 0, "");
    }

    public GenerationRequest with(Sampling chosen) {
        return new GenerationRequest(prompt, mix, maxTokens, chosen, stops, alternatives, owner);
    }

    public GenerationRequest withStops(List<String> strings) {
        return new GenerationRequest(prompt, mix, maxTokens, sampling, strings, alternatives, owner);
    }

    public GenerationRequest withOwner(String name) {
        return new GenerationRequest(prompt, mix, maxTokens, sampling, stops, alternatives, name);
    }

    public GenerationRequest withAlternatives(int number) {
        return new GenerationRequest(prompt, mix, maxTokens, sampling, stops, number, owner);
    }
}
