package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The settings in PEFT's {@code adapter_config.json} that affect the computation.
 *
 * @param baseModel the model that the adapter was trained on, as named by its author
 * @param rank      {@code r}, for every module without a rank pattern
 * @param alpha     {@code lora_alpha}, for every module without an alpha pattern
 * @param targets   the modules of the model that the adapter is meant to change
 * @param json      the whole file
 */
public record AdapterConfig(
        Optional<String> baseModel,
        int rank,
        double alpha,
        boolean useRslora,
        boolean loraBias,
        PatternTable rankPattern,
        PatternTable alphaPattern,
        ModuleTargets targets,
        JsonNode json) {

    public int rankOf(String module) {
        return (int) rankPattern.valueOf(module).orElse(rank);
    }

    public double alphaOf(String module) {
        return alphaPattern.valueOf(module).orElse(alpha);
    }

    /** Returns s in ΔW = s·B·A. */
    public double scaleOf(String module) {
        double r = rankOf(module);
        return alphaOf(module) / (useRslora ? Math.sqrt(r) : r);
    }
}
