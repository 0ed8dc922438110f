package io.lorahub.generation;

import java.util.List;
import java.util.Map;

/**
 * What a worker needs to write the texts of one request. It is stored until they have ended.
 *
 * @param baseName   name of the base model
 * @param baseBytes  memory that its weights take
 * @param base       SHA-256 of its files, by name
 * @param parts      the adapters; none for the base model alone
 * @param prompts    token ids of each prompt
 * @param choices    number of texts for each prompt
 * @param maxTokens  the most tokens of a text
 * @param seed       of the first text; each further one has the next
 * @param bias       what is added to the logits of tokens, by token id
 * @param alternatives number of most probable tokens to report with each token
 */
public record GenerationWork(
        String baseName,
        long baseBytes,
        Map<String, String> base,
        List<Part> parts,
        List<int[]> prompts,
        int choices,
        int maxTokens,
        double temperature,
        double topP,
        int topK,
        long seed,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> bias,
        List<String> stop,
        int alternatives) {

    /**
     * An adapter of a mix.
     *
     * @param name    for messages
     * @param files   SHA-256 of its files, by name
     * @param weights one for each third of the layers
     */
    public record Part(String name, Map<String, String> files, List<Double> weights) {}

    /** Number of texts: those of the first prompt come first. */
    public int texts() {
        return prompts.size() * choices;
    }

    /** Tokens of all prompts. */
    int read() {
        return prompts.stream().mapToInt(prompt -> prompt.length).sum();
    }
}
