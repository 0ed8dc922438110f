package io.lorahub.engine.lora.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * The settings in PEFT's {@code adapter_config.json} that affect the computation.
 *
 * @param baseModel the model that the adapter was trained on, as named by its author
 * @param targets   the modules of the model that the adapter is meant to change
 * @param json      the whole file
 */
public record AdapterConfig(
        Optional<String> baseModel, Scaling scaling, boolean loraBias, ModuleTargets targets, JsonNode json) {

    /**
     * What determines the factor of a module.
     *
     * @param rank  {@code r}, for every module without a rank pattern
     * @param alpha {@code lora_alpha}, for every module without an alpha pattern
     */
    public record Scaling(
            int rank, double alpha, boolean useRslora, PatternTable rankPattern, PatternTable alphaPattern) {}

    public int rankOf(String module) {
        return (int) scaling.rankPattern.valueOf(module).orElse(scaling.rank);
    }

    public double alphaOf(String module) {
        return scaling.alphaPattern.valueOf(module).orElse(scaling.alpha);
    }

    /** Returns s in ΔW = s·B·A. */
    public double scaleOf(String module) {
        double r = rankOf(module);
        return alphaOf(module) / (scaling.useRslora ? Math.sqrt(r) : r);
    }
}
