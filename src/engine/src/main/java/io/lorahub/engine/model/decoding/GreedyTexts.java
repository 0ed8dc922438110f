package io.lorahub.engine.model.decoding;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.LanguageModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** Texts of the most probable tokens, for inputs that are all there from the start. */
public final class GreedyTexts {

    private GreedyTexts() {}

    /**
     * Writes a text for each input with one weight vector. Throws EngineException if the model's outputs are not finite.
     *
     * @param inputs    token ids per input
     * @param maxTokens maximum number of new tokens; fewer where a table of positions ends
     * @return new token ids per input, without start, end and padding
     */
    public static List<int[]> write(
            LanguageModel model, AdapterBank bank, double[] weights, List<int[]> inputs, int maxTokens) {
        return write(model, bank, weights, inputs, maxTokens, false);
    }

    /** @param lenient whether a text of outputs that are not finite is empty, instead of an error */
    public static List<int[]> write(
            LanguageModel model,
            AdapterBank bank,
            double[] weights,
            List<int[]> inputs,
            int maxTokens,
            boolean lenient) {
        if (inputs.isEmpty()) return List.of();
        Set<Integer> ends = Set.copyOf(model.base().generation().ends());
        int[][] written = new int[inputs.size()][];
        Map<DecodedText, Integer> running = new HashMap<>();
        int next = 0;
        DecoderLimits limits = DecoderLimits.forInputs(model, inputs, maxTokens).withoutAdapters();
        try (BatchDecoder decoder = new BatchDecoder(model, bank, weights, limits)) {
            inputs.forEach(input -> decoder.requireRoom(input, maxTokens, List.of()));
            while (next < written.length || !running.isEmpty()) {
                while (next < written.length) {
                    Optional<DecodedText> text = decoder.join(
                            inputs.get(next), maxTokens, List.of(), KeptModules.NONE, 0, OptionalDouble.empty(), "");
                    if (text.isEmpty()) break;
                    running.put(text.get(), next++);
                }
                for (DecodedText text : decoder.step()) {
                    int[] tokens = text.written();
                    if (!text.isFinite() && tokens.length == 0 && !lenient) {
                        throw new EngineException(
                                "The model's outputs aren't finite numbers, so nothing can be written with it.");
                    }
                    boolean ended = !text.isFinite() || ends.contains(text.mostProbable());
                    if (!ended) text.append(text.mostProbable());
                    if (!ended && !text.isFull()) continue;
                    written[running.remove(text)] = text.written();
                    decoder.leave(text);
                }
            }
        }
        return List.of(written);
    }
}
