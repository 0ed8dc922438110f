package io.lorahub.engine.generation;

import io.lorahub.engine.error.EngineException;
import java.util.Map;

/**
 * How the next token is chosen from the probabilities that the model computes. They are changed in the order of
 * transformers: bias and penalties, temperature, {@code topK}, {@code topP}.
 *
 * @param temperature      divisor of the logits; 0 chooses the most probable token
 * @param topP             keeps the fewest tokens, from the most probable one on, that have this probability together; 1
 *                         keeps all
 * @param topK             keeps this many of the most probable tokens; 0 keeps all
 * @param seed             the same seed gives the same text on the same machine, whatever else is generated
 * @param presencePenalty  subtracted from the logits of tokens that have been generated
 * @param frequencyPenalty subtracted from the logits of tokens once for each time that they have been generated
 * @param bias             added to the logits of tokens, by token id
 */
public record Sampling(
        double temperature,
        double topP,
        int topK,
        long seed,
        double presencePenalty,
        double frequencyPenalty,
        Map<Integer, Double> bias) {

    /** The most probable token each time. */
    public static final Sampling GREEDY = new Sampling(0, 1, 0, 0);

    public Sampling {
        bias = Map.copyOf(bias);
        if (!(temperature >= 0 && temperature <= 100)) {
            throw new EngineException("The temperature must be from 0 to 100, but is %s.".formatted(temperature));
        }
        if ((float) temperature == 0) temperature = 0; // the model's program divides by it in float32
        if (!(topP > 0 && topP <= 1)) {
            throw new EngineException("The limit top-p must be above 0 and at most 1, but is %s.".formatted(topP));
        }
        if (topK < 0) {
            throw new EngineException("The limit top-k must not be negative, but is %d.".formatted(topK));
        }
        if (!Double.isFinite(presencePenalty) || !Double.isFinite(frequencyPenalty)) {
            throw new EngineException("The penalties must be finite numbers.");
        }
        if (bias.values().stream().anyMatch(value -> !Double.isFinite(value))) {
            throw new EngineException("The biases of tokens must be finite numbers.");
        }
    }

    public Sampling(double temperature, double topP, int topK, long seed) {
        this(temperature, topP, topK, seed, 0, 0, Map.of());
    }

    /** Whether the probabilities depend on more than the model and the temperature. */
    boolean changesLogits() {
        return presencePenalty != 0 || frequencyPenalty != 0 || !bias.isEmpty();
    }
}
