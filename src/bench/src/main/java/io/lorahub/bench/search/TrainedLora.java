package io.lorahub.bench.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.reference.PythonEnvironment;
import io.lorahub.bench.reference.PythonProgram;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.file.PathUtils;

/**
 * The alternative to a search: a LoRA of rank 16 on q and v, trained on the same few-shot examples by PEFT ({@code
 * bench/trained_lora.py}). There is a small grid of steps and rates. One setting was fixed before
 * anything was measured; the best one on the held-out examples is what no user could choose, an upper bound.
 */
public final class TrainedLora implements AutoCloseable {

    public static final String FIXED = "trained LoRA";
    public static final String BEST = "trained LoRA, best of grid";

    private static final int RANK = 16;
    private static final int SEED = 42;
    private static final List<Integer> STEPS = List.of(30, 100, 300);
    private static final List<Double> RATES = List.of(1e-3, 3e-3, 1e-2);
    private static final Setting CHOSEN = new Setting(100, 3e-3);

    /** A gradient counts as three evaluations, as in a search. */
    private static final int EVALUATIONS_PER_STEP = 3;

    private record Setting(int steps, double rate) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%d steps at %s", steps, rate);
        }
    }

    private record Trained(Setting setting, TestedMix tested, double seconds) {}

    private final PythonProgram program;

    /**
     * Throws UnavailableException if the Python environment can't train.
     *
     * @param environment folder of a virtual environment with torch, transformers and peft
     * @param base        folder of the base model
     * @param threads     0 for as many as torch takes by itself
     */
    public TrainedLora(Path environment, Path base, int threads) {
        program = PythonProgram.start(PythonEnvironment.at(environment), "trained_lora.py", "The training by PEFT");
        try {
            ObjectNode question = BenchOutput.JSON.createObjectNode().put("do", "load");
            program.ask(question.put("base", base.toString()).put("threads", threads));
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** Trains the fixed setting only, a ninth of the grid's steps. */
    public SearchControls.Result chosen(
            LearningSession session, ExampleSet fewShot, List<Example> heldOut, String task, int draw) {
        Trained fixed = trained(CHOSEN.rate, List.of(CHOSEN.steps), session, fewShot, heldOut)
                .get(0);
        return result(FIXED, task, draw, fixed, CHOSEN.steps, fixed.seconds);
    }

    /** Trains all settings of the grid, and returns the fixed and the best one. */
    public List<SearchControls.Result> measured(
            LearningSession session, ExampleSet fewShot, List<Example> heldOut, String task, int draw) {
        List<Trained> grid = new ArrayList<>();
        for (double rate : RATES) grid.addAll(trained(rate, STEPS, session, fewShot, heldOut));
        Trained fixed =
                grid.stream().filter(t -> t.setting.equals(CHOSEN)).findFirst().orElseThrow();
        Trained best = grid.stream()
                .max(Comparator.comparingDouble((Trained t) -> t.tested.exactMatch())
                        .thenComparing(t -> -t.setting.steps()))
                .orElseThrow();
        int steps = RATES.size() * STEPS.stream().max(Integer::compare).orElseThrow();
        double seconds = grid.stream()
                .filter(t -> t.setting.steps() == STEPS.get(STEPS.size() - 1))
                .mapToDouble(Trained::seconds)
                .sum();
        return List.of(
                result(FIXED, task, draw, fixed, CHOSEN.steps, fixed.seconds),
                result(BEST, task, draw, best, steps, seconds));
    }

    private static SearchControls.Result result(
            String name, String task, int draw, Trained trained, int steps, double seconds) {
        return new SearchControls.Result(
                name,
                task,
                draw,
                trained.tested.loss(),
                trained.tested.exactMatch(),
                trained.setting.toString(),
                EVALUATIONS_PER_STEP * steps,
                seconds);
    }

    private List<Trained> trained(
            double rate, List<Integer> steps, LearningSession session, ExampleSet fewShot, List<Example> heldOut) {
        try {
            Path folder = Files.createTempDirectory("lorahub-trained-");
            try {
                JsonNode seconds = ask(rate, steps, fewShot, folder).path("seconds");
                List<Trained> all = new ArrayList<>();
                for (int i = 0; i < steps.size(); i++) {
                    Setting setting = new Setting(steps.get(i), rate);
                    TestedMix tested = tested(session, folder.resolve(String.valueOf(setting.steps)), fewShot, heldOut);
                    all.add(new Trained(setting, tested, seconds.path(i).asDouble()));
                }
                return all;
            } finally {
                PathUtils.deleteDirectory(folder);
            }
        } catch (IOException e) {
            throw new EngineException("The trained adapters cannot be kept for a moment: " + e.getMessage(), e);
        }
    }

    private JsonNode ask(double rate, List<Integer> steps, ExampleSet fewShot, Path folder) {
        ObjectNode question = BenchOutput.JSON.createObjectNode().put("do", "train");
        question.set("inputs", BenchOutput.JSON.valueToTree(fewShot.inputs()));
        question.set("labels", BenchOutput.JSON.valueToTree(fewShot.outputs()));
        question.set("steps", BenchOutput.JSON.valueToTree(steps));
        return program.ask(
                question.put("rank", RANK).put("rate", rate).put("seed", SEED).put("out", folder.toString()));
    }

    private static TestedMix tested(LearningSession session, Path folder, ExampleSet fewShot, List<Example> heldOut) {
        try (LoraAdapter adapter = LoraAdapter.load(folder);
                AdapterBank bank = session.model().bank(List.of(adapter), ComposedWeights.EXACT)) {
            return TestedMix.of(session, bank, new double[] {1}, fewShot, heldOut);
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
