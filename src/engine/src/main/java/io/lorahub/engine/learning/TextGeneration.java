package io.lorahub.engine.learning;

import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.decoding.GreedyTexts;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Writes texts with a session's model by greedy decoding. Reports progress to the session's listener. */
public final class TextGeneration {

    private static final int BATCH = 64;

    private final LearningSession session;
    private final Tokenizer tokenizer;

    TextGeneration(LearningSession session, Tokenizer tokenizer) {
        this.session = session;
        this.tokenizer = tokenizer;
    }

    /**
     * Returns a text for each input. Throws EngineException for an input that the model can't read, or if the model's outputs
     * are not finite.
     *
     * @throws CancellationException once the session is cancelled
     */
    public List<String> predict(List<String> inputs, double[] weights, int maxNewTokens) {
        return generate(session.bank(), prompts(inputs), weights, maxNewTokens, false);
    }

    /** The token ids of inputs. Throws EngineException for one that the model can't read. */
    public List<int[]> prompts(List<String> inputs) {
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> ExampleSet.prompt(
                        inputs.get(i),
                        inputs.size() == 1 ? "the input" : "input " + (i + 1),
                        session.prompt(),
                        tokenizer,
                        session.base().config()))
                .toList();
    }

    /**
     * Returns a text for each input, with the adapters of any bank of the session's model; an empty one where the outputs are
     * not finite, since with such weights nothing can be written.
     *
     * @param inputs token ids of each input
     * @throws CancellationException once the session is cancelled
     */
    public List<String> generate(AdapterBank bank, List<int[]> inputs, double[] weights, int maxNewTokens) {
        return generate(bank, inputs, weights, maxNewTokens, true);
    }

    private List<String> generate(
            AdapterBank bank, List<int[]> inputs, double[] weights, int maxNewTokens, boolean lenient) {
        // batches of similar length
        int[] order = IntStream.range(0, inputs.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> inputs.get(i).length))
                .mapToInt(i -> i)
                .toArray();
        String[] texts = new String[inputs.size()];
        for (int i = 0; i < order.length; i += BATCH) {
            session.advance(i, order.length);
            int[] batch = Arrays.copyOfRange(order, i, Math.min(order.length, i + BATCH));
            List<int[]> tokens = new ArrayList<>();
            Arrays.stream(batch).forEach(k -> tokens.add(inputs.get(k)));
            List<int[]> generated = GreedyTexts.write(session.model(), bank, weights, tokens, maxNewTokens, lenient);
            for (int k = 0; k < batch.length; k++) {
                texts[batch[k]] = session.prompt().answer(tokenizer.decode(generated.get(k)));
            }
        }
        return List.of(texts);
    }
}
