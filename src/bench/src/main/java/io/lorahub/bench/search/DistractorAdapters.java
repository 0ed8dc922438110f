package io.lorahub.bench.search;

import io.lorahub.demo.DemoTask;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.merge.ExactMerge;
import io.lorahub.engine.lora.merge.WeightedAdapter;
import io.lorahub.engine.safetensors.TensorData;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Adapters that resemble the true ones but are worse: with noise of 0.5 to 2 times the factors, scaled by 0.1 to 0.5,
 * or merged from two. The true ones are at random places among them.
 */
public final class DistractorAdapters {

    private final List<LoraAdapter> originals;
    private final Set<Set<String>> answers;
    private final Random random;

    private DistractorAdapters(List<LoraAdapter> originals, Set<Set<String>> answers, long seed) {
        this.originals = originals;
        this.answers = answers;
        random = new Random(seed);
    }

    /** @param tasks whose two adapters are not merged into one, because that would be the answer */
    public static List<LoraAdapter> around(List<LoraAdapter> originals, int count, long seed, List<DemoTask> tasks) {
        Set<Set<String>> answers =
                tasks.stream().map(t -> Set.of(t.name().split("-"))).collect(Collectors.toSet());
        DistractorAdapters crowd = new DistractorAdapters(originals, answers, seed);
        List<LoraAdapter> all = new ArrayList<>(originals);
        for (int i = 0; i < count; i++) all.add(crowd.next(i));
        Collections.shuffle(all, crowd.random);
        return all;
    }

    private LoraAdapter next(int number) {
        LoraAdapter source = pick();
        return switch (number % 3) {
            case 0 -> like(source, "noisy-" + number, noisy(source, 0.5 + 1.5 * random.nextDouble()));
            case 1 ->
                like(
                        source,
                        "scaled-" + number,
                        ExactMerge.of(List.of(new WeightedAdapter(source, 0.1 + 0.4 * random.nextDouble())))
                                .all());
            default -> like(source, "merged-" + number, merged(source));
        };
    }

    private LoraAdapter pick() {
        return originals.get(random.nextInt(originals.size()));
    }

    private SortedMap<String, LoraModule> merged(LoraAdapter source) {
        LoraAdapter other = pick();
        while (other == source || answers.contains(Set.of(source.name(), other.name()))) other = pick();
        double share = 0.3 + 0.4 * random.nextDouble();
        return ExactMerge.of(List.of(new WeightedAdapter(source, share), new WeightedAdapter(other, 1 - share)))
                .all();
    }

    private SortedMap<String, LoraModule> noisy(LoraAdapter source, double amount) {
        SortedMap<String, LoraModule> modules = new TreeMap<>();
        source.modules()
                .forEach((name, m) -> modules.put(
                        name, LoraModule.linear(name, noisy(m.a(), amount), noisy(m.b(), amount), m.scale())));
        return modules;
    }

    private TensorData noisy(TensorData tensor, double amount) {
        float[] values = tensor.toFloats();
        double squares = 0;
        for (float v : values) squares += v * v;
        double deviation = amount * Math.sqrt(squares / values.length);
        for (int i = 0; i < values.length; i++) values[i] += (float) (deviation * random.nextGaussian());
        return TensorData.of(values, tensor.shape());
    }

    private static LoraAdapter like(LoraAdapter source, String name, SortedMap<String, LoraModule> modules) {
        return new LoraAdapter(name, source.path(), source.config(), modules, List.of(), Optional.empty());
    }
}
