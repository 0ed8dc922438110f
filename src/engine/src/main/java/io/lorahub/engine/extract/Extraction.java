package io.lorahub.engine.extract;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.extract.ExtractionReport.ModuleError;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.config.ModuleSelector.Names;
import io.lorahub.engine.lora.merge.AdapterWriter;
import io.lorahub.engine.lora.merge.LoraModules;
import io.lorahub.engine.lora.merge.ModuleShape;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.TruncatedSvd;
import io.lorahub.engine.model.family.ModelConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The difference between a fine-tuned model and its base model, as an adapter of a rank. */
public final class Extraction {

    private static final int MODULES_IN_MEMORY = 8;

    private final BaseModel base;
    private final BaseModel tuned;
    private final int rank;
    private final SortedMap<String, ModuleError> errors = new TreeMap<>();
    private double total;
    private double lost;

    private Extraction(BaseModel base, BaseModel tuned, int rank) {
        this.base = base;
        this.tuned = tuned;
        this.rank = rank;
    }

    /**
     * Writes the adapter as a PEFT folder. An error leaves no partial folder.
     *
     * @param baseName  what the adapter calls its base model
     * @param modules   names or last parts of names of linear layers to extract; empty for all but the output layer
     * @param overwrite whether an existing folder may be replaced
     * @throws EngineException if the models don't fit each other, or don't differ in the chosen modules
     */
    public static ExtractionReport write(
            BaseModel base,
            String baseName,
            BaseModel tuned,
            int rank,
            Collection<String> modules,
            boolean overwrite,
            Path folder) {
        if (rank < 1) throw new EngineException("The rank must be at least 1, but is %d.".formatted(rank));
        return new Extraction(base, tuned, rank).write(baseName, modules, overwrite, folder);
    }

    private ExtractionReport write(String baseName, Collection<String> modules, boolean overwrite, Path folder) {
        ModelConfig config = base.config();
        if (!config.modelType().equals(tuned.config().modelType())) {
            throw new EngineException(
                    "The base model is of the family %s, but the fine-tuned one of %s; they must be the same."
                            .formatted(config.modelType(), tuned.config().modelType()));
        }
        requireKnown(modules, config);
        Set<String> changed = changed();
        SortedMap<String, ModuleShape> shapes = new TreeMap<>();
        config.modules().forEach((name, shape) -> {
            boolean chosen = modules.isEmpty()
                    ? !name.equals(config.outputLayer())
                    : modules.stream().anyMatch(w -> Names.isNamed(name, w));
            if (chosen && changed.contains(name + ".weight")) shapes.put(name, shape(name, shape));
        });
        if (shapes.isEmpty()) {
            throw new EngineException("The models don't differ in any linear layer%s, so there is nothing to extract."
                    .formatted(modules.isEmpty() ? "" : " of " + String.join(", ", modules)));
        }
        Set<String> known = new TreeSet<>(config.modules().keySet());
        known.addAll(config.tables());
        boolean transposed = shapes.keySet().stream().allMatch(config::isTransposed);
        try (TruncatedSvd svd = new TruncatedSvd()) {
            AdapterWriter.write(
                    folder,
                    baseName,
                    new LoraModules(shapes, name -> extract(svd, name, shapes.get(name))),
                    Map.of(),
                    new AdapterWriter.Options(
                            overwrite,
                            known,
                            Map.of(),
                            Optional.empty(),
                            config.architecture().taskType(),
                            transposed));
        }
        List<String> others = new ArrayList<>(changed);
        others.removeIf(name -> shapes.containsKey(name.replaceFirst("\\.weight$", "")));
        List<ModuleError> worst = errors.values().stream()
                .sorted(Comparator.comparingDouble(ModuleError::error).reversed())
                .toList();
        int written = shapes.values().stream().mapToInt(ModuleShape::rank).max().orElseThrow();
        return new ExtractionReport(written, worst, total == 0 ? 0 : Math.sqrt(lost / total), others);
    }

    private static void requireKnown(Collection<String> names, ModelConfig config) {
        for (String name : names) {
            if (config.modules().keySet().stream().noneMatch(module -> Names.isNamed(module, name))) {
                throw new EngineException("The model (%s) has no linear layer %s; give names such as %s."
                        .formatted(
                                config.modelType(),
                                EngineException.quoted(name),
                                config.modules().keySet().iterator().next()));
            }
        }
    }

    /** Names of the tensors that differ or are in one of the models only. */
    private Set<String> changed() {
        TensorDifference difference = new TensorDifference(base.weights(), tuned.weights());
        Set<String> changed = new TreeSet<>();
        Set<String> before = base.weights().names();
        Set<String> after = tuned.weights().names();
        for (String name : after) {
            if (!before.contains(name) || difference.differs(name)) changed.add(name);
        }
        before.stream().filter(name -> !after.contains(name)).forEach(changed::add);
        release();
        return changed;
    }

    private ModuleShape shape(String name, long[] shape) {
        long[] after = tuned.config().modules().get(name);
        if (!Arrays.equals(shape, after)) {
            throw new EngineException(
                    "The layer %s has the shape %s in the base model, but %s in the fine-tuned one; leave it out with --modules."
                            .formatted(name, Arrays.toString(shape), Arrays.toString(after)));
        }
        int out = Math.toIntExact(shape[0]);
        int in = Math.toIntExact(shape[1]);
        if ((long) out * in * Float.BYTES > Integer.MAX_VALUE) {
            throw new EngineException(
                    "The layer %s has more values than can be decomposed at once; leave it out with --modules."
                            .formatted(name));
        }
        return new ModuleShape(Math.min(rank, Math.min(out, in)), in, out, false, false);
    }

    private LoraModule extract(TruncatedSvd svd, String name, ModuleShape shape) {
        TruncatedSvd.Result result = svd.of(
                name,
                shape.out(),
                shape.in(),
                values -> new TensorDifference(base.weights(), tuned.weights())
                        .write(name + ".weight", base.config().isTransposed(name), values),
                shape.rank());
        total += result.norm() * result.norm();
        lost += result.lost() * result.lost();
        errors.put(name, new ModuleError(name, result.norm(), result.norm() == 0 ? 0 : result.lost() / result.norm()));
        if (errors.size() % MODULES_IN_MEMORY == 0) release();
        return result.module();
    }

    private void release() {
        base.weights().release();
        tuned.weights().release();
    }
}
