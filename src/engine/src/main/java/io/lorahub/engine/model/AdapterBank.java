package io.lorahub.engine.model;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.FactorMerge;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/** The candidates of a composition, ready to be evaluated with any weights. */
public final class AdapterBank implements AutoCloseable {

    private final StackedFactors factors;
    private final ComposedWeights composition;
    private final int[] firstRow;
    private Optional<ReplacedWeights> replaced = Optional.empty();
    private int groups = 1;
    private Map<String, Integer> groupOf = Map.of();
    private double formOperations;
    private double inputWidth;
    private double labelWidth;

    /** @param readsInputs whether a module reads the tokens of the inputs */
    AdapterBank(
            PtNDManager parent,
            List<LoraAdapter> adapters,
            ComposedWeights composition,
            Predicate<String> readsInputs) {
        this.composition = composition;
        firstRow = firstRows(adapters);
        if (composition == ComposedWeights.FACTOR) FactorMerge.requireFit(adapters);
        factors = StackedFactors.of(parent, adapters, firstRow, composition);
        count(readsInputs);
    }

    /**
     * Holds a single adapter as {@link io.lorahub.engine.lora.merge.AdapterWriter} writes it. Its factors are used directly
     * from the file, which must stay open.
     */
    AdapterBank(PtNDManager parent, LoraAdapter written, Predicate<String> readsInputs) {
        composition = ComposedWeights.EXACT;
        firstRow = firstRows(List.of(written));
        factors = StackedFactors.inPlace(parent, written);
        count(readsInputs);
    }

    private static int[] firstRows(List<LoraAdapter> adapters) {
        int[] first = new int[adapters.size() + 1];
        for (int i = 0; i < adapters.size(); i++) {
            int rank = adapters.get(i).modules().values().stream()
                    .mapToInt(LoraModule::rank)
                    .max()
                    .orElse(0);
            first[i + 1] = first[i] + rank;
        }
        return first;
    }

    private void count(Predicate<String> readsInputs) {
        for (String module : modules()) {
            double in = factors.in(module);
            double out = factors.out(module);
            formOperations += 2 * in * out;
            if (readsInputs.test(module)) {
                inputWidth += 2 * (in + out);
            } else {
                labelWidth += 2 * (in + out);
            }
        }
    }

    /** Whether adding ΔW to the weights first takes fewer operations than applying the factors to all tokens. */
    boolean formIsCheaper(int inputTokens, int labelTokens) {
        return formOperations < inputWidth * inputTokens + labelWidth * labelTokens;
    }

    public ComposedWeights composition() {
        return composition;
    }

    public int candidates() {
        return firstRow.length - 1;
    }

    /**
     * Gives every candidate one weight per group of layers. The factors stay as they are, so this takes no memory.
     *
     * @param count number of groups G
     * @param of    the group of a module, from 0
     */
    void setGroups(int count, ToIntFunction<String> of) {
        if (count > 1 && composition == ComposedWeights.FACTOR) {
            throw new EngineException(
                    "Weights per layer group need the exact composition; the paper's has one weight per adapter.");
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        modules().forEach(name -> numbers.put(name, of.applyAsInt(name)));
        factors.setGroups(numbers);
        groups = count;
        groupOf = numbers;
    }

    /** Number of weights per candidate. */
    int groups() {
        return groups;
    }

    /** Returns the group of a module that a candidate changes. */
    public int groupOf(String module) {
        return groupOf.getOrDefault(module, 0);
    }

    /** Returns the weights of all candidates, one for each group [N * G], from those or from one per candidate [N]. */
    public double[] perGroup(double[] weights) {
        if (weights.length != candidates()) return weights;
        double[] all = new double[weights.length * groups];
        for (int i = 0; i < all.length; i++) all[i] = weights[i / groups];
        return all;
    }

    /** Gives one of the candidates the modules that it replaces. */
    void replace(ReplacedWeights weights) {
        replaced = Optional.of(weights);
    }

    /** Whether the candidate that replaces modules has a weight other than 0. */
    public boolean replaces(double[] weights) {
        return replaced(weights).isPresent();
    }

    /** The weights of the model that these weights are for; empty if they are the base model's. */
    Optional<ReplacedWeights> replaced(double[] weights) {
        if (replaced.isEmpty()) return replaced;
        double[] all = perGroup(weights);
        int first = replaced.get().candidate() * groups;
        // only of the groups in which it changes something
        boolean used = replaced.get().adapted().stream().anyMatch(module -> all[first + groupOf(module)] != 0);
        return used ? replaced : Optional.empty();
    }

    int rows() {
        return firstRow[candidates()];
    }

    /**
     * Returns the first row of a candidate, whose rows are {@code firstRow(i)} (inclusive) to {@code firstRow(i + 1)}
     * (exclusive).
     */
    int firstRow(int candidate) {
        return firstRow[candidate];
    }

    /** Names of the modules that at least one candidate changes. */
    public Set<String> modules() {
        return factors.modules();
    }

    /** The factors of all candidates, for the program. */
    public IValue dictionary() {
        return factors.dictionary();
    }

    StackedFactors factors() {
        return factors;
    }

    @Override
    public void close() {
        replaced.ifPresent(ReplacedWeights::close);
        factors.close();
    }
}
