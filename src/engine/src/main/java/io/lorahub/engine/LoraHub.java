package io.lorahub.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.CloseOnFailure;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Objective;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.learning.Regularization;
import io.lorahub.engine.learning.RunListener;
import io.lorahub.engine.learning.export.BaseModelName;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The engine in two calls, named like those of the published program: learn weights from a few examples, then run the
 * composed model.
 *
 * <pre>{@code
 * try (LoraHub.Composed composed = LoraHub.learning(modules, inputs, outputs).baseModel(base).budget(40).learn()) {
 *     System.out.println(composed.learned().weights());
 *     LoraHub.Inference inference = LoraHub.inference(composed, testInputs, testOutputs);
 * }
 * }</pre>
 */
public final class LoraHub {

    private LoraHub() {}

    /**
     * Prepares {@code lorahub_learning}.
     *
     * @param modules folders or zips of the candidate adapters
     * @param inputs  inputs of the few-shot examples
     * @param outputs one output for each input
     */
    public static Learning learning(List<Path> modules, List<String> inputs, List<String> outputs) {
        return new Learning(modules, examples(inputs, outputs));
    }

    /** The published program's limit. */
    private static final int MAX_NEW_TOKENS = 256;

    /** {@code lorahub_inference}: generates up to 256 tokens for each input with the composed model. */
    public static Inference inference(Composed composed, List<String> inputs) {
        return inference(composed, inputs, MAX_NEW_TOKENS);
    }

    /** Like {@link #inference(Composed, List)}, with another limit on the generated tokens. */
    public static Inference inference(Composed composed, List<String> inputs, int maxNewTokens) {
        return new Inference(
                composed.session.generation().predict(inputs, composed.learned.vector(), maxNewTokens),
                Optional.empty());
    }

    /** {@code lorahub_inference} with expected outputs, for the accuracy. */
    public static Inference inference(Composed composed, List<String> inputs, List<String> outputs) {
        return inference(composed, inputs, outputs, MAX_NEW_TOKENS);
    }

    /** Like {@link #inference(Composed, List, List)}, with another limit on the generated tokens. */
    public static Inference inference(Composed composed, List<String> inputs, List<String> outputs, int maxNewTokens) {
        List<Example> examples = examples(inputs, outputs);
        List<String> predictions = inference(composed, inputs, maxNewTokens).predictions();
        return new Inference(predictions, Optional.of(Accuracy.of(predictions, examples)));
    }

    private static List<Example> examples(List<String> inputs, List<String> outputs) {
        if (inputs.size() != outputs.size()) {
            throw new EngineException("There are %d inputs, but %d outputs.".formatted(inputs.size(), outputs.size()));
        }
        return IntStream.range(0, inputs.size())
                .mapToObj(i -> new Example(inputs.get(i), outputs.get(i)))
                .toList();
    }

    /** Builder for a run. */
    public static final class Learning {

        private final List<Path> modules;
        private final List<Example> examples;
        private Optional<Path> base = Optional.empty();
        private LearningSettings settings = LearningSettings.DEFAULT;
        private Compute compute = Compute.DEFAULT;
        private Optional<Objective> objective = Optional.empty();
        private Optional<Regularization> regularization = Optional.empty();
        private final List<RunListener> listeners = new ArrayList<>();

        private Learning(List<Path> modules, List<Example> examples) {
            this.modules = List.copyOf(modules);
            this.examples = examples;
        }

        /**
         * Sets the folder of the base model. By default this is the model named by the adapters, if it is on this
         * machine.
         */
        public Learning baseModel(Path folder) {
            base = Optional.of(folder);
            return this;
        }

        /** {@code max_inference_step}: number of evaluations that the search may spend. */
        public Learning budget(int evaluations) {
            settings = settings.withBudget(evaluations);
            return this;
        }

        public Learning seed(long seed) {
            settings = settings.withSeed(seed);
            return this;
        }

        public Learning settings(LearningSettings all) {
            settings = all;
            return this;
        }

        public Learning compute(Compute how) {
            compute = how;
            return this;
        }

        /** {@code get_loss}. */
        public Learning objective(Objective own) {
            objective = Optional.of(own);
            return this;
        }

        /** {@code get_regular}. */
        public Learning regularization(Regularization own) {
            regularization = Optional.of(own);
            return this;
        }

        public Learning listen(RunListener listener) {
            listeners.add(listener);
            return this;
        }

        /** Runs the search. */
        public Composed learn() {
            LearningSession session = open();
            try {
                LearningRun run = new LearningRun(
                        session,
                        session.encode(examples),
                        settings,
                        objective.orElseGet(() -> Objectives.named(settings.objective(), settings.batchSize())),
                        regularization.orElseGet(() -> Regularization.l1(settings.l1())));
                listeners.forEach(run::listen);
                return new Composed(
                        session,
                        run.run(),
                        run.settings(),
                        examples,
                        objective.isPresent(),
                        regularization.isPresent());
            } catch (RuntimeException | Error e) {
                session.close();
                throw e;
            }
        }

        private LearningSession open() {
            CloseOnFailure closing = new CloseOnFailure();
            try {
                List<LoraAdapter> adapters = new ArrayList<>();
                for (Path module : modules) adapters.add(closing.add(LoraAdapter.load(module)));
                Path folder = base.orElseGet(() -> BaseModelName.folder(adapters));
                return LearningSession.open(folder, adapters, settings.composition(), compute);
            } catch (RuntimeException | Error e) {
                closing.close();
                throw e;
            }
        }
    }

    /** The base model with the learned mix. */
    public static final class Composed implements AutoCloseable {

        private final LearningSession session;
        private final LearnedMix learned;
        private final LearningSettings settings;
        private final List<Example> examples;
        private final boolean ownObjective;
        private final boolean ownRegularization;

        private Composed(
                LearningSession session,
                LearnedMix learned,
                LearningSettings settings,
                List<Example> examples,
                boolean ownObjective,
                boolean ownRegularization) {
            this.ownObjective = ownObjective;
            this.ownRegularization = ownRegularization;
            this.session = session;
            this.learned = learned;
            this.settings = settings;
            this.examples = examples;
        }

        public LearnedMix learned() {
            return learned;
        }

        /** Writes the mix as a PEFT adapter, refined if the settings have steps for it. */
        public ExportReport save(Path folder, ExportOptions options) {
            return Refinement.writeMix(
                            session,
                            session.encode(examples),
                            settings,
                            learned,
                            options,
                            report -> recipe(),
                            folder,
                            (step, loss) -> {})
                    .report();
        }

        /** Returns the recipe, which marks a custom objective or regularisation as such. */
        private ObjectNode recipe() {
            ObjectNode recipe = Recipe.of(session, examples, settings, learned);
            ObjectNode written = (ObjectNode) recipe.get("settings");
            if (ownObjective) written.put("objective", WrittenRecipe.CUSTOM);
            if (ownRegularization)
                written.put("regularization", WrittenRecipe.CUSTOM).remove("l1");
            return recipe;
        }

        @Override
        public void close() {
            session.close();
        }
    }

    /**
     * The result of {@link #inference}.
     *
     * @param accuracy accuracy, if expected outputs were given
     */
    public record Inference(List<String> predictions, Optional<Accuracy> accuracy) {}
}
