package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.AdapterConfig;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The raw contents of an adapter's files, before validation.
 *
 * @param unknown names of tensors that are not LoRA factors
 */
public record AdapterContents(
        AdapterConfig config, TensorSource tensors, SortedMap<String, ModuleTensors> modules, List<String> unknown) {

    public static AdapterContents of(AdapterConfig config, TensorSource tensors, Consumer<CheckFinding> findings) {
        SortedMap<String, ModuleTensors> modules = new TreeMap<>();
        List<String> unknown = new ArrayList<>();
        for (String name : tensors.names()) {
            Optional<TensorName> parsed = TensorName.parse(name);
            if (parsed.isEmpty()) {
                unknown.add(name);
                continue;
            }
            String other = modules.computeIfAbsent(parsed.get().module(), ModuleTensors::new)
                    .names()
                    .putIfAbsent(parsed.get().part(), name);
            if (other != null) {
                findings.accept(CheckFinding.error(
                        "two-adapters",
                        name,
                        "%s and %s are the same factor of two adapters.".formatted(other, name),
                        "Save each adapter to a file of its own."));
            }
        }
        return new AdapterContents(config, tensors, modules, unknown);
    }

    /** The modules that have both factors. */
    Stream<ModuleTensors> complete() {
        return modules.values().stream().filter(ModuleTensors::isComplete);
    }

    /** The complete modules that change the model's output. */
    public Stream<ModuleTensors> acting() {
        return complete().filter(m -> !SharedEmbeddingCheck.isIdle(m));
    }

    /** The complete modules whose factors have the right shape and type, regardless of other faults. */
    public Stream<ModuleTensors> readable() {
        return complete().filter(m -> {
            FindingCollector collector = new FindingCollector();
            AdapterContents one = new AdapterContents(config, tensors, new TreeMap<>(Map.of(m.module(), m)), List.of());
            new ShapeCheck().check(one, collector);
            new DTypeCheck().check(one, collector);
            return collector.findings().stream().allMatch(f -> f.code().equals("rank-mismatch"));
        });
    }

    public LoraModule module(ModuleTensors m) {
        return new LoraModule(
                m.module(),
                tensors.tensor(m.a()),
                tensors.tensor(m.b()),
                config.scaleOf(m.module()),
                m.bias().map(tensors::tensor),
                m.isEmbedding());
    }
}
