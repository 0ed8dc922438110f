package io.lorahub.engine.learning.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.AtomicFolder;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.model.FactorTraining;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.format.Examples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Trains an adapter, usually the mix that a search has found, a little further on the few examples, and writes it with the same
 * rank. A few steps from a good mix generalise, where training from nothing only learns the examples by heart.
 *
 * @param steps of gradient descent
 * @param rate  learning rate of Adam
 */
public record Refinement(int steps, double rate) {

    /** Examples of one step; more take turns. */
    private static final int BATCH = 16;

    private static final int MOST_STEPS = 10_000;

    public static final Refinement DEFAULT = new Refinement(40, 3e-4);

    /** Reports each step. */
    public interface Progress {

        /**
         * Called after a step.
         *
         * @param loss mean token loss of its examples before the step, in nats
         */
        void stepped(int step, double loss);
    }

    public Refinement {
        if (steps < 1 || steps > MOST_STEPS)
            throw new EngineException("The number of steps must be from 1 to %,d.".formatted(MOST_STEPS));
        if (!(rate > 0 && rate <= 1)) throw new EngineException("The learning rate must be above 0 and at most 1.");
    }

    /**
     * Trains the only adapter of a session, which stays as it is, and writes the result as a PEFT folder with recipe.json. An error
     * leaves no partial folder.
     */
    public void write(LearningSession session, ExampleSet examples, Path folder, boolean overwrite, Progress progress) {
        KeptModules kept = session.kept(new double[] {1});
        LoraModules trained =
                LoraModules.of(train(session.model(), session.adapters().get(0), kept, examples, progress));
        AtomicFolder.write(folder, overwrite, part -> {
            AdapterWriter.write(part, WrittenBase.name(session), trained, kept, Map.of(), WrittenBase.options(session));
            Files.writeString(
                    part.resolve("recipe.json"), recipe(session, examples).toPrettyString() + "\n");
        });
    }

    /**
     * Returns the modules of a trained adapter, with scale 1.
     *
     * @param kept modules that the adapter replaces
     */
    public SortedMap<String, LoraModule> train(
            LanguageModel model, LoraAdapter adapter, KeptModules kept, ExampleSet examples, Progress progress) {
        List<Examples> batches = new ArrayList<>();
        try (FactorTraining training = model.training(adapter, kept)) {
            for (int i = 0; i < examples.size(); i += BATCH) {
                ExampleSet batch = examples.from(i, Math.min(examples.size(), i + BATCH));
                batches.add(model.examples(batch.inputs(), batch.outputs()));
            }
            for (int step = 1; step <= steps; step++) {
                double loss = mean(training.step(batches.get((step - 1) % batches.size()), rate));
                if (!Double.isFinite(loss)) {
                    throw new EngineException(
                            "The loss isn't a finite number any more after %,d steps; use a lower rate than %s."
                                    .formatted(step - 1, rate));
                }
                progress.stepped(step, loss);
            }
            return training.modules();
        } finally {
            batches.forEach(Examples::close);
            adapter.release();
        }
    }

    private ObjectNode recipe(LearningSession session, ExampleSet examples) {
        ObjectNode recipe = Recipe.ofFixed(session, new double[] {1});
        ObjectNode refined = recipe.putObject("refined").put("steps", steps).put("rate", rate);
        refined.set("examples", new ObjectMapper().valueToTree(examples.examples()));
        return recipe;
    }

    private static double mean(float[] losses) {
        double sum = 0;
        for (float loss : losses) sum += loss;
        return sum / losses.length;
    }
}
