package io.lorahub.engine.lora.check;

import io.lorahub.engine.lora.config.AdapterConfig;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.safetensors.TensorSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that an adapter's modules exist in a base model with the same shapes. */
public final class BaseFit {

    private static final String WEIGHT = ".weight";
    private static final String ANOTHER = "The adapter was made for another model; name that one as the base.";

    /** What the last part of a table's name looks like, in all families. */
    private static final Set<String> TABLE_NAMES =
            Set.of(SharedEmbeddingCheck.SHARED, "embed_tokens", "relative_attention_bias", "wte", "wpe", "embed_in");

    private final Map<String, long[]> linear;
    private final Set<String> tables;

    /**
     * @param linear shapes [out, in] of the linear layers by name
     * @param tables names of the modules that hold embeddings
     */
    public BaseFit(Map<String, long[]> linear, Set<String> tables) {
        this.linear = linear;
        this.tables = tables;
    }

    /** Describes a base model by its tensors alone. A tied output embedding has no tensor of its own. */
    public static BaseFit of(TensorSource tensors) {
        Map<String, long[]> linear = new LinkedHashMap<>();
        Set<String> tables = new LinkedHashSet<>();
        long[] embedding = null;
        for (String name : tensors.names()) {
            long[] shape = tensors.info(name).shape();
            if (!name.endsWith(WEIGHT) || shape.length != 2) continue;
            String module = name.substring(0, name.length() - WEIGHT.length());
            if (!TABLE_NAMES.contains(module.substring(module.lastIndexOf('.') + 1))) {
                linear.put(module, shape);
                continue;
            }
            tables.add(module);
            if (embedding == null) embedding = shape;
        }
        if (embedding != null) linear.putIfAbsent("lm_head", embedding);
        return new BaseFit(linear, tables);
    }

    /**
     * @param modules the readable modules
     * @param adapted names of all modules that the adapter has tensors for
     */
    public List<CheckFinding> misfits(AdapterConfig config, Collection<LoraModule> modules, Set<String> adapted) {
        FindingCollector collector = new FindingCollector();
        modules.forEach(m -> misfit(m).ifPresent(collector));
        warnOfGaps(config, adapted, collector);
        return collector.findings();
    }

    /** Returns the reason why a module does not fit the base model. */
    public Optional<CheckFinding> misfit(LoraModule m) {
        if (m.name().endsWith("embed_tokens") && tables.contains(SharedEmbeddingCheck.SHARED)) {
            return error(
                    "module-not-in-base",
                    m,
                    "%s is only another name for shared, which PEFT does not see.".formatted(m.name()),
                    "Remove its tensors.");
        }
        if (m.embedding() || tables.contains(m.name())) {
            return error(
                    "table-not-composed",
                    m,
                    "%s is a table of embeddings, and only factors of linear layers are composed.".formatted(m.name()),
                    "Train the adapter on linear layers, such as the query and value projections.");
        }
        long[] shape = linear.get(m.name());
        if (shape == null) {
            return error("module-not-in-base", m, "The base model has no module %s.".formatted(m.name()), ANOTHER);
        }
        long[] needed = {m.out(), m.in()};
        if (Arrays.equals(shape, needed)) return Optional.empty();
        return error(
                "base-shape",
                m,
                "%s changes a weight of %s, but the base model's is %s."
                        .formatted(m.name(), Arrays.toString(needed), Arrays.toString(shape)),
                ANOTHER);
    }

    private static Optional<CheckFinding> error(String code, LoraModule m, String message, String fix) {
        return Optional.of(CheckFinding.error(code, m.name(), message, fix));
    }

    private void warnOfGaps(AdapterConfig config, Set<String> adapted, FindingCollector collector) {
        for (String module : linear.keySet()) {
            if (config.targets().selector().isPresent()
                    && config.targets().covers(module)
                    && !adapted.contains(module)) {
                collector.accept(CheckFinding.warning(
                        "targeted-without-tensors",
                        module,
                        "target_modules covers %s of the base model,".formatted(module)
                                + " but the adapter has no tensors for it, so it changes nothing there.",
                        "Check that the file is complete."));
            }
        }
    }
}
